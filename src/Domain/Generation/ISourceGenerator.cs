using Jobs.Domain.Conversations;
using Jobs.Domain.Widgets;

namespace Jobs.Domain.Generation;

/// <summary>
/// Port: writes files from a prompt, as an AI would. Implementations are called at least once for a job, may be called again for the same one, and keep nothing
/// between calls.
/// </summary>
public interface ISourceGenerator
{
    /// <summary>What progress messages call this generator, for example "the offline generator".</summary>
    string Name { get; }

    /// <summary>The most that the first call of a model can take where nearly nothing is asked for; <see cref="ModelUsage.None"/> where no model is called.</summary>
    ModelUsage LeastToBegin => ModelUsage.None;

    /// <summary>What a build would take of a model; null where no model is called. Calls none.</summary>
    /// <param name="request">What to build, without a state.</param>
    GenerationEstimate? Estimate(GenerationRequest request) => null;

    /// <summary>
    /// Answers with files, with a question, or with one part of the work, after which it is called again. Throws <see cref="GenerationException"/> when it can do none of
    /// them; its <see cref="GenerationException.IsTransient"/> says whether another attempt makes sense. What <see cref="GenerationRequest.Workbench"/> and
    /// <see cref="GenerationRequest.ModelCalls"/> throw passes through.
    /// </summary>
    /// <param name="request">What to build.</param>
    /// <param name="progress">Receives one short sentence per stage, for the caller's eyes.</param>
    /// <param name="cancellationToken">Stops the work; nothing is kept.</param>
    Task<GenerationResult> GenerateAsync(GenerationRequest request, IProgress<string> progress, CancellationToken cancellationToken);
}

/// <summary>Writes widgets. The entry is <c>src/App.tsx</c>, whose default export is a React component without required props.</summary>
public interface IWidgetGenerator : ISourceGenerator;

/// <summary>
/// Writes agents: <c>functions/main.ts</c>, whose default export is <c>async (input, context) =&gt; output</c>; <c>agent.json</c>, an
/// <see cref="Agents.AgentManifest"/>; and a short <c>README.md</c>.
/// </summary>
public interface IAgentGenerator : ISourceGenerator;

/// <summary>What to build.</summary>
/// <param name="Name">The resource's display name.</param>
/// <param name="Description">Its short description, if it has one.</param>
/// <param name="Prompt">What the caller asks for now.</param>
/// <param name="Answers">The questions that were asked for this prompt and what was answered, oldest first.</param>
/// <param name="Earlier">The conversation of earlier builds, oldest first; empty for a first build.</param>
/// <param name="Current">The files that are there, to be refined; <see cref="SourceFiles.Empty"/> for a first build.</param>
public sealed record GenerationRequest(
    string Name,
    string? Description,
    string Prompt,
    IReadOnlyList<AnsweredQuestion> Answers,
    IReadOnlyList<ChatMessage> Earlier,
    SourceFiles Current)
{
    /// <summary>What this job's last answer left in <see cref="GenerationResult.State"/>; null at first.</summary>
    public ReadOnlyMemory<byte>? State { get; init; }

    /// <summary>Where the files can be tried before the work is done.</summary>
    public required IWorkbench Workbench { get; init; }

    /// <summary>What lets calls of a model in.</summary>
    public IModelCalls ModelCalls { get; init; } = IModelCalls.Unlimited;

    /// <summary>What was asked for in earlier builds, oldest first.</summary>
    public IEnumerable<string> EarlierPrompts => Earlier.Where(message => message.Kind is ChatMessageKind.Prompt).Select(message => message.Content);
}

/// <summary>What a build would take of a model.</summary>
/// <param name="InputTokens">About how many tokens the first call would give it.</param>
/// <param name="FirstCall">The most that the first call can take.</param>
/// <param name="MaxTokens">After so many tokens no further call is made.</param>
/// <param name="MaxCost">What so many tokens cost at most, in millionths of the currency of the prices; 0 where there are no prices.</param>
public sealed record GenerationEstimate(long InputTokens, ModelUsage FirstCall, long MaxTokens, long MaxCost);

/// <summary>A question and its answer.</summary>
public sealed record AnsweredQuestion(string Question, string Answer);

/// <summary>A generator's answer: <see cref="Files"/>, <see cref="Question"/> or <see cref="Turn"/>.</summary>
public abstract record GenerationResult
{
    /// <summary>The most bytes of <see cref="State"/>.</summary>
    public const int MaxStateBytes = 4 * 1024 * 1024;

    private GenerationResult()
    {
    }

    /// <summary>
    /// What is not to be lost: whoever is called for this job after this answer gets it back, also after a crash and also when this answer itself is lost. At most
    /// <see cref="MaxStateBytes"/>; null leaves what is there.
    /// </summary>
    public ReadOnlyMemory<byte>? State { get; init; }

    /// <summary>What a model took for this answer.</summary>
    public ModelUsage Usage { get; init; } = ModelUsage.None;

    /// <summary>All files of the resource.</summary>
    /// <param name="Content">Content by path, not yet validated: it comes from a machine that may be wrong or hostile.</param>
    /// <param name="Summary">One or two sentences: what was built.</param>
    public sealed record Files(IReadOnlyDictionary<string, string> Content, string Summary) : GenerationResult;

    /// <summary>The prompt leaves a choice that matters.</summary>
    /// <param name="Text">The question.</param>
    /// <param name="Choices">Suggested answers; may be empty. Any other answer is possible too.</param>
    /// <param name="Default">The suggested one of them, if there is one.</param>
    public sealed record Question(string Text, IReadOnlyList<string> Choices, string? Default = null) : GenerationResult;

    /// <summary>A part of the work is done and kept in <see cref="State"/>; the generator is called again to go on.</summary>
    /// <param name="Message">One short sentence for the caller's eyes: how far it is.</param>
    public sealed record Turn(string Message) : GenerationResult;
}

/// <summary>A generator could not answer. The message is shown to the caller, so it holds no secret.</summary>
public sealed class GenerationException(string message, bool isTransient, Exception? innerException = null) : Exception(message, innerException)
{
    /// <summary>True when the same request may succeed later: a time-out, a rate limit, a server error.</summary>
    public bool IsTransient { get; } = isTransient;

    /// <summary>How long to wait before another attempt at least; null when nobody said.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
