using Jobs.Domain.Compilation;
using Jobs.Domain.Generation;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Functions.Tests;

/// <summary>Attempts at a step, in virtual time.</summary>
public sealed class BuildRetryTests
{
    [Fact]
    public async Task Transient_failure_is_tried_again_and_the_attempt_is_visible()
    {
        var time = new ManualTimeProvider();
        var gate = new TaskCompletionSource<GenerationResult>();
        var generator = new FakeGenerator((_, call) => call < 3 ? throw new GenerationException("Too many requests.", isTransient: true) : gate.Task);
        await using var app = await StartAsync(time, generator, new FakeCompiler());
        var (_, jobId) = await app.CreateWidgetAsync();

        await time.AdvanceUntilAsync(() => generator.Calls == 3);
        var third = await app.WaitForJobAsync(jobId, job => Message(job).Contains("attempt 3", StringComparison.Ordinal));
        gate.SetResult(FakeGenerator.OneFile);
        var settled = await app.WaitUntilSettledAsync(jobId);

        Assert.Equal("Generating files with the test's generator (attempt 3 of 3)", Message(third));
        Assert.Equal("SUCCEEDED", settled.GetProperty("buildStatus").GetProperty("status").GetString());
    }

    [Fact]
    public async Task Transient_failure_of_every_attempt_fails_the_job_after_three()
    {
        var time = new ManualTimeProvider();
        var generator = new FakeGenerator((_, _) => throw new GenerationException("Too many requests.", isTransient: true));
        await using var app = await StartAsync(time, generator, new FakeCompiler());
        var (_, jobId) = await app.CreateWidgetAsync();

        await time.AdvanceUntilAsync(() => generator.Calls == 3);
        var job = await app.WaitUntilSettledAsync(jobId);

        Assert.Equal("failed", job.GetProperty("status").GetString());
        Assert.Equal("Too many requests.", job.GetProperty("error").GetString());
        Assert.Equal(3, generator.Calls);
    }

    [Fact]
    public async Task Files_that_break_a_rule_are_asked_for_again_and_then_fail_the_job()
    {
        var time = new ManualTimeProvider();
        var generator = new FakeGenerator((_, _) => Task.FromResult<GenerationResult>(
            new GenerationResult.Files(new Dictionary<string, string> { ["../escape.ts"] = "x" }, "Built")));
        await using var app = await StartAsync(time, generator, new FakeCompiler());
        var (_, jobId) = await app.CreateWidgetAsync();

        await time.AdvanceUntilAsync(() => generator.Calls == 3);
        var job = await app.WaitUntilSettledAsync(jobId);

        Assert.Contains("\"../escape.ts\" must be relative", job.GetProperty("error").GetString());
    }

    [Fact]
    public async Task Compiler_that_cannot_be_run_fails_the_build_after_three_attempts_and_shows_no_path_of_the_server()
    {
        var time = new ManualTimeProvider();
        var compiler = new FakeCompiler { OnCompile = _ => throw new CompilerUnavailableException("/secret/path is missing. Run `npm ci`.") };
        await using var app = await StartAsync(time, new FakeGenerator((_, _) => Task.FromResult(FakeGenerator.OneFile)), compiler);
        var (_, jobId) = await app.CreateWidgetAsync();

        await time.AdvanceUntilAsync(() => compiler.Calls == 3);
        var job = await app.WaitUntilSettledAsync(jobId);

        Assert.Equal("completed", job.GetProperty("status").GetString());
        Assert.Equal("FAILED", job.GetProperty("buildStatus").GetProperty("status").GetString());
        Assert.Equal("The compiler is not available now.", job.GetProperty("buildStatus").GetProperty("failureDetails").GetString());
    }

    [Fact]
    public async Task Fault_on_our_side_is_tried_three_times_and_tells_the_caller_nothing_of_it()
    {
        var time = new ManualTimeProvider();
        var generator = new FakeGenerator((_, _) => throw new InvalidOperationException("secret detail"));
        await using var app = await StartAsync(time, generator, new FakeCompiler());
        var (_, jobId) = await app.CreateWidgetAsync();

        await time.AdvanceUntilAsync(() => generator.Calls == 3);
        var job = await app.WaitUntilSettledAsync(jobId);

        Assert.Equal("The build failed because of a fault on our side.", job.GetProperty("error").GetString());
        Assert.DoesNotContain("secret", job.ToString());
    }

    private static Task<TestApp> StartAsync(TimeProvider time, FakeGenerator generator, FakeCompiler compiler) => TestApp.StartAsync(services => services
        .AddSingleton(time)
        .AddSingleton<IWidgetGenerator>(generator)
        .AddSingleton<IWidgetCompiler>(compiler));

    private static string Message(System.Text.Json.JsonElement job) => job.GetProperty("progress").GetProperty("message").GetString()!;
}
