namespace Jobs.Generation.Tests.Ai.Writing;

public sealed class AiGeneratorOnAnthropicTests : AiGeneratorSuite
{
    private protected override Task<ScriptedServer> StartAsync(params ScriptedAnswer[] script) => ScriptedServer.StartAnthropicAsync(script);

    private protected override AiTestHost Host(ScriptedServer server) => AiTestHost.Anthropic(server);

    private protected override ScriptedAnswer Calls(params (string Id, string Name, string Arguments)[] calls) => AnthropicAnswers.StreamCalls(calls);

    private protected override ScriptedAnswer Text(string text, bool isCut = false) => AnthropicAnswers.Stream([text], isCut ? "max_tokens" : "end_turn");
}
