using System.Reflection;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Jobs.Domain;
using Jobs.Domain.Generation;
using Jobs.Domain.Widgets;
using Microsoft.Extensions.AI;
using Conversation = Jobs.Domain.Conversations.ChatMessage;
using ConversationKind = Jobs.Domain.Conversations.ChatMessageKind;

namespace Jobs.Generation.Ai.Writing;

/// <summary>
/// Has a model write files by calling tools: each call of <see cref="GenerateAsync"/> is one answer of the model, or what it waits for. Whatever a model says is data:
/// its tools are all the effect that it has, and the rules of files, sizes and limits are kept here.
/// </summary>
public abstract class AiGenerator : ISourceGenerator
{
    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, WriteIndented = true };

    private readonly MeteredModel _model;
    private readonly AiUse _use;
    private readonly string _instructions;

    private protected AiGenerator(AiClients clients, AiUse use, string instructions)
    {
        (_model, _use, _instructions) = (new MeteredModel(clients, use), use, instructions);
        Name = $"the AI model {clients.TargetOf(use).Model}";
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public ModelUsage LeastToBegin => _model.MostOf([new ChatMessage(ChatRole.System, _instructions)], new ChatOptions { Tools = [.. FileTools.For(_use)] });

    /// <inheritdoc/>
    public GenerationEstimate Estimate(GenerationRequest request) => _model.Estimate(Begin(request).Messages, new ChatOptions { Tools = [.. FileTools.For(_use)] });

    /// <inheritdoc/>
    public async Task<GenerationResult> GenerateAsync(GenerationRequest request, IProgress<string> progress, CancellationToken cancellationToken)
    {
        var transcript = request.State is { } state ? Transcript.Read(state) : Begin(request);
        if (transcript.Due.Count > 0)
        {
            return await DoDueAsync(transcript, request, cancellationToken);
        }

        if (transcript.Summary is { } summary)
        {
            return new GenerationResult.Files(transcript.Files, summary);
        }

        if (transcript.Answers >= WritingLimits.MaxAnswers)
        {
            throw GivenUp($"The AI model was not done after {WritingLimits.MaxAnswers} answers.");
        }

        if (transcript.Tokens >= WritingLimits.MaxTokens)
        {
            throw GivenUp($"The AI model was not done after {WritingLimits.MaxTokens:N0} tokens.");
        }

        progress.Report(transcript.Answers == 0 ? $"Planning with {Name}" : $"Working with {Name}, answer {transcript.Answers + 1}");
        var (response, usage) = await AskAsync(transcript, request.ModelCalls, cancellationToken);
        var message = Take(transcript, response, usage);
        return Turn(transcript, message, usage);
    }

    private Transcript Begin(GenerationRequest request)
    {
        var transcript = new Transcript { Files = new(request.Current.Files.ToDictionary(), StringComparer.Ordinal) };
        transcript.Messages.Add(new ChatMessage(ChatRole.System, _instructions));
        var room = WritingLimits.MaxFilesInRequest;
        var inFull = request.Current.Files.Where(file => (room -= file.Value.Length) >= 0).ToDictionary();
        // JSON, so that no text in it can end where it stands and go on as something else.
        transcript.Say(JsonSerializer.Serialize(
            new
            {
                name = request.Name,
                description = request.Description,
                earlier = request.Earlier.Select(said => new { by = SpeakerOf(said), text = said.Content }),
                files = inFull,
                otherFiles = request.Current.Files.Keys.Except(inFull.Keys),
                request = request.Prompt,
                answers = request.Answers.Select(answer => new { question = answer.Question, answer = answer.Answer }),
            },
            Json));
        transcript.Questions = request.Answers.Count;
        return transcript;
    }

    /// <summary>The model's next answer. Where the conversation is too long for it, the oldest contents are left out, once.</summary>
    private async Task<(ChatResponse Response, ModelUsage Usage)> AskAsync(Transcript transcript, IModelCalls calls, CancellationToken cancellationToken)
    {
        Memory.Shorten(transcript, WritingLimits.MaxConversationLength);
        for (var mayShorten = true; ; mayShorten = false)
        {
            try
            {
                var options = new ChatOptions { Tools = [.. FileTools.For(_use)] };
                return await _model.AskAsync(transcript.Messages, options, calls, cancellationToken);
            }
            catch (AiException error) when (mayShorten && error.Failure.Kind is AiFailureKind.ContextTooLong
                && Memory.Shorten(transcript, Memory.LengthOf(transcript.Messages) / 2))
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
    private string Take(Transcript transcript, ChatResponse response, ModelUsage usage)
    {
        transcript.Answers++;
        transcript.Tokens += usage.Input + usage.Output;
        var texts = response.Messages.SelectMany(said => said.Contents).OfType<TextContent>().Where(text => !string.IsNullOrWhiteSpace(text.Text)).ToList();
        var calls = response.Messages.SelectMany(said => said.Contents).OfType<FunctionCallContent>().ToList();
        if (texts.Count + calls.Count > 0)
        {
            transcript.Messages.Add(new ChatMessage(ChatRole.Assistant, [.. texts, .. calls]));
        }

        if (calls.Count == 0)
        {
            return Prompt(transcript, response.FinishReason == ChatFinishReason.Length, string.Join('\n', texts.Select(text => text.Text)));
        }

        transcript.Idle = 0;
        Count(transcript, calls);
        string? written = null;
        foreach (var (call, number) in calls.Select((call, i) => (call, i + 1)))
        {
            var (result, path) = number > WritingLimits.MaxCallsPerAnswer
                ? ($"Not done: more than {WritingLimits.MaxCallsPerAnswer} calls in one answer.", null)
                : Carry(transcript, call, response.FinishReason == ChatFinishReason.Length);
            written = path ?? written;
            if (result is not null)
            {
                transcript.Tell(call.CallId, result);
            }
        }

        return transcript.Due switch
        {
            [{ Name: FileTools.AskUser }, ..] => "Asking a question",
            [{ Name: FileTools.TryAgent }, ..] => "Trying the agent",
            [_, ..] => "Checking types",
            [] when written is not null => Progress(transcript, written),
            [] when transcript.Planned.Count > 0 => $"Planned {transcript.Planned.Count} files",
            [] => "Reading files",
        };
    }

    /// <summary>The result of a call, or null where it waits; and the file that it wrote.</summary>
    private (string? Result, string? Written) Carry(Transcript transcript, FunctionCallContent call, bool isCut)
    {
        if (FileTools.For(_use).OfType<AIFunctionDeclaration>().FirstOrDefault(tool => tool.Name == call.Name) is not { } tool)
        {
            return ($"There is no such tool. There are: {string.Join(", ", FileTools.For(_use).Select(known => known.Name))}", null);
        }

        if (call.Exception is not null || call.Arguments is null)
        {
            return (
                isCut
                    ? "Not done: your answer was cut at its limit in the middle of this call. Write less at once: one file per answer, a long one in parts with append_file."
                    : "Not done: the arguments were no valid JSON object.",
                null);
        }

        var arguments = JsonSerializer.SerializeToElement(call.Arguments, AIJsonUtilities.DefaultOptions);
        if (FileTools.FaultOf(tool, arguments) is { } fault)
        {
            return ($"Not done: {fault}", null);
        }

        if (!FileTools.IsDue(tool.Name))
        {
            return FileTools.Run(transcript, tool.Name, arguments);
        }

        if (transcript.Due.Exists(due => due.Name == tool.Name))
        {
            return ("Not done: once in an answer is enough.", null);
        }

        transcript.Due.Add(new DueCall(call.CallId, tool.Name, arguments));
        return (null, null);
    }

    /// <summary>Goes on with an answer that called nothing.</summary>
    private static string Prompt(Transcript transcript, bool isCut, string text)
    {
        if (++transcript.Idle > WritingLimits.MaxIdleAnswers)
        {
            throw GivenUp(text.Length > 0
                ? $"The AI model did not do the work. It said: {Texts.Cut(text.ReplaceLineEndings(" "), 500)}"
                : "The AI model gave only empty answers.");
        }

        transcript.Say(isCut
            ? "Your answer was cut at its limit. Go on in smaller steps: one file per answer, a long one in parts with append_file."
            : "Nobody reads what you write outside of tools. Go on with them: ask_user where you cannot decide something, finish when the work is done.");
        return "Thinking";
    }

    /// <summary>Ends the work of a model that says the same again and again.</summary>
    private static void Count(Transcript transcript, List<FunctionCallContent> calls)
    {
        var said = JsonSerializer.Serialize(calls.Select(call => new { call.Name, call.Arguments }), AIJsonUtilities.DefaultOptions);
        transcript.Repetitions = said == transcript.LastCalls ? transcript.Repetitions + 1 : 1;
        transcript.LastCalls = said;
        if (transcript.Repetitions > WritingLimits.MaxRepetitions)
        {
            throw GivenUp("The AI model repeated itself without getting anywhere.");
        }
    }

    /// <summary>Does what the last answer waits for; only then is the model asked again, so that neither is lost with the other.</summary>
    private async Task<GenerationResult> DoDueAsync(Transcript transcript, GenerationRequest request, CancellationToken cancellationToken)
    {
        // A question first: what it is answered may change what is worth checking.
        var due = transcript.Due.Find(call => call.Name is FileTools.AskUser) ?? transcript.Due.Find(call => call.Name is not FileTools.Finish) ?? transcript.Due[0];
        var message = "Thinking";
        switch (due.Name)
        {
            case FileTools.AskUser when request.Answers.Count <= transcript.Questions:
                return Question(due.Arguments);

            case FileTools.AskUser:
                transcript.Questions = request.Answers.Count;
                transcript.Tell(due.Id, JsonSerializer.Serialize(new { answer = request.Answers[^1].Answer }, Json));
                break;

            case FileTools.Check:
                transcript.Tell(due.Id, await CheckAsync(transcript, request.Workbench, cancellationToken) is { } faults ? FileTools.Cut(faults) : "The files compile.");
                break;

            case FileTools.TryAgent:
                transcript.Tell(due.Id, await TryAsync(transcript, due.Arguments, request.Workbench, cancellationToken));
                break;

            case FileTools.Finish:
                var summary = due.Arguments.GetProperty("summary").GetString()!;
                if (await CheckAsync(transcript, request.Workbench, cancellationToken) is { } errors && transcript.Repairs < WritingLimits.MaxRepairs)
                {
                    transcript.Repairs++;
                    transcript.Tell(due.Id, $"You are not done: the files do not compile.\n{FileTools.Cut(errors)}");
                    message = $"Mending what the compiler found ({transcript.Repairs} of {WritingLimits.MaxRepairs})";
                    break;
                }

                // Where they still do not compile, the build ends with what the compiler says.
                transcript.Summary = string.IsNullOrWhiteSpace(summary) ? $"Built with {Name}." : summary.Trim();
                message = "Checking types";
                break;
        }

        transcript.Due.Remove(due);
        return Turn(transcript, message, ModelUsage.None);
    }

    private static Task<string?> CheckAsync(Transcript transcript, IWorkbench workbench, CancellationToken cancellationToken) =>
        workbench.CheckAsync(FilesOf(transcript), cancellationToken);

    private static async Task<string> TryAsync(Transcript transcript, JsonElement arguments, IWorkbench workbench, CancellationToken cancellationToken)
    {
        var trial = await workbench.TryAsync(FilesOf(transcript), arguments.GetProperty("input").GetRawText(), cancellationToken);
        var text = new StringBuilder(trial.Error is { } error ? $"It failed: {error}" : $"Output: {FileTools.Cut(trial.Output!)}");
        return trial.Logs.Length > 0 ? text.Append($"\nLogs:\n{FileTools.Cut(trial.Logs)}").ToString() : text.ToString();
    }

    private static SourceFiles FilesOf(Transcript transcript) => SourceFiles.TryCreate(transcript.Files, out var files, out string? error)
        ? files
        : throw new InvalidOperationException($"A file was let in that breaks a rule: {error}");

    private static GenerationResult.Question Question(JsonElement arguments)
    {
        var choices = arguments.TryGetProperty("choices", out var given)
            ? given.EnumerateArray().Select(choice => Short(choice.GetString()!)).Where(choice => choice.Length > 0).Distinct().Take(Conversation.MaxChoices).ToList()
            : [];
        var suggested = arguments.TryGetProperty("default", out var named) ? Short(named.GetString()!) : null;
        return new GenerationResult.Question(
            Short(arguments.GetProperty("question").GetString()!) is { Length: > 0 } text ? text : "What exactly should be built?",
            choices,
            suggested is not null && choices.Contains(suggested) ? suggested : null);

        static string Short(string text) => Texts.Cut(text.Trim(), Conversation.MaxQuestionLength);
    }

    private static GenerationResult.Turn Turn(Transcript transcript, string message, ModelUsage usage) =>
        new(message) { State = transcript.ToBytes(), Usage = usage };

    private static string Progress(Transcript transcript, string written)
    {
        var number = transcript.Planned.IndexOf(written) + 1;
        return number > 0 ? $"Wrote {written} ({number} of {transcript.Planned.Count})" : $"Wrote {written}";
    }

    private static string SpeakerOf(Conversation said) => said.Kind switch
    {
        ConversationKind.Prompt or ConversationKind.Answer => "user",
        ConversationKind.Question or ConversationKind.Result or ConversationKind.Failure => "you",
    };

    /// <summary>Another attempt would end in the same way.</summary>
    private static GenerationException GivenUp(string message) => new(message, isTransient: false);

    private protected static string Instructions(string name)
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream($"Ai/{name}")!);
        return reader.ReadToEnd();
    }
}
