using System.Text.Json;
using Microsoft.DurableTask.Client;

namespace Jobs.Local.Tests.Durable;

public class ExternalEventTests
{
    [Fact]
    public async Task Event_after_the_wait_is_delivered()
    {
        await using var test = await Waiter().StartAsync();
        var id = await test.ScheduleAsync("Wait");
        await test.IdleAsync();
        await test.Client.RaiseEventAsync(id, "answer", "yes");
        Assert.Equal("yes", (await test.WaitAsync(id)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task Events_before_the_wait_are_kept_in_order_even_over_a_restart()
    {
        await using var test = await new TestHub()
            .Orchestrator("Late", async context =>
            {
                await context.WaitForExternalEvent<object>("start");
                return $"{await context.WaitForExternalEvent<int>("n")}{await context.WaitForExternalEvent<int>("n")}{await context.WaitForExternalEvent<int>("n")}";
            })
            .StartAsync();
        var id = await test.ScheduleAsync("Late");
        await test.Client.RaiseEventAsync(id, "n", 1);
        await test.Client.RaiseEventAsync(id, "N", 2);
        await test.RestartAsync();
        await test.Client.RaiseEventAsync(id, "n", 3);
        await test.Client.RaiseEventAsync(id, "start");
        Assert.Equal("123", (await test.WaitAsync(id)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task Event_stored_but_not_taken_by_a_turn_is_delivered_after_a_restart()
    {
        using var go = new ManualResetEventSlim();
        await using var test = await new TestHub { MaxConcurrentOrchestrators = 1 }
            .Orchestrator("Wait", context => context.WaitForExternalEvent<string>("answer"))
            .Orchestrator("Block", _ =>
            {
                go.Wait(TimeSpan.FromSeconds(20));
                return Task.FromResult(0);
            })
            .StartAsync();
        var id = await test.ScheduleAsync("Wait");
        await test.IdleAsync();
        await test.ScheduleAsync("Block");
        await test.Client.RaiseEventAsync(id, "answer", "kept");

        // The only place for turns is taken, so the event stays in the inbox until the engine ends.
        await test.StopAtOnceAsync();
        go.Set();
        await test.StartAsync();

        Assert.Equal("kept", (await test.WaitAsync(id)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task Newest_of_several_waits_gets_the_event_as_in_the_real_worker()
    {
        await using var test = await new TestHub()
            .Orchestrator("Two", async context =>
            {
                var older = context.WaitForExternalEvent<int>("n");
                var newer = context.WaitForExternalEvent<int>("n");
                return $"older {await older}, newer {await newer}";
            })
            .StartAsync();
        var id = await test.ScheduleAsync("Two");
        await test.Client.RaiseEventAsync(id, "n", 1);
        await test.Client.RaiseEventAsync(id, "n", 2);
        Assert.Equal("older 2, newer 1", (await test.WaitAsync(id)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task Wait_with_a_timeout_is_cancelled_when_no_event_comes()
    {
        await using var test = await Waiter(TimeSpan.FromHours(1)).StartAsync();
        var id = await test.ScheduleAsync("Wait");
        await test.AdvanceAsync(TimeSpan.FromMinutes(59));
        Assert.False((await test.GetAsync(id)).IsCompleted);
        await test.AdvanceAsync(TimeSpan.FromMinutes(1));
        Assert.Equal("timed out", (await test.WaitAsync(id)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task Wait_with_a_timeout_takes_an_event_in_time_and_ends_at_once()
    {
        await using var test = await Waiter(TimeSpan.FromHours(1)).StartAsync();
        var id = await test.ScheduleAsync("Wait");
        await test.AdvanceAsync(TimeSpan.FromMinutes(59));
        await test.Client.RaiseEventAsync(id, "answer", "in time");
        Assert.Equal("in time", (await test.WaitAsync(id)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task Event_of_the_wrong_type_fails_the_wait()
    {
        await using var test = await new TestHub().Orchestrator("Wait", context => context.WaitForExternalEvent<int>("answer")).StartAsync();
        var id = await test.ScheduleAsync("Wait");
        await test.Client.RaiseEventAsync(id, "answer", "not a number");
        var done = await test.WaitAsync(id);
        Assert.Equal(OrchestrationRuntimeStatus.Failed, done.RuntimeStatus);
        Assert.Equal(typeof(JsonException).FullName, done.FailureDetails!.ErrorType);
    }

    [Fact]
    public async Task Event_for_an_unknown_instance_is_refused()
    {
        await using var test = await Waiter().StartAsync();
        await Assert.ThrowsAsync<ArgumentException>(() => test.Client.RaiseEventAsync("nobody", "answer", "x"));
    }

    [Fact]
    public async Task Event_for_a_finished_instance_is_refused()
    {
        await using var test = await Waiter().StartAsync();
        var id = await test.ScheduleAsync("Wait");
        await test.Client.RaiseEventAsync(id, "answer", "x");
        await test.WaitAsync(id);
        await Assert.ThrowsAsync<InvalidOperationException>(() => test.Client.RaiseEventAsync(id, "answer", "y"));
    }

    private static TestHub Waiter(TimeSpan? timeout = null) => new TestHub().Orchestrator("Wait", async context =>
    {
        if (timeout is not { } limit)
            return await context.WaitForExternalEvent<string>("answer");
        try
        {
            return await context.WaitForExternalEvent<string>("answer", limit);
        }
        catch (TaskCanceledException)
        {
            return "timed out";
        }
    });
}
