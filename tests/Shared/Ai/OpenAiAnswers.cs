using System.Runtime.InteropServices;
using System.Text.Json.Nodes;

namespace Jobs.Testing;

/// <summary>What OpenAI's protocol answers, for a <see cref="ScriptedServer"/>.</summary>
internal static class OpenAiAnswers
{
    private const string Json = "application/json";

    /// <summary>A whole answer. <paramref name="finish"/> may be <c>stop</c>, <c>length</c> or <c>content_filter</c>.</summary>
    public static ScriptedAnswer Text(string text, string finish = "stop", int inputTokens = 11, int cachedTokens = 0, int outputTokens = 7) => Whole(
        new JsonObject { ["role"] = "assistant", ["content"] = text }, finish, Usage(inputTokens, cachedTokens, outputTokens));

    /// <summary>A whole answer that calls tools. The arguments are JSON, or what a model takes for it.</summary>
    public static ScriptedAnswer Calls(params (string Id, string Name, string Arguments)[] calls) => Whole(
        new JsonObject { ["role"] = "assistant", ["content"] = null, ["tool_calls"] = new JsonArray([.. calls.Select(call => Call(call.Id, call.Name, call.Arguments))]) },
        "tool_calls",
        Usage(11, 0, 7));

    /// <summary>A streamed answer of pieces: one part for the role, one for each piece, one for the finish, one for the usage, and the end mark.</summary>
    public static ScriptedAnswer Stream(string[] pieces, string finish = "stop") => Streamed(
        [
            Chunk(new JsonObject { ["role"] = "assistant", ["content"] = "" }),
            .. pieces.Select(piece => Chunk(new JsonObject { ["content"] = piece })),
            Chunk([], finish),
        ],
        Usage(11, 0, 7));

    /// <summary>A streamed answer that calls tools, each with its arguments in two parts.</summary>
    public static ScriptedAnswer StreamCalls(params (string Id, string Name, string Arguments)[] calls) => StreamCalls("tool_calls", 11, 7, calls);

    /// <summary>The same with a finish and a usage of its own. Without tokens it does not say what it took.</summary>
    public static ScriptedAnswer StreamCalls(string finish, int inputTokens, int outputTokens, params (string Id, string Name, string Arguments)[] calls) => Streamed(
        [
            Chunk(new JsonObject { ["role"] = "assistant", ["content"] = null }),
            .. calls.SelectMany((call, index) =>
            {
                var half = call.Arguments.Length / 2;
                var first = Call(call.Id, call.Name, call.Arguments[..half]);
                first["index"] = index;
                return new[]
                {
                    Chunk(new JsonObject { ["tool_calls"] = new JsonArray(first) }),
                    Chunk(new JsonObject { ["tool_calls"] = new JsonArray(new JsonObject { ["index"] = index, ["function"] = new JsonObject { ["arguments"] = call.Arguments[half..] } }) }),
                };
            }),
            Chunk([], finish),
        ],
        inputTokens + outputTokens > 0 ? Usage(inputTokens, 0, outputTokens) : null);

    /// <summary>A streamed answer in which the model refuses.</summary>
    public static ScriptedAnswer StreamRefusal(string text) => Streamed(
        [
            Chunk(new JsonObject { ["role"] = "assistant", ["content"] = null, ["refusal"] = "" }),
            Chunk(new JsonObject { ["refusal"] = text }),
            Chunk([], "stop"),
        ],
        Usage(11, 0, 7));

    /// <summary>A streamed answer that took something else.</summary>
    public static ScriptedAnswer Taking(this ScriptedAnswer streamed, int input, int cached, int output) =>
        streamed with { Parts = [.. streamed.Parts.SkipLast(2), Event(Envelope([], Usage(input, cached, output))), streamed.Parts[^1]] };

    /// <summary>A streamed answer that does not say what it took.</summary>
    public static ScriptedAnswer WithoutUsage(this ScriptedAnswer streamed) => streamed with { Parts = [.. streamed.Parts.SkipLast(2), streamed.Parts[^1]] };

    /// <summary>Embeddings, in base64 as the client asks for them.</summary>
    public static ScriptedAnswer Embeddings(params float[][] vectors) => new(200, Json, [new JsonObject
    {
        ["object"] = "list",
        ["model"] = "scripted-embedding",
        ["data"] = new JsonArray([.. vectors.Select((vector, index) => new JsonObject
        {
            ["object"] = "embedding",
            ["index"] = index,
            ["embedding"] = Convert.ToBase64String(MemoryMarshal.AsBytes(vector.AsSpan())),
        })]),
        ["usage"] = new JsonObject { ["prompt_tokens"] = 3, ["total_tokens"] = 3 },
    }.ToJsonString()]);

    /// <summary>An error.</summary>
    public static ScriptedAnswer Error(int status, string message, string type = "invalid_request_error", string? code = null) => new(status, Json, [new JsonObject
    {
        ["error"] = new JsonObject { ["message"] = message, ["type"] = type, ["param"] = null, ["code"] = code },
    }.ToJsonString()]);

    /// <summary>200 with something else than the protocol's JSON.</summary>
    public static ScriptedAnswer Raw(string body, string contentType = Json) => new(200, contentType, [body]);

    private static ScriptedAnswer Whole(JsonObject message, string finish, JsonObject usage) => new(200, Json, [new JsonObject
    {
        ["id"] = "chatcmpl-1",
        ["object"] = "chat.completion",
        ["created"] = 1_900_000_000,
        ["model"] = "scripted",
        ["choices"] = new JsonArray(new JsonObject { ["index"] = 0, ["message"] = message, ["finish_reason"] = finish }),
        ["usage"] = usage,
    }.ToJsonString()]);

    private static ScriptedAnswer Streamed(IEnumerable<string> chunks, JsonObject? usage) =>
        new(200, "text/event-stream", [.. chunks, .. usage is null ? Array.Empty<string>() : [Event(Envelope([], usage))], "data: [DONE]\n\n"]);

    private static string Chunk(JsonObject delta, string? finish = null) =>
        Event(Envelope(new JsonArray(new JsonObject { ["index"] = 0, ["delta"] = delta, ["finish_reason"] = finish })));

    private static JsonObject Envelope(JsonArray choices, JsonObject? usage = null) => new()
    {
        ["id"] = "chatcmpl-1",
        ["object"] = "chat.completion.chunk",
        ["created"] = 1_900_000_000,
        ["model"] = "scripted",
        ["choices"] = choices,
        ["usage"] = usage,
    };

    private static string Event(JsonObject data) => $"data: {data.ToJsonString()}\n\n";

    private static JsonObject Call(string id, string name, string arguments) => new()
    {
        ["id"] = id,
        ["type"] = "function",
        ["function"] = new JsonObject { ["name"] = name, ["arguments"] = arguments },
    };

    private static JsonObject Usage(int input, int cached, int output) => new()
    {
        ["prompt_tokens"] = input,
        ["completion_tokens"] = output,
        ["total_tokens"] = input + output,
        ["prompt_tokens_details"] = new JsonObject { ["cached_tokens"] = cached },
    };
}
