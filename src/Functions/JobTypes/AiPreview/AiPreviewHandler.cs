using System.Text.Json;
using Jobs.Domain;
using Jobs.Functions.Work;
using Jobs.Generation.Ai;
using Jobs.Storage;

namespace Jobs.Functions.JobTypes.AiPreview;

/// <summary>
/// Shows what a prompt gives: fills in its variables and asks the AI model once. Without a model there is no answer, and the result is the prompt as it would have been sent, and says so.
/// </summary>
public sealed class AiPreviewHandler : JobHandler<AiPreviewInput>
{
    /// <summary>The type.</summary>
    public const string TypeName = "AI_PREVIEW";

    /// <summary>The method of a result without a model.</summary>
    public const string TemplateMethod = "template";

    /// <summary>The most characters of a prompt.</summary>
    public const int MaxPromptLength = 32_000;

    /// <summary>The most variables.</summary>
    public const int MaxVariables = 100;

    /// <summary>The most characters of a variable's value.</summary>
    public const int MaxValueLength = 32_000;

    /// <summary>The most characters of a prompt whose variables are filled in.</summary>
    public const int MaxFilledLength = 100_000;

    /// <summary>The most characters of an answer; a longer one is cut.</summary>
    public const int MaxOutputLength = 100_000;

    /// <inheritdoc/>
    public override string Type => TypeName;

    /// <inheritdoc/>
    public override JobContract Contract => JobContract.Analysis;

    /// <inheritdoc/>
    public override async Task<WorkEnd> FinishAsync(WorkContext work, IReadOnlyList<DoneBatch> batches, CancellationToken cancellationToken) =>
        new((await work.ReadResultsAsync(batches.Single(), cancellationToken)).Single());

    /// <inheritdoc/>
    protected override IEnumerable<InputError> Check(AiPreviewInput input)
    {
        if (input.Prompt is not { } prompt || string.IsNullOrWhiteSpace(prompt) || prompt.Length > MaxPromptLength)
        {
            yield return new InputError("input.prompt", $"must have 1 to {MaxPromptLength} characters and not be blank");
            yield break;
        }

        if (FaultOf(input.Variables ?? Nothing) is { } fault)
        {
            yield return new InputError("input.variables", fault);
            yield break;
        }

        var (template, variables) = Read(input);
        if (template.Names.Where(name => !variables.ContainsKey(name)).ToList() is [_, ..] missing)
        {
            yield return new InputError("input.variables", $"must have what the prompt needs: {string.Join(", ", missing.Take(MaxVariables))}");
        }
        else if (template.LengthWith(variables) > MaxFilledLength)
        {
            yield return new InputError("input.prompt", $"must have at most {MaxFilledLength} characters with its variables filled in");
        }
    }

    /// <inheritdoc/>
    protected override async Task<IReadOnlyList<PlannedBatch>> PlanAsync(WorkContext work, AiPreviewInput input, CancellationToken cancellationToken)
    {
        var (template, variables) = Read(input);
        return [new PlannedBatch(await work.WriteAsync([template.Fill(variables)], cancellationToken), 1)];
    }

    /// <inheritdoc/>
    protected override async Task<BatchOutcome> RunAsync(WorkContext work, AiPreviewInput input, PlannedBatch batch, CancellationToken cancellationToken)
    {
        var prompt = (await work.ReadAsync<string>(batch.Ref, cancellationToken)).Single();
        return new BatchOutcome(new Dictionary<string, int>(), [await PreviewAsync(work.Model, prompt, cancellationToken)], []);
    }

    private static readonly Dictionary<string, JsonElement> Nothing = [];

    private static async Task<AiPreviewResult> PreviewAsync(WorkModel? model, string prompt, CancellationToken cancellationToken)
    {
        if (model is null)
        {
            return new AiPreviewResult(prompt, TemplateMethod);
        }

        var answer = await model.AskAsync(new ModelQuestion(prompt), cancellationToken);
        var output = Texts.Plain(answer.Text);
        return new AiPreviewResult(Texts.Cut(output, MaxOutputLength), Truncated: answer.IsCut || output.Length > MaxOutputLength);
    }

    /// <summary>What is wrong with the variables by themselves, as the rest of a sentence; null for nothing.</summary>
    private static string? FaultOf(IReadOnlyDictionary<string, JsonElement> variables) =>
        variables.Count > MaxVariables ? $"must be at most {MaxVariables}"
        : variables.Keys.Any(name => !PromptTemplate.IsName(name)) ? $"must have names of 1 to {PromptTemplate.MaxNameLength} letters, digits and characters of '_.-', of which the first is a letter or '_'"
        : variables.FirstOrDefault(variable => TextOf(variable.Value) is not { Length: <= MaxValueLength }) is { Key: { } bad } ? $"must have texts of at most {MaxValueLength} characters, numbers or booleans, which '{bad}' is not"
        : null;

    private static (PromptTemplate Template, IReadOnlyDictionary<string, string> Variables) Read(AiPreviewInput input) => (
        new PromptTemplate(input.Prompt!),
        (input.Variables ?? Nothing).ToDictionary(variable => variable.Key, variable => TextOf(variable.Value)!, StringComparer.Ordinal));

    /// <summary>A value as it is filled in; null for one that cannot be.</summary>
    private static string? TextOf(JsonElement value)
    {
        try
        {
            return value.ValueKind switch
            {
                JsonValueKind.String => value.GetString(),
                JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
                _ => null,
            };
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair passes the parser and only fails here.
            return null;
        }
    }
}
