using System.Text.Json.Nodes;
using Jobs.Domain.Generation;

namespace Jobs.Generation.Tests.Ai.Writing;

public sealed class AiGeneratorOnOpenAiTests : AiGeneratorSuite
{
    private protected override Task<ScriptedServer> StartAsync(params ScriptedAnswer[] script) => ScriptedServer.StartOpenAiAsync(script);

    private protected override AiTestHost Host(ScriptedServer server, TimeProvider? time) => AiTestHost.OpenAi(server, time);

    private protected override ScriptedAnswer Calls(params (string Id, string Name, string Arguments)[] calls) => OpenAiAnswers.StreamCalls(calls);

    private protected override ScriptedAnswer CutCalls(params (string Id, string Name, string Arguments)[] calls) => OpenAiAnswers.StreamCalls("length", 11, 7, calls);

    private protected override ScriptedAnswer Text(string text, bool isCut = false) => OpenAiAnswers.Stream([text], isCut ? "length" : "stop");

    private protected override ScriptedAnswer Filtered => OpenAiAnswers.Stream(["I"], "content_filter");

    private protected override ScriptedAnswer TooLong => OpenAiAnswers.Error(400, "This model's maximum context length is 128000 tokens.", code: "context_length_exceeded");

    private protected override IEnumerable<(string Id, string Name)> CallsIn(JsonNode message) =>
        message["tool_calls"] is JsonArray calls ? calls.Select(call => ((string)call!["id"]!, (string)call["function"]!["name"]!)) : [];

    private protected override IEnumerable<(string Id, string Text)> ResultsIn(JsonNode message) =>
        (string?)message["role"] == "tool" ? [((string)message["tool_call_id"]!, (string)message["content"]!)] : [];

    [Fact]
    public async Task Model_that_refuses_is_given_up_with_what_it_said()
    {
        await using var server = await StartAsync(OpenAiAnswers.StreamRefusal("I can't help with that."));

        var error = await Assert.ThrowsAsync<GenerationException>(() => new Work(this, server).RunAsync("a card"));

        Assert.Equal("The AI model refused: I can't help with that.", error.Message);
        Assert.False(error.IsTransient);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task Endpoint_that_does_not_say_what_an_answer_took_is_counted_by_its_length()
    {
        await using var server = await StartAsync(
            OpenAiAnswers.StreamCalls("tool_calls", 0, 0, ("1", "write_file", """{"path":"a.txt","content":"x"}""")), Calls(("2", "finish", """{"summary":"Done."}""")));
        var work = new Work(this, server);

        await work.RunAsync("a card");

        Assert.True(work.Transcript.Tokens > 500, $"{work.Transcript.Tokens} tokens");
        Assert.Equal(new ModelUsage(11, 0, 7), work.Usage);
    }
}
