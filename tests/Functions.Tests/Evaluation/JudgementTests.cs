using Jobs.Eval.Browser;
using Jobs.Eval.Cases;
using Jobs.Eval.Judging;
using Jobs.Functions.Tests.Browser;

namespace Jobs.Functions.Tests.Evaluation;

/// <summary>The evaluation's judgement (bench/eval) of things whose outcome is known: it must be able to fail.</summary>
public sealed class JudgementTests(Chromium chromium, ScriptedGenerators generators) : IClassFixture<Chromium>, IClassFixture<ScriptedGenerators>
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>What never happens is not waited for as long as what does.</summary>
    private static readonly Patience Short = Patience.Default with { ToHappen = TimeSpan.FromSeconds(0.5) };
    private static readonly Patience ShortForBlank = new(ToShow: TimeSpan.FromSeconds(1), Short.ToHappen);

    [Theory]
    [InlineData("counts.tsx", "passed", "")]
    [InlineData("does-not-count.tsx", "wrong", "it does not count up to 6")]
    [InlineData("does-not-count.tsx|Built a sign. It cannot count.", "refused", "It cannot count.")]
    [InlineData("does-not-count.tsx|Built a sign. It cannot fly.", "wrong", "it does not count up to 6")]
    [InlineData("counts.tsx|It cannot count below zero.", "passed", "")]
    [InlineData("blank.tsx", "broken", "its page is blank")]
    [InlineData("throws-when-used.tsx", "broken", "an error on its page: Error: not today")]
    [InlineData("throws-when-used.tsx|It cannot count.", "broken", "an error on its page: Error: not today")]
    [InlineData("does-not-compile.tsx", "broken", "it does not compile: ")]
    [InlineData("fail: I cannot build counters.", "refused", "I cannot build counters.")]
    [InlineData("fail: The service is away.", "broken", "The service is away.")]
    public async Task Widget_gets_the_outcome_of_what_it_does(string prompt, string outcome, string why)
    {
        var result = await RunAsync(
            new WidgetCase { Name = "counter", Prompt = prompt, About = "count", Check = "counts from 5" },
            Limit,
            outcome == "passed" ? Patience.Default : prompt == "blank.tsx" ? ShortForBlank : Short);

        Assert.Equal(outcome, result.Verdict.Outcome.ToString().ToLowerInvariant());
        Assert.StartsWith(why, result.Verdict.Why, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("doubles.ts", "passed", "")]
    [InlineData("triples.ts", "wrong", "expected the number 42, got {\"result\":{\"twice\":63}}")]
    [InlineData("triples.ts|It cannot double.", "refused", "It cannot double.")]
    [InlineData("refuses-input.ts", "wrong", "its run failed (threw): Error: 21 is too much")]
    [InlineData("never-ends.ts", "broken", "its run failed (ended)")]
    [InlineData("does-not-compile.tsx", "broken", "The agent does not compile")]
    public async Task Agent_gets_the_outcome_of_what_it_does(string prompt, string outcome, string why)
    {
        var result = await RunAsync(
            new AgentCase { Name = "doubler", Prompt = prompt, About = "double", Runs = [new(new() { ["number|value"] = 21 }, [new(Number: 42)])] }, Limit);

        Assert.Equal(outcome, result.Verdict.Outcome.ToString().ToLowerInvariant());
        Assert.StartsWith(why, result.Verdict.Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Case_that_is_not_done_in_time_is_broken()
    {
        var result = await RunAsync(new WidgetCase { Name = "silence", Prompt = ScriptedGenerators.Silence, About = "count", Check = "counts from 5" }, TimeSpan.FromSeconds(1));

        Assert.Equal(new Verdict(Outcome.Broken, "it was not done after 1 s"), result.Verdict);
    }

    [Fact]
    public async Task Case_that_the_service_refuses_is_broken()
    {
        var result = await RunAsync(new WidgetCase { Name = "empty", Prompt = "", About = "count", Check = "counts from 5" }, Limit);

        Assert.Equal(Outcome.Broken, result.Verdict.Outcome);
        Assert.StartsWith("the service did not do its part: POST v1/widgets answered 400", result.Verdict.Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Case_that_is_stopped_is_not_judged()
    {
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        var runner = new CaseRunner(generators.App.Client, chromium.Browser, Limit);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => runner.RunAsync(
            new WidgetCase { Name = "silence", Prompt = ScriptedGenerators.Silence, About = "count", Check = "counts from 5" }, "", stop.Token));
    }

    private Task<CaseResult> RunAsync(EvalCase evalCase, TimeSpan limit, Patience? patience = null) =>
        new CaseRunner(generators.App.Client, chromium.Browser, limit, patience).RunAsync(evalCase, "the test's generator", CancellationToken.None);
}
