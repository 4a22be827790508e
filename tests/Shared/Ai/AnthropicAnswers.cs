using System.Text.Json.Nodes;

namespace Jobs.Testing;

/// <summary>What Anthropic's protocol answers, for a <see cref="ScriptedServer"/>.</summary>
internal static class AnthropicAnswers
{
    private const string Json = "application/json";

    /// <summary>A whole answer. <paramref name="stop"/> may be <c>end_turn</c>, <c>max_tokens</c> or <c>refusal</c>.</summary>
    public static ScriptedAnswer Text(string text, string stop = "end_turn") =>
        new(200, Json, [Message(new JsonArray(new JsonObject { ["type"] = "text", ["text"] = text }), stop).ToJsonString()]);

    /// <summary>A whole answer that calls tools, with arguments that are JSON objects.</summary>
    public static ScriptedAnswer Calls(params (string Id, string Name, string Arguments)[] calls) => new(200, Json, [Message(
        new JsonArray([.. calls.Select(call => new JsonObject { ["type"] = "tool_use", ["id"] = call.Id, ["name"] = call.Name, ["input"] = JsonNode.Parse(call.Arguments) })]),
        "tool_use").ToJsonString()]);

    /// <summary>A streamed answer of pieces: one part for the start, one for the block, one for each piece, and three for the ends of the block, of the answer and of the stream.</summary>
    public static ScriptedAnswer Stream(string[] pieces, string stop = "end_turn") => Streamed(
        [
            Event("content_block_start", new JsonObject { ["index"] = 0, ["content_block"] = new JsonObject { ["type"] = "text", ["text"] = "" } }),
            .. pieces.Select(piece => Event("content_block_delta", new JsonObject { ["index"] = 0, ["delta"] = new JsonObject { ["type"] = "text_delta", ["text"] = piece } })),
            Event("content_block_stop", new JsonObject { ["index"] = 0 }),
        ],
        stop);

    /// <summary>A streamed answer that calls tools, each with its arguments in two parts.</summary>
    public static ScriptedAnswer StreamCalls(params (string Id, string Name, string Arguments)[] calls) => StreamCalls("tool_use", calls);

    /// <summary>The same with a reason of its own to stop.</summary>
    public static ScriptedAnswer StreamCalls(string stop, params (string Id, string Name, string Arguments)[] calls) => Streamed(
        calls.SelectMany((call, index) => new[]
        {
            Event("content_block_start", new JsonObject
            {
                ["index"] = index,
                ["content_block"] = new JsonObject { ["type"] = "tool_use", ["id"] = call.Id, ["name"] = call.Name, ["input"] = new JsonObject() },
            }),
            ArgumentsPart(index, call.Arguments[..(call.Arguments.Length / 2)]),
            ArgumentsPart(index, call.Arguments[(call.Arguments.Length / 2)..]),
            Event("content_block_stop", new JsonObject { ["index"] = index }),
        }),
        stop);

    /// <summary>An error.</summary>
    public static ScriptedAnswer Error(int status, string message, string type) => new(status, Json, [ErrorBody(message, type).ToJsonString()]);

    /// <summary>A streamed answer that ends in an error after its first piece.</summary>
    public static ScriptedAnswer StreamError(string piece, string message, string type)
    {
        var stream = Stream([piece]);
        return stream with { Parts = [.. stream.Parts.Take(3), $"event: error\ndata: {ErrorBody(message, type).ToJsonString()}\n\n"] };
    }

    private static JsonObject ErrorBody(string message, string type) => new()
    {
        ["type"] = "error",
        ["error"] = new JsonObject { ["type"] = type, ["message"] = message },
        ["request_id"] = "req_1",
    };

    private static ScriptedAnswer Streamed(IEnumerable<string> blocks, string stop) => new(200, "text/event-stream",
    [
        Event("message_start", new JsonObject { ["message"] = Message([], null) }),
        .. blocks,
        Event("message_delta", new JsonObject
        {
            ["delta"] = new JsonObject { ["stop_reason"] = stop, ["stop_sequence"] = null },
            ["usage"] = new JsonObject { ["output_tokens"] = 7, ["input_tokens"] = 11, ["cache_read_input_tokens"] = 0, ["cache_creation_input_tokens"] = 0 },
        }),
        Event("message_stop", []),
    ]);

    private static string ArgumentsPart(int index, string json) =>
        Event("content_block_delta", new JsonObject { ["index"] = index, ["delta"] = new JsonObject { ["type"] = "input_json_delta", ["partial_json"] = json } });

    private static string Event(string type, JsonObject data)
    {
        data.Insert(0, "type", type);
        return $"event: {type}\ndata: {data.ToJsonString()}\n\n";
    }

    private static JsonObject Message(JsonArray content, string? stop) => new()
    {
        ["id"] = "msg_1",
        ["type"] = "message",
        ["role"] = "assistant",
        ["model"] = "scripted",
        ["content"] = content,
        ["stop_reason"] = stop,
        ["stop_sequence"] = null,
        ["usage"] = new JsonObject { ["input_tokens"] = 11, ["output_tokens"] = 7, ["cache_read_input_tokens"] = 0, ["cache_creation_input_tokens"] = 0 },
    };
}
