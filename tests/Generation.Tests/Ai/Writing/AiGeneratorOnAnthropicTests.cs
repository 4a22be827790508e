using System.Text.Json.Nodes;

namespace Jobs.Generation.Tests.Ai.Writing;

public sealed class AiGeneratorOnAnthropicTests : AiGeneratorSuite
{
    private protected override Task<ScriptedServer> StartAsync(params ScriptedAnswer[] script) => ScriptedServer.StartAnthropicAsync(script);

    private protected override AiTestHost Host(ScriptedServer server, TimeProvider? time) => AiTestHost.Anthropic(server, time);

    private protected override ScriptedAnswer Calls(params (string Id, string Name, string Arguments)[] calls) => AnthropicAnswers.StreamCalls(calls);

    private protected override ScriptedAnswer CutCalls(params (string Id, string Name, string Arguments)[] calls) => AnthropicAnswers.StreamCalls("max_tokens", calls);

    private protected override ScriptedAnswer Text(string text, bool isCut = false) => AnthropicAnswers.Stream([text], isCut ? "max_tokens" : "end_turn");

    private protected override ScriptedAnswer Filtered => AnthropicAnswers.Stream(["I"], "refusal");

    private protected override ScriptedAnswer TooLong => AnthropicAnswers.Error(400, "prompt is too long: 210000 tokens > 200000 maximum", "invalid_request_error");

    private protected override IEnumerable<(string Id, string Name)> CallsIn(JsonNode message) => Parts(message, "tool_use").Select(part => ((string)part["id"]!, (string)part["name"]!));

    private protected override IEnumerable<(string Id, string Text)> ResultsIn(JsonNode message) =>
        Parts(message, "tool_result").Select(part => ((string)part["tool_use_id"]!, part["content"] is JsonArray texts ? (string)texts[0]!["text"]! : (string)part["content"]!));

    private static IEnumerable<JsonNode> Parts(JsonNode message, string type) =>
        message["content"] is JsonArray parts ? parts.Where(part => (string?)part!["type"] == type).Select(part => part!) : [];
}
