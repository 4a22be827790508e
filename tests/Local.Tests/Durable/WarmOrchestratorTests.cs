using Jobs.Local.Durable;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Jobs.Local.Tests.Durable;

/// <summary>Orchestrators that go on from where they wait in memory, and what they have in common with those that replay.</summary>
public class WarmOrchestratorTests
{
    [Fact]
    public async Task Warm_orchestrator_is_run_from_its_start_once()
    {
        var runs = 0;
        await using var test = await new TestHub { MaxWarmOrchestrators = 1 }
            .Orchestrator("Sum", async context =>
            {
                runs++;
                var sum = 0;
                for (var i = 1; i <= 3; i++)
                    sum += await context.CallActivityAsync<int>("Double", i);
                return sum;
            })
            .Activity<int>("Double", i => Task.FromResult<object?>(2 * i))
            .StartAsync();

        var done = await test.RunAsync("Sum");

        Assert.Equal("12", done.SerializedOutput);
        Assert.Equal(1, runs);
    }

    [Fact]
    public async Task Warm_orchestrator_is_replayed_after_a_restart()
    {
        var runs = 0;
        await using var test = await Waiting(new TestHub { MaxWarmOrchestrators = 1 }, () => runs++).StartAsync();
        var id = await test.ScheduleAsync("Waiting");
        await RaiseAsync(test, id, 1);

        await test.RestartAsync();
        await RaiseAsync(test, id, 2);
        await RaiseAsync(test, id, 3);

        Assert.Equal("[1,2,3]", (await test.WaitAsync(id)).SerializedOutput);
        Assert.Equal(2, runs);
    }

    [Theory]
    [InlineData(2, 2)]
    // Each takes the place of the other, until the first has ended.
    [InlineData(1, 7)]
    public async Task Orchestrators_past_the_capacity_are_replayed_and_end_as_the_others_do(int capacity, int expectedRuns)
    {
        var runs = 0;
        await using var test = await Waiting(new TestHub { MaxWarmOrchestrators = capacity }, () => runs++).StartAsync();
        string[] ids = [await test.ScheduleAsync("Waiting"), await test.ScheduleAsync("Waiting")];
        await test.IdleAsync();
        for (var value = 1; value <= 3; value++)
        {
            foreach (var id in ids)
                await RaiseAsync(test, id, value);
        }

        foreach (var id in ids)
            Assert.Equal("[1,2,3]", (await test.WaitAsync(id)).SerializedOutput);
        Assert.Equal(expectedRuns, runs);
    }

    [Fact]
    public async Task Time_of_a_warm_orchestrator_moves_with_its_turns_and_never_back()
    {
        var times = new List<TimeSpan>();
        await using var test = await new TestHub { MaxWarmOrchestrators = 1 }
            .Orchestrator("Clock", async context =>
            {
                var start = context.CurrentUtcDateTime;
                for (var i = 0; i < 2; i++)
                {
                    await context.CreateTimer(TimeSpan.FromMinutes(1), CancellationToken.None);
                    times.Add(context.CurrentUtcDateTime - start);
                }
                await context.WaitForExternalEvent<int>("go");
                times.Add(context.CurrentUtcDateTime - start);
                return 0;
            })
            .StartAsync();
        var id = await test.ScheduleAsync("Clock");
        await test.AdvanceAsync(TimeSpan.FromMinutes(2));

        test.Clock.JumpTo(test.Clock.GetUtcNow() - TimeSpan.FromMinutes(5));
        await test.Client.RaiseEventAsync(id, "go", 1);
        await test.WaitAsync(id);

        Assert.Equal([1, 2, 2], times.Select(time => (int)time.TotalMinutes));
    }

    [Fact]
    public async Task Warm_orchestrator_that_continues_as_new_begins_again()
    {
        await using var test = await new TestHub { MaxWarmOrchestrators = 1 }
            .Orchestrator("Rounds", async context =>
            {
                var round = context.GetInput<int>();
                var heard = await context.WaitForExternalEvent<int>("go");
                await context.CallActivityAsync<object>("Nothing");
                if (round < 3)
                    context.ContinueAsNew(round + heard);
                return round;
            })
            .Activity<object>("Nothing", _ => Task.FromResult<object?>(null))
            .StartAsync();
        var id = await test.ScheduleAsync("Rounds", 1);
        for (var i = 0; i < 3; i++)
            await RaiseAsync(test, id, 1);

        Assert.Equal("3", (await test.WaitAsync(id)).SerializedOutput);
    }

    [Fact]
    public async Task Suspended_warm_orchestrator_hears_what_was_said_meanwhile_once_it_is_resumed()
    {
        await using var test = await Waiting(new TestHub { MaxWarmOrchestrators = 1 }, () => { }).StartAsync();
        var id = await test.ScheduleAsync("Waiting");
        await RaiseAsync(test, id, 1);
        await test.Client.SuspendInstanceAsync(id, "pause");
        await test.IdleAsync();
        await RaiseAsync(test, id, 2);
        await RaiseAsync(test, id, 3);
        Assert.Equal(OrchestrationRuntimeStatus.Suspended, (await test.GetAsync(id)).RuntimeStatus);

        await test.Client.ResumeInstanceAsync(id, "go on");

        Assert.Equal("[1,2,3]", (await test.WaitAsync(id)).SerializedOutput);
    }

    [Fact]
    public async Task Payload_that_a_warm_orchestrator_cannot_take_fails_it()
    {
        await using var test = await Waiting(new TestHub { MaxWarmOrchestrators = 1 }, () => { }).StartAsync();
        var id = await test.ScheduleAsync("Waiting");
        await test.IdleAsync();

        await test.Client.RaiseEventAsync(id, "go", "not a number");

        Assert.Equal(OrchestrationRuntimeStatus.Failed, (await test.WaitAsync(id)).RuntimeStatus);
    }

    /// <summary>Hears three numbers, one in a turn.</summary>
    private static TestHub Waiting(TestHub hub, Action onRun) => hub.Orchestrator("Waiting", async context =>
    {
        onRun();
        var heard = new List<int>();
        while (heard.Count < 3)
            heard.Add(await context.WaitForExternalEvent<int>("go"));
        return heard;
    });

    private static async Task RaiseAsync(TestHub test, string id, int value)
    {
        await test.Client.RaiseEventAsync(id, "go", value);
        await test.IdleAsync();
    }
}
