using Jobs.Domain.Generation;
using Jobs.Generation.Ai;
using Jobs.Generation.Ai.ToolUse;
using Jobs.Generation.Ai.Writing;
using Microsoft.Extensions.AI;

namespace Jobs.Generation.Tests.Ai;

public sealed class MeteredModelTests
{
    [Theory]
    [InlineData("")]
    [InlineData("A counter that counts.")]
    [InlineData("数え上げるカウンター、ありがとうございます")]
    [InlineData("🙂👩‍👩‍👧‍👦🏳️‍🌈")]
    [InlineData("\u0001\u0002\u0003\"\\\n\t\0")]
    [InlineData("ÀÉÎÕÜ ﷽ ᚠᛇᚻ ꧁꧂")]
    [InlineData("<|endoftext|><|im_start|>")]
    public async Task Most_that_a_call_can_take_is_not_less_than_a_tokenizer_counts(string text)
    {
        await using var host = Host();
        var model = new MeteredModel(host.Clients, AiUse.Agents);
        ChatMessage[] messages = [.. Enumerable.Range(0, 50).Select(_ => new ChatMessage(ChatRole.User, string.Concat(Enumerable.Repeat(text, 20))))];
        var options = new ChatOptions { Tools = [.. FileTools.For(AiUse.Agents)] };

        var estimate = model.Estimate(messages, options, ToolUseLimits.MaxTokens);

        Assert.InRange(estimate.InputTokens, 300, estimate.FirstCall.Input - MeteredModel.AddedTokens);
        Assert.Equal((500, estimate.FirstCall.Input * 3 + 500 * 15), (estimate.FirstCall.Output, estimate.FirstCall.Cost));
        Assert.Equal((ToolUseLimits.MaxTokens, ToolUseLimits.MaxTokens * 15), (estimate.MaxTokens, estimate.MaxCost));
    }

    [Fact]
    public async Task Tokens_are_counted_as_OpenAIs_models_count_them()
    {
        await using var host = Host();
        var model = new MeteredModel(host.Clients, AiUse.Widgets);

        // "tokens are counted" is three words and three tokens, a long word of no language is more.
        Assert.Equal(3, model.Estimate([new ChatMessage(ChatRole.User, "tokens are counted")], new ChatOptions(), ToolUseLimits.MaxTokens).InputTokens);
        Assert.InRange(model.Estimate([new ChatMessage(ChatRole.User, "qzxvwkjqzxvwkj")], new ChatOptions(), ToolUseLimits.MaxTokens).InputTokens, 5, 14);
    }

    [Fact]
    public async Task Call_is_let_in_with_its_most_and_told_what_it_took()
    {
        await using var server = await ScriptedServer.StartOpenAiAsync(OpenAiAnswers.Stream(["ready"]).Taking(1_000, 400, 10));
        await using var host = AiTestHost.OpenAi(server, null, ("InputPrice", "3"), ("CachedInputPrice", "1"), ("OutputPrice", "15"), ("MaxOutputTokens", "500"));
        var calls = new RecordedCalls();

        var (_, usage) = await new MeteredModel(host.Clients, AiUse.Widgets).AskAsync([new ChatMessage(ChatRole.User, "Are you ready?")], new ChatOptions(), calls, _ => { }, CancellationToken.None);

        Assert.Equal(new ModelUsage(1_000, 400, 10, (600 * 3) + 400 + 150), usage);
        Assert.Equal([$"most {calls.Most}", $"answered {usage}", "over"], calls.Said);
        Assert.True(calls.Most.Cost > usage.Cost);
    }

    [Theory]
    [InlineData(401)]
    [InlineData(400)]
    [InlineData(500)]
    public Task Call_that_is_refused_costs_nothing(int status) => AssertFailureAsync(OpenAiAnswers.Error(status, "No."), mayCost: false);

    [Fact]
    public Task Call_whose_answer_breaks_off_may_cost_something() => AssertFailureAsync(OpenAiAnswers.Stream(["half"]).After(2, ScriptedEnd.Cut), mayCost: true);

    [Fact]
    public Task Call_that_is_hung_up_on_may_cost_something() => AssertFailureAsync(ScriptedAnswer.HangUp, mayCost: true);

    [Fact]
    public Task Call_whose_answer_is_filtered_after_it_began_may_cost_something() => AssertFailureAsync(OpenAiAnswers.Stream(["half"], finish: "content_filter"), mayCost: true);

    private static async Task AssertFailureAsync(ScriptedAnswer answer, bool mayCost)
    {
        await using var server = await ScriptedServer.StartOpenAiAsync();
        server.Otherwise = answer;
        await using var host = AiTestHost.OpenAi(server);
        var calls = new RecordedCalls();

        await Assert.ThrowsAsync<AiException>(() => new MeteredModel(host.Clients, AiUse.Widgets).AskAsync([new ChatMessage(ChatRole.User, "?")], new ChatOptions(), calls, _ => { }, CancellationToken.None));

        Assert.Equal([$"most {calls.Most}", $"failed {mayCost}", "over"], calls.Said);
    }

    private static AiTestHost Host() => new(AiTestHost.Settings(
        [], ("Model", "test-model"), ("Key", AiTestHost.Key), ("InputPrice", "3"), ("OutputPrice", "15"), ("MaxOutputTokens", "500")));

    private sealed class RecordedCalls : IModelCalls, IModelCall
    {
        public List<string> Said { get; } = [];

        public ModelUsage Most { get; private set; }

        public Task<IModelCall> BeginAsync(ModelUsage most, CancellationToken cancellationToken)
        {
            Most = most;
            Said.Add($"most {most}");
            return Task.FromResult<IModelCall>(this);
        }

        public Task AnsweredAsync(ModelUsage used) => SayAsync($"answered {used}");

        public Task FailedAsync(bool mayCost) => SayAsync($"failed {mayCost}");

        public ValueTask DisposeAsync() => new(SayAsync("over"));

        private Task SayAsync(string what)
        {
            Said.Add(what);
            return Task.CompletedTask;
        }
    }
}
