using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Jobs.Domain;
using Jobs.Domain.Generation;
using Microsoft.Extensions.AI;

namespace Jobs.Generation.Ai.ToolUse;

/// <summary>A model that works by tools: asks it for one answer after another, and keeps the limits that hold whatever its tools are.</summary>
internal sealed class ToolModel
{
    private readonly MeteredModel _model;
    private readonly string _instructions;
    private readonly string _nudge;
    private readonly TimeProvider _time;
    private readonly IReadOnlyList<AIFunctionDeclaration> _tools;

    /// <param name="clients">The clients of the AI.</param>
    /// <param name="use">What the model is for.</param>
    /// <param name="instructions">The embedded file with what it is told first.</param>
    /// <param name="tools">Its tools.</param>
    /// <param name="nudge">What it is told when it calls none of them.</param>
    /// <param name="time">The clock of the limit of time.</param>
    public ToolModel(AiClients clients, AiUse use, string instructions, IReadOnlyList<AIFunctionDeclaration> tools, string nudge, TimeProvider time)
    {
        (_model, _instructions, _tools, _nudge, _time) = (new MeteredModel(clients, use), ReadInstructions(instructions), tools, nudge, time);
        Name = $"the AI model {clients.TargetOf(use).Model}";
    }

    /// <summary>What people are told that it is.</summary>
    public string Name { get; }

    /// <summary>The most that the first call can take where nearly nothing is asked for.</summary>
    public ModelUsage LeastToBegin => _model.MostOf([new ChatMessage(ChatRole.System, _instructions)], Options());

    /// <summary>What the work would take that a transcript begins.</summary>
    public GenerationEstimate Estimate(ToolTranscript begun) => _model.Estimate(begun.Messages, Options(), ToolUseLimits.MaxTokens);

    /// <summary>Begins a conversation with the instructions and a request.</summary>
    public void Begin(ToolTranscript transcript, string request)
    {
        transcript.Messages.Add(new ChatMessage(ChatRole.System, _instructions));
        transcript.Say(request);
    }

    /// <summary>Throws <see cref="GenerationException"/> where the work was given up, or a limit is reached at which the model is asked no more.</summary>
    public static void ThrowIfGivenUp(ToolTranscript transcript)
    {
        if (transcript.Failure is { } failure)
        {
            throw GivenUp(failure);
        }
    }

    /// <summary>Another attempt would end in the same way.</summary>
    public static GenerationException GivenUp(string message) => new(message, isTransient: false);

