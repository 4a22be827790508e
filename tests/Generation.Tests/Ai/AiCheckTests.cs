using System.Text.RegularExpressions;
using Jobs.Generation.Ai;

namespace Jobs.Generation.Tests.Ai;

public sealed class AiCheckTests
{
    private static readonly ScriptedAnswer Answer = OpenAiAnswers.Text("ready");
    private static readonly ScriptedAnswer Streamed = OpenAiAnswers.Stream(["rea", "dy"]);
    private static readonly ScriptedAnswer Called = OpenAiAnswers.Calls(("call_1", "note", """{"word":"ready"}"""));
    private static readonly ScriptedAnswer Structured = OpenAiAnswers.Text("""{"word":"ready"}""");

    [Fact]
    public async Task Model_that_can_all_has_no_fault()
    {
        await using var server = await ScriptedServer.StartOpenAiAsync(Answer, Streamed, Called, Structured, OpenAiAnswers.Embeddings([1, 2, 3]));
        await using var host = AiTestHost.OpenAi(server, more: [("EmbeddingModel", "test-embedding"), ("EmbeddingDimensions", "3")]);

        var reports = await host.Check.RunAsync(CancellationToken.None);

        Assert.Equal(2, reports.Count);
        Assert.Equal($"openai at {server.Address}v1/, model test-model, for widgets, agents, repositories", reports[0].Subject);
        Assert.Equal(
            [("answers", true, "in # s"), ("streaming", true, "in 2 pieces"), ("tools", true, ""), ("structured output", true, "")],
            reports[0].Capabilities.Select(found => (found.Name, found.Works, Regex.Replace(found.Detail, @"\d+\.\d", "#"))));
        Assert.Equal($"openai at {server.Address}v1/, model test-embedding, for embeddings", reports[1].Subject);
        Assert.Equal(new AiCapability("embeddings", true, "of 3 numbers"), Assert.Single(reports[1].Capabilities));
        Assert.All(reports, report => Assert.Null(report.Fault));
        Assert.Equal(0, server.Left);
        Assert.All(server.Requests.Take(4), request => Assert.Equal(AiCheck.ProbeTokens, (int)request.Body["max_tokens"]!));
    }

    [Fact]
    public async Task Anthropic_is_checked_likewise()
    {
        await using var server = await ScriptedServer.StartAnthropicAsync(
            AnthropicAnswers.Text("ready"), AnthropicAnswers.Stream(["ready"]), AnthropicAnswers.Calls(("call_1", "note", """{"word":"ready"}""")), AnthropicAnswers.Text("""{"word":"ready"}"""));
        await using var host = AiTestHost.Anthropic(server);

        var report = Assert.Single(await host.Check.RunAsync(CancellationToken.None));

        Assert.All(report.Capabilities, found => Assert.True(found.Works, found.ToString()));
        Assert.Equal(4, report.Capabilities.Count);
        Assert.Null(report.Fault);
    }

    [Fact]
    public async Task Each_model_is_checked_once()
    {
        await using var server = await ScriptedServer.StartOpenAiAsync(Answer, Streamed, Called, Structured, Answer, Streamed, Called, Structured);
        await using var host = AiTestHost.OpenAi(server, more: ("Agents:Model", "agent-model"));

        var reports = await host.Check.RunAsync(CancellationToken.None);

        Assert.Equal(["test-model, for widgets, repositories", "agent-model, for agents"], reports.Select(report => report.Subject.Split("model ", 2)[1]));
    }

    [Fact]
    public async Task Endpoint_that_refuses_the_key_is_asked_no_more()
    {
        await using var server = await ScriptedServer.StartOpenAiAsync(OpenAiAnswers.Error(401, $"Incorrect API key provided: {AiTestHost.Key}"));
        await using var host = AiTestHost.OpenAi(server);

        var report = Assert.Single(await host.Check.RunAsync(CancellationToken.None));

        Assert.Equal(new AiCapability("answers", false, "the AI service does not let us in"), Assert.Single(report.Capabilities));
        Assert.StartsWith("The AI service does not let us in: check Ai:Key; ", report.Fault);
        Assert.DoesNotContain(AiTestHost.Key, report.ToString());
        Assert.Single(server.Requests);
    }

