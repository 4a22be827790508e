using System.Text.Json;
using Jobs.Domain.Generation;
using Jobs.Domain.Jobs;
using Jobs.Domain.Widgets;
using Jobs.Functions.Activities;
using Jobs.Functions.Orchestrations;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Functions.Tests;

/// <summary>Generators that are wrong or hostile: the job ends, and says why.</summary>
public sealed class HostileGeneratorTests
{
    public static TheoryData<string, IReadOnlyDictionary<string, string>> Unacceptable => new()
    {
        { $"there are more than {SourceFiles.MaxFiles} files", Enumerable.Range(0, SourceFiles.MaxFiles + 1).ToDictionary(i => $"src/{i}.ts", _ => "") },
        { "the files together are larger", new Dictionary<string, string> { ["src/App.tsx"] = new('x', SourceFiles.MaxTotalBytes + 1) } },
        { "the path", new Dictionary<string, string> { ["../../etc/passwd"] = "x" } },
        { "the path", new Dictionary<string, string> { ["/src/App.tsx"] = "x" } },
        { "the path", new Dictionary<string, string> { ["src/App.tsx\0"] = "x" } },
        { "\"src/App.tsx\" has no content", new Dictionary<string, string> { ["src/App.tsx"] = null! } },
        { "the content of", new Dictionary<string, string> { ["src/App.tsx"] = "\ud800" } },
    };

    [Theory]
    [MemberData(nameof(Unacceptable))]
    public async Task Files_that_are_not_acceptable_fail_the_job_after_three_attempts(string reason, IReadOnlyDictionary<string, string> files)
    {
        var generator = new FakeGenerator((_, _) => Task.FromResult<GenerationResult>(new GenerationResult.Files(files, "Done")));

        var job = await RunAsync(generator);

        Assert.Equal("failed", job.GetProperty("status").GetString());
        Assert.StartsWith($"The generator gave files that are not acceptable: {reason}", job.GetProperty("error").GetString());
        Assert.Equal(BuildSteps.MaxAttempts, generator.Calls);
    }

    public static TheoryData<Exception> Faults => new()
    {
        new InvalidOperationException("Secret: emb_live_x"),
        new OperationCanceledException("Secret: emb_live_x"),
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Fault_of_the_generator_fails_the_job_after_three_attempts_and_shows_nothing_of_it(Exception fault)
    {
        var generator = new FakeGenerator((_, _) => throw fault);

        var job = await RunAsync(generator);

        Assert.Equal("The build failed because of a fault on our side.", job.GetProperty("error").GetString());
        Assert.DoesNotContain("Secret", job.ToString());
        Assert.Equal(3, generator.Calls);
    }

    [Theory]
    [InlineData(Job.MaxMessageLength, false)]
    [InlineData(200_000, true)]
    public async Task Summary_of_any_length_is_kept_up_to_its_limit(int length, bool isCut)
    {
        var generator = new FakeGenerator((_, _) => Task.FromResult<GenerationResult>(new GenerationResult.Files(
            new Dictionary<string, string> { ["src/App.tsx"] = "x" }, new string('s', length))));
        var gate = new TaskCompletionSource<Domain.Compilation.CompileResult>();
        await using var app = await TestApp.StartAsync(services => services
            .AddSingleton<IWidgetGenerator>(generator)
            .AddSingleton<Domain.Compilation.IWidgetCompiler>(new FakeCompiler { OnCompile = _ => gate.Task }));
        var job = await app.LayJobAndWidgetAsync();

        await ActivatorUtilities.CreateInstance<BuildActivities>(app.Services).GenerateSources(new StepInput(job.Id, 1, 1), app.DurableClient, CancellationToken.None);

        var message = (await app.GetJobAsync(job.Id)).GetProperty("progress").GetProperty("message").GetString()!;
        Assert.Equal(Job.MaxMessageLength, message.Length);
        Assert.Equal(isCut, message.EndsWith('…'));
    }

    [Fact]
    public async Task Generator_that_never_answers_and_ignores_its_cancellation_is_left_behind_at_the_time_limit()
    {
        var time = new ManualTimeProvider();
        var generator = new FakeGenerator((_, _) => new TaskCompletionSource<GenerationResult>().Task);
        await using var app = await TestApp.StartAsync(services => services
            .AddSingleton<TimeProvider>(time)
            .AddSingleton<IWidgetGenerator>(generator));
        var job = await app.LayJobAndWidgetAsync();

        var step = ActivatorUtilities.CreateInstance<BuildActivities>(app.Services).GenerateSources(new StepInput(job.Id, 1, 1), app.DurableClient, CancellationToken.None);
        // The limit begins to count a moment after the call.
        await app.WaitForJobAsync(job.Id, _ => generator.Calls == 1 && time.HasTimerAt(time.GetUtcNow() + BuildActivities.GenerationTimeLimit));
        time.Advance(BuildActivities.GenerationTimeLimit - TimeSpan.FromMilliseconds(1));
        await app.GetJobAsync(job.Id);
        var before = step.IsCompleted;
        time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.False(before);
        Assert.Equal(new StepResult(StepOutcome.FailedRetry, "The generator did not answer in time."), await step.WaitAsync(TimeSpan.FromSeconds(20)));
    }

    /// <summary>Builds with a generator, moving the clock over the waits between attempts.</summary>
    private static async Task<JsonElement> RunAsync(FakeGenerator generator)
    {
        var time = new ManualTimeProvider();
        await using var app = await TestApp.StartAsync(services => services
            .AddSingleton<TimeProvider>(time)
            .AddSingleton<IWidgetGenerator>(generator));
        var (_, jobId) = await app.CreateWidgetAsync();
        return await app.WaitForJobAsync(jobId, job =>
        {
            time.Advance(TimeSpan.FromMilliseconds(500));
            return job.GetProperty("status").GetString() is "failed" or "completed";
        });
    }
}
