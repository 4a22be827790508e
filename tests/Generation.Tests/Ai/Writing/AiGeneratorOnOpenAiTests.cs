namespace Jobs.Generation.Tests.Ai.Writing;

public sealed class AiGeneratorOnOpenAiTests : AiGeneratorSuite
{
    private protected override Task<ScriptedServer> StartAsync(params ScriptedAnswer[] script) => ScriptedServer.StartOpenAiAsync(script);

    private protected override AiTestHost Host(ScriptedServer server) => AiTestHost.OpenAi(server);

    private protected override ScriptedAnswer Calls(params (string Id, string Name, string Arguments)[] calls) => OpenAiAnswers.StreamCalls(calls);

    private protected override ScriptedAnswer Text(string text, bool isCut = false) => OpenAiAnswers.Stream([text], isCut ? "length" : "stop");
}
