using System.Text.Json;
using Jobs.Domain.Generation;
using Jobs.Generation.Ai;

namespace Jobs.Generation.Tests.Ai;

/// <summary>One question and one answer, on both protocols.</summary>
public sealed class AiModelTests
{
    private static readonly JsonElement Schema = JsonElement.Parse("""{"type":"object","properties":{"risk":{"type":"string"}},"required":["risk"],"additionalProperties":false}""");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Question_is_sent_with_its_instructions_and_the_answer_is_the_models_words(bool isAnthropic)
    {
        await using var server = await StartAsync(isAnthropic, "Drought, ", "and prices.");
        await using var host = HostOf(server, isAnthropic);

        var answer = await new AiModel(host.Clients).AskAsync(new ModelQuestion("Which risks?", "Be brief."), IModelCalls.Unlimited, CancellationToken.None);

        Assert.Equal(new ModelAnswer("Drought, and prices.", IsCut: false), answer);
        var body = server.Requests.Single().Body.ToJsonString();
        Assert.Contains("Which risks?", body);
        Assert.Contains("Be brief.", body);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Schema_goes_with_the_question(bool isAnthropic)
    {
        await using var server = await StartAsync(isAnthropic, """{"risk":"drought"}""");
        await using var host = HostOf(server, isAnthropic);

        var answer = await new AiModel(host.Clients).AskAsync(new ModelQuestion("Which risk?", Schema: Schema), IModelCalls.Unlimited, CancellationToken.None);

        Assert.Equal("""{"risk":"drought"}""", answer.Text);
        Assert.Contains("\"additionalProperties\":false", server.Requests.Single().Body.ToJsonString());
    }

    private static Task<ScriptedServer> StartAsync(bool isAnthropic, params string[] pieces) =>
        isAnthropic ? ScriptedServer.StartAnthropicAsync(AnthropicAnswers.Stream(pieces)) : ScriptedServer.StartOpenAiAsync(OpenAiAnswers.Stream(pieces));

    private static AiTestHost HostOf(ScriptedServer server, bool isAnthropic) => isAnthropic ? AiTestHost.Anthropic(server) : AiTestHost.OpenAi(server);
}