    [Theory]
    [InlineData("length", "it had said nothing after 1024 tokens")]
    [InlineData("stop", "the answer is empty")]
    public async Task Empty_answer_is_a_fault(string finish, string detail)
    {
        await using var server = await ScriptedServer.StartOpenAiAsync(OpenAiAnswers.Text("", finish));
        await using var host = AiTestHost.OpenAi(server);

        Assert.Equal($"The model does not answer: {detail}.", Assert.Single(await host.Check.RunAsync(CancellationToken.None)).Fault);
    }

    [Fact]
    public async Task Model_without_structured_output_has_no_fault()
    {
        await using var server = await ScriptedServer.StartOpenAiAsync(Answer, Streamed, Called, OpenAiAnswers.Text("Sure: ready"));
        await using var host = AiTestHost.OpenAi(server);

        var report = Assert.Single(await host.Check.RunAsync(CancellationToken.None));

        Assert.Equal(new AiCapability("structured output", false, "it answered without keeping to the schema"), report.Capabilities[3]);
        Assert.Null(report.Fault);
    }

    [Fact]
    public async Task Model_without_tools_is_of_no_use()
    {
        await using var server = await ScriptedServer.StartOpenAiAsync(Answer, Streamed, OpenAiAnswers.Text("ready"), Structured);
        await using var refusing = await ScriptedServer.StartOpenAiAsync(Answer, Streamed, OpenAiAnswers.Error(400, "test-model does not support tools"), Structured);
        await using var host = AiTestHost.OpenAi(server);
        await using var other = AiTestHost.OpenAi(refusing);

        Assert.Equal(
            "The model does not call tools (it answered without calling the tool), without which it cannot work on files: choose another Ai:Model.",
            Assert.Single(await host.Check.RunAsync(CancellationToken.None)).Fault);
        Assert.Equal(
            "The model does not call tools (the AI service refused the request), without which it cannot work on files: choose another Ai:Model.",
            Assert.Single(await other.Check.RunAsync(CancellationToken.None)).Fault);
    }

    [Fact]
    public async Task Call_of_a_tool_without_its_argument_does_not_count()
    {
        await using var server = await ScriptedServer.StartOpenAiAsync(Answer, Streamed, OpenAiAnswers.Calls(("call_1", "note", "{}")), Structured);
        await using var host = AiTestHost.OpenAi(server);

        Assert.Equal("it called the tool wrongly", Assert.Single(await host.Check.RunAsync(CancellationToken.None)).Capabilities[2].Detail);
    }

    [Fact]
    public async Task Stream_that_breaks_off_is_a_fault()
    {
        await using var server = await ScriptedServer.StartOpenAiAsync(Answer, Streamed.After(2, ScriptedEnd.Cut), Called, Structured);
        await using var host = AiTestHost.OpenAi(server);

        Assert.StartsWith("The AI service's answer broke off: ", Assert.Single(await host.Check.RunAsync(CancellationToken.None)).Fault);
    }

    [Fact]
    public async Task Embeddings_of_another_length_than_the_settings_say_are_a_fault()
    {
        await using var server = await ScriptedServer.StartOpenAiAsync(Answer, Streamed, Called, Structured, OpenAiAnswers.Embeddings([1, 2, 3]));
        await using var host = AiTestHost.OpenAi(server, more: ("EmbeddingModel", "test-embedding"));

        var reports = await host.Check.RunAsync(CancellationToken.None);

        Assert.Equal("The model's vectors have 3 numbers: set Ai:EmbeddingDimensions to that, which is 1536 now.", reports[1].Fault);
    }

    [Fact]
    public async Task Embeddings_that_fail_are_a_fault()
    {
        await using var server = await ScriptedServer.StartOpenAiAsync(Answer, Streamed, Called, Structured, OpenAiAnswers.Error(404, "model not found"));
        await using var host = AiTestHost.OpenAi(server, more: ("EmbeddingModel", "test-embedding"));

        var reports = await host.Check.RunAsync(CancellationToken.None);

        Assert.Null(reports[0].Fault);
        Assert.StartsWith("The AI service does not have the model that we ask for: check Ai:Model and Ai:EmbeddingModel", reports[1].Fault);
    }
}
