using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Jobs.Domain;
using Jobs.Domain.Generation;
using Jobs.Domain.Jobs;
using Jobs.Domain.Widgets;
using Jobs.Generation.Ai.ToolUse;
using Conversation = Jobs.Domain.Conversations.ChatMessage;

namespace Jobs.Generation.Ai.Writing;

/// <summary>
/// Has a model write files by calling tools: each call of <see cref="GenerateAsync"/> is one answer of the model, or what it waits for. Whatever a model says is data:
/// its tools are all the effect that it has, and the rules of files, sizes and limits are kept here.
/// </summary>
public abstract class AiGenerator : ISourceGenerator
{
    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly ToolModel _model;

    private protected AiGenerator(AiClients clients, AiUse use, string instructions, TimeProvider time) => _model = new ToolModel(
        clients,
        use,
        instructions,
        FileTools.For(use),
        "Nobody reads what you write outside of tools. Go on with them: ask_user where you cannot decide something, finish when the work is done.",
        time);

    /// <inheritdoc/>
    public string Name => _model.Name;

    /// <inheritdoc/>
    public ModelUsage LeastToBegin => _model.LeastToBegin;

    /// <inheritdoc/>
    public GenerationEstimate Estimate(GenerationRequest request) => _model.Estimate(Begin(request));

    /// <inheritdoc/>
    public async Task<GenerationResult> GenerateAsync(GenerationRequest request, IProgress<string> progress, CancellationToken cancellationToken)
    {
        var transcript = request.State is { } state ? Transcript.Read(state) : Begin(request);
        ToolModel.ThrowIfGivenUp(transcript);
        if (transcript.Due.Count > 0)
        {
            return await DoDueAsync(transcript, request, cancellationToken);
        }

        if (transcript.Summary is { } summary)
        {
            return new GenerationResult.Files(transcript.Files, summary);
        }

        if (transcript.Answers == 0)
        {
            progress.Report($"Planning with {Name}");
        }

        var (answer, usage) = await _model.AskAsync(
            transcript, HashOf(transcript.Files), request.ModelCalls, () => new WritingReader(transcript, progress), cancellationToken);
        return Turn(transcript, Take(transcript, answer), usage);
    }

    private Transcript Begin(GenerationRequest request)
    {
        var transcript = new Transcript { Files = new(request.Current.Files.ToDictionary(), StringComparer.Ordinal), Questions = request.Answers.Count };
        _model.Begin(transcript, Opening.Of(request));
        return transcript;
    }

    /// <summary>Carries out what can be done of an answer at once; how far the work is, for people.</summary>
    private string Take(Transcript transcript, ToolAnswer answer)
    {
        string? written = null;
        if (answer.Calls.Count > 0)
        {
            (var isCarried, written) = CarryAll(transcript, answer);
            ToolModel.Count(transcript, isCarried, answer.IsCut);
        }

        return transcript.Due switch
        {
            _ when transcript.Failure is not null => "Giving up",
            [{ Name: FileTools.AskUser }, ..] => "Asking a question",
            [{ Name: FileTools.TryAgent }, ..] => "Trying the agent",
            [_, ..] => "Checking types",
            [] when written is not null => WritingReader.Sentence("Wrote", written, transcript.Planned, transcript.Repairs),
            [] when transcript.Repairs > 0 => Mending(transcript),
            [] when answer.Calls.Count == 0 => "Thinking",
            [] when transcript.Planned.Count > 0 => $"Planned {transcript.Planned.Count} files",
            [] => "Reading files",
        };
    }

