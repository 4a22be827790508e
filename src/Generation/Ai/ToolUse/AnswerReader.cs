using System.Text;
using System.Text.Json;
using Anthropic.Models.Messages;
using Microsoft.Extensions.AI;
using OpenAI.Chat;

namespace Jobs.Generation.Ai.ToolUse;

/// <summary>
/// Reads, while an answer streams, what the clients do not give or give late: what is being called (a call is given when it is whole, which for a long file takes a minute), and that the model
/// refuses. What cannot be read is not reported, and is no fault here.
/// </summary>
internal abstract class AnswerReader
{
    /// <summary>The most characters of a call's arguments that are looked at: models give what is looked for first, as the tools declare it.</summary>
    private const int MaxSearched = 2_000;

    private readonly Dictionary<long, OpenCall> _calls = [];
    private readonly StringBuilder _refusal = new();

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
        call.IsRead = Look(call.Name, call.Arguments.ToString()) || call.Arguments.Length > MaxSearched;
    }

    /// <summary>Looks at a call as far as it has come; true when there is no more to see in it.</summary>
    protected abstract bool Look(string tool, string arguments);

    /// <summary>A text among the arguments; null where it has not come, or is none.</summary>
    protected static string? TextIn(string arguments, string name)
    {
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(arguments), isFinalBlock: false, default);
        try
        {
            while (reader.Read())
            {
                if (reader.CurrentDepth == 1 && reader.TokenType is JsonTokenType.PropertyName && reader.ValueTextEquals(name))
                {
                    return reader.Read() && reader.TokenType is JsonTokenType.String ? reader.GetString() : null;
                }
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // No JSON, or a text that is none. The call itself is refused later, with a word for the model.
        }

        return null;
    }

    private sealed class OpenCall
    {
        public string? Name { get; set; }

        public StringBuilder Arguments { get; } = new();

        public bool IsRead { get; set; }
    }
}
