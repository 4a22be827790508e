using Microsoft.DurableTask.Client;

namespace Jobs.Local.Tests.Durable;

public class TimerTests
{
    [Fact]
    public async Task Timers_fire_in_the_order_of_their_due_times()
    {
        int[] minutes = [30, 5, 60, 1, 10];
        await using var test = await new TestHub()
            .Orchestrator("Order", async context =>
            {
                var fired = new List<int>();
                await Task.WhenAll(minutes.Select(async minute =>
                {
                    await context.CreateTimer(TimeSpan.FromMinutes(minute), CancellationToken.None);
                    fired.Add(minute);
                }));
                return fired;
            })
            .StartAsync();
        var id = await test.ScheduleAsync("Order");
        await test.IdleAsync();

        test.Clock.Advance(TimeSpan.FromMinutes(60));

        Assert.Equal([1, 5, 10, 30, 60], (await test.WaitAsync(id)).ReadOutputAs<List<int>>());
    }

    [Fact]
    public async Task Timers_due_at_one_moment_fire_in_the_order_of_creation()
    {
        await using var test = await new TestHub()
            .Orchestrator("Ties", async context =>
            {
                var fired = new List<int>();
                await Task.WhenAll(Enumerable.Range(0, 20).Select(async i =>
                {
                    await context.CreateTimer(TimeSpan.FromMinutes(1), CancellationToken.None);
                    fired.Add(i);
                }));
                return fired;
            })
            .StartAsync();
        var id = await test.ScheduleAsync("Ties");
        await test.AdvanceAsync(TimeSpan.FromMinutes(1));

        Assert.Equal(Enumerable.Range(0, 20), (await test.WaitAsync(id)).ReadOutputAs<List<int>>());
    }

    [Fact]
    public async Task Timer_fires_at_its_due_time_and_not_before()
    {
        await using var test = await Sleeper().StartAsync();
        var id = await test.ScheduleAsync("Sleep", TimeSpan.FromMinutes(10));

        await test.AdvanceAsync(TimeSpan.FromMinutes(10) - TimeSpan.FromMilliseconds(1));
        Assert.False((await test.GetAsync(id)).IsCompleted);
        await test.AdvanceAsync(TimeSpan.FromMilliseconds(1));
        Assert.True((await test.WaitAsync(id)).IsCompleted);
    }

    [Fact]
    public async Task Timer_in_the_past_fires_at_once()
    {
        await using var test = await Sleeper().StartAsync();
        var id = await test.ScheduleAsync("Sleep", TimeSpan.FromMinutes(-1));
        await test.AdvanceAsync(TimeSpan.Zero);
        Assert.True((await test.WaitAsync(id)).IsCompleted);
    }

    [Fact]
    public async Task Timer_of_a_hundred_days_fires_then()
    {
        await using var test = await Sleeper().StartAsync();
        var id = await test.ScheduleAsync("Sleep", TimeSpan.FromDays(100));
        await test.AdvanceAsync(TimeSpan.FromDays(99));
        Assert.False((await test.GetAsync(id)).IsCompleted);
        await test.AdvanceAsync(TimeSpan.FromDays(1));
        Assert.True((await test.WaitAsync(id)).IsCompleted);
    }

    [Fact]
    public async Task Timer_that_fell_due_while_stopped_fires_at_the_start()
    {
        await using var test = await Sleeper().StartAsync();
        var id = await test.ScheduleAsync("Sleep", TimeSpan.FromHours(1));
        await test.IdleAsync();
        await test.StopAsync();
        test.Clock.Advance(TimeSpan.FromHours(2));

        await test.StartAsync();
        await test.AdvanceAsync(TimeSpan.Zero);

        Assert.True((await test.WaitAsync(id)).IsCompleted);
    }

    [Fact]
    public async Task Instance_does_not_finish_while_a_timer_is_open()
    {
        await using var test = await new TestHub()
            .Orchestrator("Leaves", context =>
            {
                _ = context.CreateTimer(TimeSpan.FromMinutes(1), CancellationToken.None);
                return Task.FromResult("early");
            })
            .StartAsync();
        var id = await test.ScheduleAsync("Leaves");
        await test.IdleAsync();
        Assert.Equal(OrchestrationRuntimeStatus.Running, (await test.GetAsync(id)).RuntimeStatus);

        await test.AdvanceAsync(TimeSpan.FromMinutes(1));
        Assert.Equal("early", (await test.WaitAsync(id)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task Cancelled_timer_lets_the_instance_finish_and_leaves_nothing_armed()
    {
        await using var test = await new TestHub()
            .Orchestrator("Cancels", async context =>
            {
                using var end = new CancellationTokenSource();
                var timer = context.CreateTimer(TimeSpan.FromDays(7), end.Token);
                await context.CallActivityAsync("Nothing");
                end.Cancel();
                await Assert.ThrowsAsync<TaskCanceledException>(() => timer);
                await context.CallActivityAsync("Nothing");
                return "done";
            })
            .Activity<object>("Nothing", _ => Task.FromResult<object?>(null))
            .StartAsync();

        Assert.Equal("done", (await test.RunAsync("Cancels")).ReadOutputAs<string>());
        var commits = test.Engine.Commits;
        await test.AdvanceAsync(TimeSpan.FromDays(8));
        Assert.Equal(commits, test.Engine.Commits);
    }

    [Fact]
    public async Task Timer_cancelled_before_a_restart_changes_nothing_when_it_falls_due_after_it()
    {
        await using var test = await new TestHub()
            .Orchestrator("Cancels", async context =>
            {
                using var end = new CancellationTokenSource();
                var timer = context.CreateTimer(TimeSpan.FromHours(1), end.Token);
                end.Cancel();
                await Assert.ThrowsAsync<TaskCanceledException>(() => timer);
                return await context.WaitForExternalEvent<string>("go");
            })
            .StartAsync();
        var id = await test.ScheduleAsync("Cancels");
        await test.IdleAsync();
        await test.RestartAsync();
        await test.AdvanceAsync(TimeSpan.FromHours(2));
        await test.RestartAsync();
        await test.Client.RaiseEventAsync(id, "go", "fine");

        Assert.Equal("fine", (await test.WaitAsync(id)).ReadOutputAs<string>());
    }

    private static TestHub Sleeper() => new TestHub().Orchestrator("Sleep", async context =>
    {
        await context.CreateTimer(context.GetInput<TimeSpan>(), CancellationToken.None);
        return 0;
    });
}
