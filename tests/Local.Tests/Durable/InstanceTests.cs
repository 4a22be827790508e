using DurableTask.Core.Exceptions;
using Jobs.Local.Durable;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Jobs.Local.Tests.Durable;

/// <summary>Scheduling, reading, ending and purging instances.</summary>
public class InstanceTests
{
    [Fact]
    public async Task Running_id_cannot_be_scheduled_again()
    {
        await using var test = await Echo().StartAsync();
        await test.ScheduleAsync("Wait", id: "one");
        await Assert.ThrowsAsync<OrchestrationAlreadyExistsException>(() => test.ScheduleAsync("Wait", id: "one"));
        await test.RestartAsync();
        await Assert.ThrowsAsync<OrchestrationAlreadyExistsException>(() => test.ScheduleAsync("Wait", id: "one"));
    }

    [Fact]
    public async Task Of_many_who_schedule_one_id_one_succeeds()
    {
        await using var test = await Echo().StartAsync();
        var results = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(async () =>
        {
            try
            {
                await test.ScheduleAsync("Wait", id: "one");
                return 1;
            }
            catch (OrchestrationAlreadyExistsException)
            {
                return 0;
            }
        })));
        Assert.Equal(1, results.Sum());
    }

    [Fact]
    public async Task Finished_id_runs_again_afresh()
    {
        await using var test = await Echo().StartAsync();
        await test.ScheduleAsync("Echo", "first", "one");
        await test.WaitAsync("one");
        test.Clock.Advance(TimeSpan.FromHours(1));
        await test.ScheduleAsync("Echo", "second", "one");
        var done = await test.WaitAsync("one");
        Assert.Equal("second", done.ReadOutputAs<string>());
        Assert.Equal(test.Clock.GetUtcNow(), done.CreatedAt);
    }

    [Fact]
    public async Task Finished_id_in_a_dedupe_status_cannot_be_scheduled_again()
    {
        await using var test = await Echo().StartAsync();
        await test.ScheduleAsync("Echo", "first", "one");
        await test.WaitAsync("one");
        await Assert.ThrowsAsync<OrchestrationAlreadyExistsException>(() => RescheduleAsync("second", OrchestrationRuntimeStatus.Completed));
        Assert.Equal("first", (await test.GetAsync("one")).ReadOutputAs<string>());
        await RescheduleAsync("third", OrchestrationRuntimeStatus.Failed);
        Assert.Equal("third", (await test.WaitAsync("one")).ReadOutputAs<string>());

        Task RescheduleAsync(string input, OrchestrationRuntimeStatus blocking) => test.Client.ScheduleNewOrchestrationInstanceAsync(
            "Echo",
            input,
            new StartOrchestrationOptions("one").WithDedupeStatuses(
                OrchestrationRuntimeStatus.Pending, OrchestrationRuntimeStatus.Running, blocking));
    }

    [Fact]
    public async Task Dedupe_statuses_that_would_replace_a_running_instance_are_refused()
    {
        await using var test = await Echo().StartAsync();
        var options = new StartOrchestrationOptions("one").WithDedupeStatuses(OrchestrationRuntimeStatus.Completed);
        await Assert.ThrowsAsync<NotSupportedException>(() => test.Client.ScheduleNewOrchestrationInstanceAsync("Echo", "x", options));
    }

    [Fact]
    public async Task Unknown_orchestrator_is_refused_at_scheduling()
    {
        await using var test = await Echo().StartAsync();
        await Assert.ThrowsAsync<ArgumentException>(() => test.ScheduleAsync("Missing", id: "one"));
        Assert.Null(await test.Client.GetInstanceAsync("one"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("@one")]
    [InlineData("a/b")]
    [InlineData("a\\b")]
    [InlineData("a#b")]
    [InlineData("a?b")]
    [InlineData("a\nb")]
    public async Task Id_that_azure_storage_would_refuse_is_refused(string id)
    {
        await using var test = await Echo().StartAsync();
        await Assert.ThrowsAsync<ArgumentException>(() => test.ScheduleAsync("Echo", id: id));
    }

    [Fact]
    public async Task Id_may_have_a_hundred_characters_and_no_more()
    {
        await using var test = await Echo().StartAsync();
        await test.ScheduleAsync("Echo", "x", new string('a', InstanceIds.MaxLength));
        await Assert.ThrowsAsync<ArgumentException>(() => test.ScheduleAsync("Echo", "x", new string('a', InstanceIds.MaxLength + 1)));
    }

    [Fact]
    public async Task Metadata_tells_where_an_instance_stands()
    {
        await using var test = await Echo().StartAsync();
        var start = test.Clock.GetUtcNow();
        Assert.Null(await test.Client.GetInstanceAsync("one"));
        await test.ScheduleAsync("Wait", "in", "one");
        await test.IdleAsync();

        var running = await test.GetAsync("one");
        Assert.Equal(("Wait", "one", OrchestrationRuntimeStatus.Running), (running.Name, running.InstanceId, running.RuntimeStatus));
        Assert.Equal((start, start), (running.CreatedAt, running.LastUpdatedAt));
        Assert.True(running.IsRunning);
        Assert.False(running.IsCompleted);

        test.Clock.Advance(TimeSpan.FromHours(1));
        await test.Client.RaiseEventAsync("one", "go", "out");
        var done = await test.WaitAsync("one");
        Assert.Equal((start, start.AddHours(1)), (done.CreatedAt, done.LastUpdatedAt));
        Assert.Equal(("\"in\"", "\"out\""), (done.SerializedInput, done.SerializedOutput));
        Assert.True(done.IsCompleted);

        var brief = (await test.Client.GetInstanceAsync("one"))!;
        Assert.Null(brief.SerializedOutput);
        Assert.Throws<InvalidOperationException>(() => brief.ReadOutputAs<string>());
    }

    [Fact]
    public async Task Exception_in_an_orchestrator_fails_its_instance_with_details()
    {
        await using var test = await new TestHub()
            .Orchestrator<int>("Throw", async context =>
            {
                await context.CallActivityAsync("Nothing");
                throw new InvalidOperationException("outer", new TimeoutException("inner"));
            })
            .Activity<object>("Nothing", _ => Task.FromResult<object?>(null))
            .StartAsync();

        var done = await test.RunAsync("Throw");

        Assert.Equal(OrchestrationRuntimeStatus.Failed, done.RuntimeStatus);
        Assert.Equal("outer", done.FailureDetails!.ErrorMessage);
        Assert.Equal("inner", done.FailureDetails.InnerFailure!.ErrorMessage);
        Assert.Contains(nameof(InstanceTests), done.FailureDetails.StackTrace);
        Assert.Equal("System.InvalidOperationException: outer", done.SerializedOutput);
    }

    [Fact]
    public async Task Failing_instance_ends_only_when_its_open_activities_have()
    {
        var gate = new TaskCompletionSource();
        await using var test = await new TestHub()
            .Orchestrator<int>("Throw", context =>
            {
                _ = context.CallActivityAsync("Slow");
                throw new InvalidOperationException("now");
            })
            .Activity<object>("Slow", async _ =>
            {
                await gate.Task;
                return null;
            })
            .StartAsync();
        var id = await test.ScheduleAsync("Throw");
        await WaitUntilAsync(async () => (await test.GetAsync(id)).RuntimeStatus == OrchestrationRuntimeStatus.Running);
        gate.SetResult();
        Assert.Equal(OrchestrationRuntimeStatus.Failed, (await test.WaitAsync(id)).RuntimeStatus);
    }

    [Fact]
    public async Task Terminated_instance_ends_while_its_running_activity_runs_on()
    {
        var started = new TaskCompletionSource();
        var gate = new TaskCompletionSource();
        var ended = new TaskCompletionSource();
        await using var test = await new TestHub()
            .Orchestrator("Work", context => context.CallActivityAsync<string>("Slow"))
            .Activity<object>("Slow", async _ =>
            {
                started.SetResult();
                await gate.Task;
                ended.SetResult();
                return "too late";
            })
            .StartAsync();
        var id = await test.ScheduleAsync("Work");
        await started.Task;

        await test.Client.TerminateInstanceAsync(id, new TerminateInstanceOptions("why"));
        var done = await test.WaitAsync(id);

        Assert.Equal(OrchestrationRuntimeStatus.Terminated, done.RuntimeStatus);
        Assert.Equal("why", done.ReadOutputAs<string>());
        Assert.False(ended.Task.IsCompleted);
        gate.SetResult();
        await ended.Task;
        await test.IdleAsync();
        Assert.Equal("why", (await test.GetAsync(id)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task Terminating_an_unknown_or_finished_instance_is_refused()
    {
        await using var test = await Echo().StartAsync();
        await Assert.ThrowsAsync<ArgumentException>(() => test.Client.TerminateInstanceAsync("nobody"));
        var done = await test.RunAsync("Echo", "x");
        await Assert.ThrowsAsync<InvalidOperationException>(() => test.Client.TerminateInstanceAsync(done.InstanceId));
    }

    [Fact]
    public async Task Purge_deletes_finished_instances_only()
    {
        await using var test = await Echo().StartAsync();
        await test.ScheduleAsync("Wait", id: "one");
        Assert.Equal(0, (await test.Client.PurgeInstanceAsync("nobody")).PurgedInstanceCount);
        Assert.Equal(0, (await test.Client.PurgeInstanceAsync("one")).PurgedInstanceCount);
        await test.Client.RaiseEventAsync("one", "go", "x");
        await test.WaitAsync("one");

        Assert.Equal(1, (await test.Client.PurgeInstanceAsync("one")).PurgedInstanceCount);

        Assert.Null(await test.Client.GetInstanceAsync("one"));
        Assert.Equal(0, (await test.Client.PurgeInstanceAsync("one")).PurgedInstanceCount);
        Assert.Equal((0L, 0L, 0L), StoreFile.Rows(test.StorePath));
    }

    [Fact]
    public async Task Options_as_input_are_refused()
    {
        await using var test = await new TestHub()
            .Orchestrator("Wrong", context => context.CallActivityAsync<int>("A", input: TaskOptions.FromRetryPolicy(new RetryPolicy(1, TimeSpan.FromSeconds(1)))))
            .StartAsync();
        Assert.Contains("input", (await test.RunAsync("Wrong")).FailureDetails!.ErrorMessage);
    }

    [Fact]
    public async Task Delayed_start_is_refused()
    {
        await using var test = await Echo().StartAsync();
        var options = new StartOrchestrationOptions("one", DateTimeOffset.UnixEpoch);
        await Assert.ThrowsAsync<NotSupportedException>(() => test.Client.ScheduleNewOrchestrationInstanceAsync("Echo", "x", options));
    }

    private static async Task WaitUntilAsync(Func<Task<bool>> condition)
    {
        while (!await condition())
            await Task.Yield();
    }

    private static TestHub Echo() => new TestHub()
        .Orchestrator("Echo", context => Task.FromResult(context.GetInput<string>()))
        .Orchestrator("Wait", context => context.WaitForExternalEvent<string>("go"));
}
