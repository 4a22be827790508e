using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Jobs.Domain;
using Jobs.Domain.Generation;
using Jobs.Domain.Jobs;
using Jobs.Domain.Widgets;
using Microsoft.Extensions.AI;
using Conversation = Jobs.Domain.Conversations.ChatMessage;

namespace Jobs.Generation.Ai.Writing;

/// <summary>
/// Has a model write files by calling tools: each call of <see cref="GenerateAsync"/> is one answer of the model, or what it waits for. Whatever a model says is data:
/// its tools are all the effect that it has, and the rules of files, sizes and limits are kept here.
/// </summary>
public abstract class AiGenerator : ISourceGenerator
{
    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly JsonElement NoArguments = JsonElement.Parse("{}");

    private readonly MeteredModel _model;
    private readonly string _instructions;
    private readonly TimeProvider _time;
    private readonly IReadOnlyList<AITool> _tools;

    private protected AiGenerator(AiClients clients, AiUse use, string instructions, TimeProvider time)
    {
        (_model, _instructions, _time, _tools) = (new MeteredModel(clients, use), instructions, time, FileTools.For(use));
        Name = $"the AI model {clients.TargetOf(use).Model}";
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public ModelUsage LeastToBegin => _model.MostOf([new ChatMessage(ChatRole.System, _instructions)], Options());

    /// <inheritdoc/>
    public GenerationEstimate Estimate(GenerationRequest request) => _model.Estimate(Begin(request).Messages, Options(), WritingLimits.MaxTokens);

    /// <inheritdoc/>
    public async Task<GenerationResult> GenerateAsync(GenerationRequest request, IProgress<string> progress, CancellationToken cancellationToken)
    {
        var transcript = request.State is { } state ? Transcript.Read(state) : Begin(request);
        if (transcript.Failure is { } failure)
        {
            throw GivenUp(failure);
        }

        if (transcript.Due.Count > 0)
        {
            return await DoDueAsync(transcript, request, cancellationToken);
        }

        if (transcript.Summary is { } summary)
        {
            return new GenerationResult.Files(transcript.Files, summary);
        }

        var used = transcript switch
        {
            { Answers: >= WritingLimits.MaxAnswers } => $"{WritingLimits.MaxAnswers} answers",
            { Tokens: >= WritingLimits.MaxTokens } => string.Create(CultureInfo.InvariantCulture, $"{WritingLimits.MaxTokens:N0} tokens"),
            _ when transcript.Worked >= WritingLimits.MaxTime => $"{WritingLimits.MaxTime.TotalMinutes:0} minutes",
            _ => null,
        };
        if (used is not null)
        {
            throw GivenUp($"The AI model was not done after {used}.");
        }

        if (transcript.Answers == 0)
        {
            progress.Report($"Planning with {Name}");
        }

        var started = _time.GetTimestamp();
        var (response, usage, refusal) = await AskAsync(transcript, request.ModelCalls, progress, cancellationToken);
        transcript.Worked += _time.GetElapsedTime(started);
        var message = Take(transcript, response, usage, refusal);
        return Turn(transcript, message, usage);
    }

    private ChatOptions Options() => new() { Tools = [.. _tools] };

    private Transcript Begin(GenerationRequest request)
    {
        var transcript = new Transcript { Files = new(request.Current.Files.ToDictionary(), StringComparer.Ordinal), Questions = request.Answers.Count };
        transcript.Messages.Add(new ChatMessage(ChatRole.System, _instructions));
        transcript.Say(Opening.Of(request));
        return transcript;
    }

    /// <summary>
    /// The model's next answer, what it took, and how it refuses if it does. Where the conversation is too long for it, the oldest contents are left out, as long as there are
    /// any.
    /// </summary>
    private async Task<(ChatResponse Response, ModelUsage Usage, string? Refusal)> AskAsync(
        Transcript transcript, IModelCalls calls, IProgress<string> progress, CancellationToken cancellationToken)
    {
        if (Memory.LengthOf(transcript.Messages) > WritingLimits.MaxConversationLength)
        {
            // By half, so that not every answer from now on changes what the provider has kept of the beginning.
            Memory.Shorten(transcript, WritingLimits.MaxConversationLength / 2);
        }

        while (true)
        {
            try
            {
                var reader = new AnswerReader(transcript, progress);
                var (response, usage) = await _model.AskAsync(transcript.Messages, Options(), calls, reader.Take, cancellationToken);
                return (response, usage, reader.Refusal);
            }
            catch (AiException error) when (error.Failure.Kind is AiFailureKind.ContextTooLong && Memory.Shorten(transcript, Memory.LengthOf(transcript.Messages) / 2))
            {
                // Asked again with what is left.
            }
            catch (AiException error)
            {
                throw error.ToGenerationException();
            }
        }
    }

    /// <summary>Puts an answer into the transcript and carries out what can be done at once; how far the work is, for people.</summary>
    private string Take(Transcript transcript, ChatResponse response, ModelUsage usage, string? refusal)
    {
        var contents = response.Messages.SelectMany(said => said.Contents).ToList();
        var texts = contents.OfType<TextContent>().Where(text => !string.IsNullOrWhiteSpace(text.Text)).Select(text => new TextContent(text.Text)).ToList();
        transcript.Answers++;
        transcript.Tokens += TokensOf(transcript, response, usage);
        var calls = Sayable(transcript, contents.OfType<FunctionCallContent>());
        if (texts.Count + calls.Count > 0)
        {
            transcript.Messages.Add(new ChatMessage(ChatRole.Assistant, [.. texts, .. calls.Select(call => call.Said)]));
        }

        if (refusal is not null)
        {
            return GiveUp(transcript, $"The AI model refused: {Quote(refusal)}");
        }

        var isCut = response.FinishReason == ChatFinishReason.Length;
        if (calls.Count == 0)
        {
            var text = string.Join('\n', texts.Select(text => text.Text));
            if (IdleFault(transcript, isCut, text.Length > 0 ? $"The AI model did not do the work. It said: {Quote(text)}" : "The AI model gave only empty answers.") is { } fault)
            {
                return GiveUp(transcript, fault);
            }

            transcript.Say(isCut
                ? "Your answer was cut at its limit. Go on in smaller steps: one file per answer, a long one in parts with append_file."
                : "Nobody reads what you write outside of tools. Go on with them: ask_user where you cannot decide something, finish when the work is done.");
            return transcript.Repairs == 0 ? "Thinking" : Mending(transcript);
        }

        if (IsCircle(transcript, calls))
        {
            return GiveUp(transcript, "The AI model repeated itself without getting anywhere.");
        }

        var (isCarried, written) = CarryAll(transcript, calls, isCut);
        if (isCarried)
        {
            transcript.Idle = 0;
        }
        else if (IdleFault(transcript, isCut, "The AI model called only tools that do not exist, or without what they need.") is { } fault)
        {
            return GiveUp(transcript, fault);
        }

        return transcript.Due switch
        {
            [{ Name: FileTools.AskUser }, ..] => "Asking a question",
            [{ Name: FileTools.TryAgent }, ..] => "Trying the agent",
            [_, ..] => "Checking types",
            [] when written is not null => AnswerReader.Sentence("Wrote", written, transcript.Planned, transcript.Repairs),
            [] when transcript.Repairs > 0 => Mending(transcript),
            [] when transcript.Planned.Count > 0 => $"Planned {transcript.Planned.Count} files",
            [] => "Reading files",
        };
    }

    /// <summary>
    /// The calls in a form that every provider takes back: each with an id of its own, a name of the letters that names have, and arguments that can be read. A model is not held to
    /// any of these.
    /// </summary>
    private static List<AnswerCall> Sayable(Transcript transcript, IEnumerable<FunctionCallContent> calls)
    {
        var sayable = new List<AnswerCall>();
        var ids = new HashSet<string>();
        foreach (var call in calls)
        {
            // Nine letters and digits are the strictest form of an id that an endpoint asks for.
            var id = !string.IsNullOrWhiteSpace(call.CallId) && ids.Add(call.CallId) ? call.CallId : $"c{transcript.Answers:D3}{sayable.Count:D5}";
            var name = string.Concat(call.Name.Take(64).Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-' ? letter : '_'));
            var arguments = FileTools.Read(call);
            sayable.Add(new AnswerCall(
                call.Name, arguments, new FunctionCallContent(id, name.Length > 0 ? name : "unnamed", arguments is null ? new Dictionary<string, object?>() : call.Arguments)));
        }

        return sayable;
    }

    /// <summary>Carries out the calls of an answer, or puts down that they are due; whether any could be, and the file that was written last. Each call gets one result, now or then.</summary>
    private (bool IsCarried, string? Written) CarryAll(Transcript transcript, List<AnswerCall> calls, bool isCut)
    {
        var (isCarried, hasFailed, room) = (false, false, WritingLimits.MaxResultsLength);
        string? written = null;
        foreach (var (call, number) in calls.Select((call, i) => (call, i + 1)))
        {
            if (FaultOf(transcript, call, number, isCut) is { } fault)
            {
                hasFailed = true;
                transcript.Tell(call.Said.CallId, fault);
            }
            else if (transcript.Due.Exists(due => due.Name == call.Name))
            {
                transcript.Tell(call.Said.CallId, "Not done: once in an answer is enough.");
            }
            else if (FileTools.IsDue(call.Name))
            {
                isCarried = true;
                transcript.Trials += FileTools.IsTrial(call.Name) ? 1 : 0;
                transcript.Due.Add(new DueCall(call.Said.CallId, call.Name, call.ReadArguments));
            }
            else if (call.Name == FileTools.ReadFile && room <= 0)
            {
                transcript.Tell(call.Said.CallId, $"Not read: more than {WritingLimits.MaxResultsLength} characters in one answer. Read it in your next one.");
            }
            else
            {
                isCarried = true;
                var (result, path) = FileTools.Run(transcript, call.Name, call.ReadArguments);
                transcript.Tell(call.Said.CallId, result);
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
        if (number > WritingLimits.MaxCallsPerAnswer)
        {
            return $"Not done: more than {WritingLimits.MaxCallsPerAnswer} calls in one answer.";
        }

        if (_tools.OfType<AIFunctionDeclaration>().FirstOrDefault(tool => tool.Name == call.Name) is not { } tool)
        {
            return $"There is no such tool. There are: {string.Join(", ", _tools.Select(known => known.Name))}";
        }

        // A call without arguments has none where its tool needs none, whatever a model writes for it.
        if (FileTools.FaultOf(tool, call.ReadArguments) is { } fault)
        {
            return call.Arguments is not null ? $"Not done: {fault}"
                : isCut ? "Not done: your answer was cut at its limit in the middle of this call. Write less at once: one file per answer, a long one in parts with append_file."
                : $"Not done: the arguments were no JSON object with valid texts and at most {WritingLimits.MaxArgumentDepth} levels.";
        }

        return tool.Name switch
        {
            FileTools.AskUser when string.IsNullOrWhiteSpace(Texts.Plain(call.ReadArguments.GetProperty("question").GetString()!)) => "Not asked: the question is empty.",
            FileTools.AskUser when transcript.Questions >= Job.MaxQuestions => $"Not asked: {Job.MaxQuestions} questions are enough. Decide yourself, and say in the summary what you decided.",
            _ when FileTools.IsTrial(tool.Name) && transcript.Trials >= WritingLimits.MaxTrials => $"Not done: the files were checked and tried {WritingLimits.MaxTrials} times. Finish.",
            _ => null,
        };
    }

    /// <summary>Counts an answer that did nothing; what is to be said when it was one too many.</summary>
    private static string? IdleFault(Transcript transcript, bool isCut, string message) =>
        ++transcript.Idle <= WritingLimits.MaxIdleAnswers ? null
        : isCut ? "The AI model's answers were cut at their limit again and again, before anything was done."
        : message;

    /// <summary>Whether a model goes round in circles, also in wide ones: the same calls on the same files give what they gave before.</summary>
    private static bool IsCircle(Transcript transcript, List<AnswerCall> calls)
    {
        var said = string.Join('\n', calls.Select(call => $"{call.Said.Name} {call.ReadArguments.GetRawText()}"));
        var key = $"{Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(said)))} {HashOf(transcript.Files)}";
        transcript.Seen[key] = transcript.Seen.GetValueOrDefault(key) + 1;
        return transcript.Seen[key] > WritingLimits.MaxRepetitions;
    }

    private static string GiveUp(Transcript transcript, string reason)
    {
        transcript.Failure = reason;
        return "Giving up";
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
                result = await CheckAsync(transcript, request.Workbench, cancellationToken) is { } faults ? FileTools.Cut(faults) : "The files compile.";
                break;

            case FileTools.TryAgent:
                result = await TryAsync(transcript, due.Arguments, request.Workbench, cancellationToken);
                break;

            case FileTools.Finish:
                var errors = await CheckAsync(transcript, request.Workbench, cancellationToken);
                if (errors is not null && transcript.Repairs < WritingLimits.MaxRepairs)
                {
                    transcript.Repairs++;
                    result = $"You are not done: the files do not compile.\n{FileTools.Cut(errors)}";
                    message = Mending(transcript);
                    break;
                }

                if (transcript.Files.Count == 0)
                {
                    throw GivenUp("The AI model wrote no files.");
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
        var text = new StringBuilder(trial.Error is { } error ? $"It failed: {error}" : $"Output: {FileTools.Cut(trial.Output!)}");
        return trial.Logs.Length > 0 ? text.Append($"\nLogs:\n{FileTools.Cut(trial.Logs)}").ToString() : text.ToString();
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

    private static string Quote(string text) => Texts.Cut(Texts.Plain(text).Replace('\n', ' ').Trim(), WritingLimits.MaxQuoteLength);

    /// <summary>What an answer counts. An endpoint that does not say is taken at four characters for a token, so that the limit holds for it too.</summary>
    private static long TokensOf(Transcript transcript, ChatResponse response, ModelUsage usage)
    {
        return usage.Input + usage.Output is > 0 and var told ? told : (Memory.LengthOf(transcript.Messages) + Memory.LengthOf(response.Messages)) / 4;
    }

    /// <summary>A call of an answer.</summary>
    /// <param name="Name">The tool, as the model names it.</param>
    /// <param name="Arguments">A JSON object in which every text can be read; null where the model gave none.</param>
    /// <param name="Said">The call as it is said back to the model.</param>
    private sealed record AnswerCall(string Name, JsonElement? Arguments, FunctionCallContent Said)
    {
        /// <summary>The arguments, or none.</summary>
        public JsonElement ReadArguments => Arguments ?? NoArguments;
    }

    /// <summary>Another attempt would end in the same way.</summary>
    private static GenerationException GivenUp(string message) => new(message, isTransient: false);

    private protected static string Instructions(string name)
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream($"Ai/{name}")!);
        return reader.ReadToEnd();
    }
}
