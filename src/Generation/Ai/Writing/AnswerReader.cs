using System.Text;
using System.Text.Json;
using Anthropic.Models.Messages;
using Microsoft.Extensions.AI;
using OpenAI.Chat;

namespace Jobs.Generation.Ai.Writing;

/// <summary>
/// Reads, while an answer streams, what the clients do not give or give late: which file is being written (a call is given when it is whole, which for a long file takes a
/// minute), and that the model refuses. What cannot be read is not reported, and is no fault here.
/// </summary>
internal sealed class AnswerReader(Transcript transcript, IProgress<string> progress)
{
    /// <summary>The most characters of a call's arguments in which its path is looked for: models give it first, as the tools declare it.</summary>
    private const int MaxSearched = 2_000;

    private readonly Dictionary<long, OpenCall> _calls = [];
    private readonly StringBuilder _refusal = new();
    private IReadOnlyList<string> _planned = transcript.Planned;

    /// <summary>How the model refuses; null where it does not.</summary>
    public string? Refusal => _refusal.Length > 0 ? _refusal.ToString() : null;

    /// <summary>Looks at a piece of the answer.</summary>
    public void Take(ChatResponseUpdate update)
    {
        switch (update.RawRepresentation)
        {
            case StreamingChatCompletionUpdate pieces:
                _refusal.Append(pieces.RefusalUpdate);
                foreach (var piece in pieces.ToolCallUpdates)
                {
                    Take(piece.Index, piece.FunctionName, piece.FunctionArgumentsUpdate?.ToString());
                }

                break;

            case RawMessageStreamEvent { Value: RawContentBlockStartEvent { ContentBlock.Value: ToolUseBlock tool } start }:
                Take(start.Index, tool.Name, null);
                break;

            case RawMessageStreamEvent { Value: RawContentBlockDeltaEvent { Delta.Value: InputJsonDelta piece } part }:
                Take(part.Index, null, piece.PartialJson);
                break;
        }
    }

    private void Take(long index, string? name, string? arguments)
    {
        if (!_calls.TryGetValue(index, out var call))
        {
            _calls[index] = call = new OpenCall();
        }

        call.Name ??= string.IsNullOrEmpty(name) ? null : name;
        if (call.IsRead || call.Name is null || arguments is null)
        {
            return;
        }

        call.Arguments.Append(arguments);
        switch (call.Name)
        {
            case FileTools.Plan:
                if (PlanIn(call.Arguments.ToString()) is { } planned)
                {
                    _planned = planned;
                    call.IsRead = true;
                }

                break;

            case var tool when FileTools.IsWriting(tool):
                if (PathIn(call.Arguments.ToString()) is { } path)
                {
                    progress.Report(Sentence("Writing", path, _planned, transcript.Repairs));
                    call.IsRead = true;
                }

                break;
        }

        call.IsRead |= call.Arguments.Length > MaxSearched;
    }

    /// <summary>For example "Writing src/App.tsx (1 of 5)".</summary>
    public static string Sentence(string verb, string path, IReadOnlyList<string> planned, int repairs)
    {
        var number = planned.TakeWhile(other => other != path).Count() + 1;
        var text = number <= planned.Count ? $"{verb} {path} ({number} of {planned.Count})" : $"{verb} {path}";
        return repairs == 0 ? text : $"{text}, mending (attempt {repairs} of {WritingLimits.MaxRepairs})";
    }

    private static string? PathIn(string arguments)
    {
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(arguments), isFinalBlock: false, default);
        try
        {
            while (reader.Read())
            {
                if (reader.CurrentDepth == 1 && reader.TokenType is JsonTokenType.PropertyName && reader.ValueTextEquals("path"))
                {
                    return reader.Read() && reader.TokenType is JsonTokenType.String && reader.GetString() is { } path && FileTools.IsPath(path) ? path : null;
                }
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // No JSON, or a text that is none. The call itself is refused later, with a word for the model.
        }

        return null;
    }

    private static IReadOnlyList<string>? PlanIn(string arguments)
    {
        try
        {
            return JsonSerializer.Deserialize<JsonElement>(arguments) is { ValueKind: JsonValueKind.Object } plan && plan.TryGetProperty("files", out var files)
                ? [.. files.EnumerateArray().Select(file => file.GetString()!).Distinct()]
                : null;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // Not whole yet, or no plan.
            return null;
        }
    }

    private sealed class OpenCall
    {
        public string? Name { get; set; }

        public StringBuilder Arguments { get; } = new();

        public bool IsRead { get; set; }
    }
}