    /// <summary>Carries out the calls of an answer, or puts down that they are due; whether any could be, and the file that was written last. Each call gets one result, now or then.</summary>
    private (bool IsCarried, string? Written) CarryAll(Transcript transcript, ToolAnswer answer)
    {
        var (isCarried, hasFailed, room) = (false, false, ToolUseLimits.MaxResultsLength);
        string? written = null;
        foreach (var (call, number) in answer.Calls.Select((call, i) => (call, i + 1)))
        {
            if (FaultOf(transcript, call, number, answer.IsCut) is { } fault)
            {
                hasFailed = true;
                transcript.Tell(call.Id, fault);
            }
            else if (transcript.Due.Exists(due => due.Name == call.Name))
            {
                transcript.Tell(call.Id, "Not done: once in an answer is enough.");
            }
            else if (FileTools.IsDue(call.Name))
            {
                isCarried = true;
                transcript.Trials += FileTools.IsTrial(call.Name) ? 1 : 0;
                transcript.Due.Add(new DueCall(call.Id, call.Name, call.ReadArguments));
            }
            else if (call.Name == FileTools.ReadFile && room <= 0)
            {
                transcript.Tell(call.Id, $"Not read: more than {ToolUseLimits.MaxResultsLength} characters in one answer. Read it in your next one.");
            }
            else
            {
                isCarried = true;
                var (result, path) = FileTools.Run(transcript, call.Name, call.ReadArguments);
                transcript.Tell(call.Id, result);
                hasFailed |= FileTools.IsWriting(call.Name) && path is null;
                (room, written) = (room - result.Length, path ?? written);
            }
        }

        // Said before the model knew: it decides again when it does.
        var early = transcript.Due.Exists(due => due.Name is FileTools.AskUser) ? "you have just asked the user something. Use the answer first."
            : hasFailed ? "another call of this answer failed. See to it first."
            : null;
        if (early is not null && transcript.Due.Find(due => due.Name is FileTools.Finish) is { } finish)
        {
            transcript.Due.Remove(finish);
            transcript.Tell(finish.Id, $"Not done: {early}");
        }

        return (isCarried, written);
    }

    /// <summary>Why a call is not carried out, for the model; null when it is.</summary>
    private string? FaultOf(Transcript transcript, AnswerCall call, int number, bool isCut)
    {
        if (_model.FaultOf(call, number, isCut) is { } fault)
        {
            return fault;
        }

        return call.Name switch
        {
            FileTools.AskUser when string.IsNullOrWhiteSpace(Texts.Plain(call.ReadArguments.GetProperty("question").GetString()!)) => "Not asked: the question is empty.",
            FileTools.AskUser when transcript.Questions >= Job.MaxQuestions => $"Not asked: {Job.MaxQuestions} questions are enough. Decide yourself, and say in the summary what you decided.",
            _ when FileTools.IsTrial(call.Name) && transcript.Trials >= WritingLimits.MaxTrials => $"Not done: the files were checked and tried {WritingLimits.MaxTrials} times. Finish.",
            _ => null,
        };
    }

    /// <summary>Does what the last answer waits for; only then is the model asked again, so that neither is lost with the other.</summary>
    private async Task<GenerationResult> DoDueAsync(Transcript transcript, GenerationRequest request, CancellationToken cancellationToken)
    {
        // A question first: what it is answered may change what is worth checking. The end comes last.
        var due = transcript.Due.Find(call => call.Name is FileTools.AskUser) ?? transcript.Due.Find(call => call.Name is not FileTools.Finish) ?? transcript.Due[0];
        var message = transcript.Repairs == 0 ? "Thinking" : Mending(transcript);
        string? result;
        switch (due.Name)
        {
            case FileTools.AskUser when request.Answers.Count <= transcript.Questions:
                return Question(due.Arguments);

            case FileTools.AskUser:
                transcript.Questions = request.Answers.Count;
                result = JsonSerializer.Serialize(new { answer = request.Answers[^1].Answer }, Json);
                break;

            case FileTools.Check:
                result = await CheckAsync(transcript, request.Workbench, cancellationToken) is { } faults ? ToolCalls.Cut(faults) : "The files compile.";
                break;

            case FileTools.TryAgent:
                result = await TryAsync(transcript, due.Arguments, request.Workbench, cancellationToken);
                break;

            case FileTools.Finish:
                var errors = await CheckAsync(transcript, request.Workbench, cancellationToken);
                if (errors is not null && transcript.Repairs < WritingLimits.MaxRepairs)
                {
                    transcript.Repairs++;
                    result = $"You are not done: the files do not compile.\n{ToolCalls.Cut(errors)}";
                    message = Mending(transcript);
                    break;
                }

                if (transcript.Files.Count == 0)
                {
                    throw ToolModel.GivenUp("The AI model wrote no files.");
                }

                result = null;
                message = "Checking types";
                // Where they still do not compile, the build ends with what the compiler says.
                transcript.Summary = SummaryOf(due.Arguments.GetProperty("summary").GetString()!, errors is null);
                break;

            default:
                throw new InvalidOperationException($"{due.Name} is never due.");
        }

        transcript.Due.Remove(due);
        if (result is not null)
        {
            transcript.Tell(due.Id, result);
        }

        return Turn(transcript, message, ModelUsage.None);
    }