    /// <summary>
    /// The model's next answer, put into the transcript, and what it took. Where nothing is to be carried out, there are no calls: then the model was told so, or the work is given up. Throws
    /// <see cref="GenerationException"/> where a limit is reached or the AI fails.
    /// </summary>
    /// <param name="transcript">What was said.</param>
    /// <param name="hash">Tells the files as they are from all others.</param>
    /// <param name="calls">Lets the call in.</param>
    /// <param name="newReader">Makes what looks at an answer while it streams.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task<(ToolAnswer Answer, ModelUsage Usage)> AskAsync(
        ToolTranscript transcript, string hash, IModelCalls calls, Func<AnswerReader> newReader, CancellationToken cancellationToken)
    {
        var used = transcript switch
        {
            { Answers: >= ToolUseLimits.MaxAnswers } => $"{ToolUseLimits.MaxAnswers} answers",
            { Tokens: >= ToolUseLimits.MaxTokens } => string.Create(CultureInfo.InvariantCulture, $"{ToolUseLimits.MaxTokens:N0} tokens"),
            _ when transcript.Worked >= ToolUseLimits.MaxTime => $"{ToolUseLimits.MaxTime.TotalMinutes:0} minutes",
            _ => null,
        };
        if (used is not null)
        {
            throw GivenUp($"The AI model was not done after {used}.");
        }

        var started = _time.GetTimestamp();
        var (response, usage, refusal) = await AskAsync(transcript, calls, newReader, cancellationToken);
        transcript.Worked += _time.GetElapsedTime(started);
        return (Take(transcript, hash, response, usage, refusal), usage);
    }

    /// <summary>Why a call is not carried out, for the model; null when it has what its tool needs.</summary>
    /// <param name="call">The call.</param>
    /// <param name="number">Which of its answer it is, from 1.</param>
    /// <param name="isCut">Whether the answer ended at its limit.</param>
    public string? FaultOf(AnswerCall call, int number, bool isCut)
    {
        if (number > ToolUseLimits.MaxCallsPerAnswer)
        {
            return $"Not done: more than {ToolUseLimits.MaxCallsPerAnswer} calls in one answer.";
        }

        if (_tools.FirstOrDefault(tool => tool.Name == call.Name) is not { } tool)
        {
            return $"There is no such tool. There are: {string.Join(", ", _tools.Select(known => known.Name))}";
        }

        // A call without arguments has none where its tool needs none, whatever a model writes for it.
        return ToolCalls.FaultOf(tool, call.ReadArguments) is not { } fault ? null
            : call.Arguments is not null ? $"Not done: {fault}"
            : isCut ? "Not done: your answer was cut at its limit in the middle of this call. Write less at once: one file per answer, a long one in parts with append_file."
            : $"Not done: the arguments were no JSON object with valid texts and at most {ToolUseLimits.MaxArgumentDepth} levels.";
    }

    /// <summary>Counts an answer by whether any of its calls could be carried out; the work is given up where that was one too many that did nothing.</summary>
    public static void Count(ToolTranscript transcript, bool isCarried, bool isCut)
    {
        if (isCarried)
        {
            transcript.Idle = 0;
        }
        else
        {
            CountIdle(transcript, isCut, "The AI model called only tools that do not exist, or without what they need.");
        }
    }

    private ChatOptions Options() => new() { Tools = [.. _tools] };

    /// <summary>
    /// The model's next answer, what it took, and how it refuses if it does. Where the conversation is too long for it, the oldest contents are left out, as long as there are
    /// any.
    /// </summary>
    private async Task<(ChatResponse Response, ModelUsage Usage, string? Refusal)> AskAsync(
        ToolTranscript transcript, IModelCalls calls, Func<AnswerReader> newReader, CancellationToken cancellationToken)
    {
        if (Memory.LengthOf(transcript.Messages) > ToolUseLimits.MaxConversationLength)
        {
            // By half, so that not every answer from now on changes what the provider has kept of the beginning.
            Memory.Shorten(transcript, ToolUseLimits.MaxConversationLength / 2);
        }

        while (true)
        {
            try
            {
                var reader = newReader();
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

    private ToolAnswer Take(ToolTranscript transcript, string hash, ChatResponse response, ModelUsage usage, string? refusal)
    {
        var contents = response.Messages.SelectMany(said => said.Contents).ToList();
        var texts = contents.OfType<TextContent>().Where(text => !string.IsNullOrWhiteSpace(text.Text)).Select(text => new TextContent(text.Text)).ToList();
        transcript.Answers++;
        transcript.Tokens += TokensOf(transcript, response, usage);
        var calls = ToolCalls.Sayable(transcript.Answers, contents.OfType<FunctionCallContent>());
        if (texts.Count + calls.Count > 0)
        {
            transcript.Messages.Add(new ChatMessage(ChatRole.Assistant, [.. texts, .. calls.Select(call => call.Said)]));
        }

        var isCut = response.FinishReason == ChatFinishReason.Length;
        if (refusal is not null)
        {
            transcript.Failure = $"The AI model refused: {Quote(refusal)}";
        }
        else if (calls.Count == 0)
        {
            var text = string.Join('\n', texts.Select(text => text.Text));
            CountIdle(transcript, isCut, text.Length > 0 ? $"The AI model did not do the work. It said: {Quote(text)}" : "The AI model gave only empty answers.");
            if (transcript.Failure is null)
            {
                transcript.Say(isCut
                    ? "Your answer was cut at its limit. Go on in smaller steps: one file per answer, a long one in parts with append_file."
                    : _nudge);
            }
        }
        else if (IsCircle(transcript, calls, hash))
        {
            transcript.Failure = "The AI model repeated itself without getting anywhere.";
        }

        return new ToolAnswer(transcript.Failure is null ? calls : [], isCut);
    }

    /// <summary>Counts an answer that did nothing; gives the work up when it was one too many.</summary>
    private static void CountIdle(ToolTranscript transcript, bool isCut, string message)
    {
        if (++transcript.Idle > ToolUseLimits.MaxIdleAnswers)
        {
            transcript.Failure = isCut ? "The AI model's answers were cut at their limit again and again, before anything was done." : message;
        }
    }

    /// <summary>Whether a model goes round in circles, also in wide ones: the same calls on the same files give what they gave before.</summary>
    private static bool IsCircle(ToolTranscript transcript, List<AnswerCall> calls, string hash)
    {
        var said = string.Join('\n', calls.Select(call => $"{call.Said.Name} {call.ReadArguments.GetRawText()}"));
        var key = $"{Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(said)))} {hash}";
        transcript.Seen[key] = transcript.Seen.GetValueOrDefault(key) + 1;
        return transcript.Seen[key] > ToolUseLimits.MaxRepetitions;
    }

    private static string Quote(string text) => Texts.Cut(Texts.Plain(text).Replace('\n', ' ').Trim(), ToolUseLimits.MaxQuoteLength);

    /// <summary>What an answer counts. An endpoint that does not say is taken at four characters for a token, so that the limit holds for it too.</summary>
    private static long TokensOf(ToolTranscript transcript, ChatResponse response, ModelUsage usage)
    {
        return usage.Input + usage.Output is > 0 and var told ? told : (Memory.LengthOf(transcript.Messages) + Memory.LengthOf(response.Messages)) / 4;
    }

    private static string ReadInstructions(string name)
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream($"Ai/{name}")!);
        return reader.ReadToEnd();
    }
}

/// <summary>An answer of a model.</summary>
/// <param name="Calls">What is to be carried out; each gets one result, now or later.</param>
/// <param name="IsCut">Whether it ended at its limit.</param>
internal sealed record ToolAnswer(IReadOnlyList<AnswerCall> Calls, bool IsCut);
