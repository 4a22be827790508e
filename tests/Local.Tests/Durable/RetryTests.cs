using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Jobs.Local.Tests.Durable;

public class RetryTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Theory]
    [InlineData(0, 3, 1, OrchestrationRuntimeStatus.Completed)]
    [InlineData(2, 3, 3, OrchestrationRuntimeStatus.Completed)]
    [InlineData(3, 3, 3, OrchestrationRuntimeStatus.Failed)]
    [InlineData(1, 1, 1, OrchestrationRuntimeStatus.Failed)]
    public async Task Activity_is_tried_as_often_as_the_policy_says(int failures, int allowed, int expected, OrchestrationRuntimeStatus status)
    {
        var (attempts, done) = await RunAsync(failures, new RetryPolicy(allowed, Second));
        Assert.Equal(expected, attempts.Count);
        Assert.Equal(status, done.RuntimeStatus);
    }

    [Fact]
    public async Task Activity_without_options_is_tried_once()
    {
        var (attempts, done) = await RunAsync(1, null);
        Assert.Single(attempts);
        Assert.Equal("Task 'Flaky' (#0) failed with an unhandled exception: attempt 1 failed", done.FailureDetails!.ErrorMessage);
    }

    [Fact]
    public async Task Waits_grow_by_the_coefficient_up_to_the_longest()
    {
        var (attempts, _) = await RunAsync(6, new RetryPolicy(6, Second, 2.0, maxRetryInterval: TimeSpan.FromSeconds(5)));
        Assert.Equal([0, 1, 3, 7, 12, 17], attempts.Select(at => at.TotalSeconds));
    }

    [Fact]
    public async Task Waits_are_equal_without_a_coefficient()
    {
        var (attempts, _) = await RunAsync(4, new RetryPolicy(4, 10 * Second));
        Assert.Equal([0, 10, 20, 30], attempts.Select(at => at.TotalSeconds));
    }

    [Fact]
    public async Task Longest_wait_is_an_hour_by_default_and_can_be_unlimited()
    {
        var (byDefault, _) = await RunAsync(3, new RetryPolicy(3, TimeSpan.FromMinutes(50), 2.0));
        Assert.Equal([0, 50, 110], byDefault.Select(at => at.TotalMinutes));
        var (unlimited, _) = await RunAsync(3, new RetryPolicy(3, TimeSpan.FromMinutes(50), 2.0, Timeout.InfiniteTimeSpan));
        Assert.Equal([0, 50, 150], unlimited.Select(at => at.TotalMinutes));
    }

    [Fact]
    public async Task No_attempt_follows_once_the_retry_timeout_has_passed()
    {
        var (attempts, done) = await RunAsync(9, new RetryPolicy(9, 2 * Second, 1.0, retryTimeout: 4 * Second));
        Assert.Equal([0, 2, 4], attempts.Select(at => at.TotalSeconds));
        Assert.Equal(OrchestrationRuntimeStatus.Failed, done.RuntimeStatus);
    }

    [Fact]
    public async Task Waiting_for_a_retry_survives_a_restart()
    {
        var attempts = 0;
        await using var test = await Flaky(() => ++attempts < 2, new RetryPolicy(2, 10 * Second)).StartAsync();
        var id = await test.ScheduleAsync("Retry");
        await test.AdvanceAsync(5 * Second);
        await test.RestartAsync();
        await test.AdvanceAsync(4 * Second);
        Assert.Equal(1, attempts);
        await test.AdvanceAsync(2 * Second);
        Assert.Equal(OrchestrationRuntimeStatus.Completed, (await test.WaitAsync(id)).RuntimeStatus);
        Assert.Equal(2, attempts);
    }

    [Fact]
    public async Task Failure_reaches_the_orchestrator_with_its_message()
    {
        await using var test = await new TestHub()
            .Orchestrator("Catch", async context =>
            {
                try
                {
                    return await context.CallActivityAsync<string>("Throw");
                }
                catch (TaskFailedException e)
                {
                    return $"{e.TaskName}|{e.TaskId}|{e.FailureDetails.ErrorMessage}";
                }
            })
            .Activity<object>("Throw", _ => throw new TimeoutException("too slow"))
            .StartAsync();

        Assert.Equal("Throw|0|too slow", (await test.RunAsync("Catch")).ReadOutputAs<string>());
    }

    [Fact]
    public async Task Unknown_activity_fails_its_call()
    {
        await using var test = await new TestHub()
            .Orchestrator("Call", context => context.CallActivityAsync<int>("Missing"))
            .StartAsync();
        var done = await test.RunAsync("Call");
        Assert.Contains("'Missing' doesn't exist", done.FailureDetails!.ErrorMessage);
    }

    private static async Task<(List<TimeSpan> Attempts, OrchestrationMetadata Done)> RunAsync(int failures, RetryPolicy? policy)
    {
        var attempts = new List<TimeSpan>();
        DateTimeOffset start = default;
        TestHub? engine = null;
        await using var test = await Flaky(
            () =>
            {
                attempts.Add(engine!.Clock.GetUtcNow() - start);
                return attempts.Count <= failures;
            },
            policy).StartAsync();
        engine = test;
        start = test.Clock.GetUtcNow();
        var id = await test.ScheduleAsync("Retry");
        await test.AdvanceAsync(TimeSpan.FromDays(1));
        return (attempts, await test.WaitAsync(id));

    }

    private static TestHub Flaky(Func<bool> fails, RetryPolicy? policy)
    {
        var attempt = 0;
        return new TestHub()
            .Orchestrator("Retry", context => policy is null
                ? context.CallActivityAsync<string>("Flaky")
                : context.CallActivityAsync<string>("Flaky", TaskOptions.FromRetryPolicy(policy)))
            .Activity<object>("Flaky", _ =>
            {
                attempt++;
                return fails() ? throw new InvalidOperationException($"attempt {attempt} failed") : Task.FromResult<object?>("done");
            });
    }
}