    /// <summary>What the compilers say; null where the files compile, which is asked once for the same files.</summary>
    private static async Task<string?> CheckAsync(Transcript transcript, IWorkbench workbench, CancellationToken cancellationToken)
    {
        if (transcript.Files.Count == 0)
        {
            return "There are no files.";
        }

        var hash = HashOf(transcript.Files);
        if (hash == transcript.Compiling)
        {
            return null;
        }

        var faults = await workbench.CheckAsync(FilesOf(transcript), cancellationToken);
        transcript.Compiling = faults is null ? hash : transcript.Compiling;
        return faults;
    }

    private static async Task<string> TryAsync(Transcript transcript, JsonElement arguments, IWorkbench workbench, CancellationToken cancellationToken)
    {
        var trial = await workbench.TryAsync(FilesOf(transcript), arguments.GetProperty("input").GetRawText(), cancellationToken);
        var text = new StringBuilder(trial.Error is { } error ? $"It failed: {error}" : $"Output: {ToolCalls.Cut(trial.Output!)}");
        return trial.Logs.Length > 0 ? text.Append($"\nLogs:\n{ToolCalls.Cut(trial.Logs)}").ToString() : text.ToString();
    }

    private static SourceFiles FilesOf(Transcript transcript) => SourceFiles.TryCreate(transcript.Files, out var files, out string? error)
        ? files
        : throw new InvalidOperationException($"A file was let in that breaks a rule: {error}");

    private static string HashOf(SortedDictionary<string, string> files) => Convert.ToHexString(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(files, Json)));

    private static GenerationResult.Question Question(JsonElement arguments)
    {
        var choices = arguments.TryGetProperty("choices", out var given)
            ? given.EnumerateArray().Select(choice => Short(choice.GetString()!)).Where(choice => choice.Length > 0).Distinct().Take(Conversation.MaxChoices).ToList()
            : [];
        var suggested = arguments.TryGetProperty("default", out var named) ? Short(named.GetString()!) : null;
        return new GenerationResult.Question(
            Short(arguments.GetProperty("question").GetString()!), choices, suggested is not null && choices.Contains(suggested) ? suggested : null);

        static string Short(string text) => Texts.Cut(Texts.Plain(text).Trim(), Conversation.MaxQuestionLength);
    }

    private string SummaryOf(string summary, bool isCompiling)
    {
        var text = Texts.Plain(summary).Trim() is { Length: > 0 } said ? said : $"Built with {Name}.";
        return isCompiling ? text : $"The files do not compile, and {Name} could not mend them in {WritingLimits.MaxRepairs} attempts. It says of them: {text}";
    }

    private static GenerationResult.Turn Turn(Transcript transcript, string message, ModelUsage usage) =>
        new(message) { State = transcript.ToBytes(), Usage = usage };

    private static string Mending(Transcript transcript) => $"Mending what the compiler found (attempt {transcript.Repairs} of {WritingLimits.MaxRepairs})";
}
