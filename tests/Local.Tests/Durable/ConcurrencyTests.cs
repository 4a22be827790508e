using System.Collections.Concurrent;
using Jobs.Local.Durable;

namespace Jobs.Local.Tests.Durable;

/// <summary>Fan-out, limits, stopping, and what the engine does when there is nothing to do.</summary>
public class ConcurrencyTests
{
    [Fact]
    public async Task Hundred_activities_fan_out_and_in()
    {
        await using var test = await new TestHub()
            .Orchestrator("FanOut", async context =>
                (await Task.WhenAll(Enumerable.Range(0, 100).Select(i => context.CallActivityAsync<int>("Square", i)))).Sum())
            .Activity<int>("Square", i => Task.FromResult<object?>(i * i))
            .StartAsync();
        Assert.Equal(328_350, (await test.RunAsync("FanOut")).ReadOutputAs<int>());
    }

    [Fact]
    public async Task First_of_several_is_taken()
    {
        var gate = new TaskCompletionSource();
        await using var test = await new TestHub()
            .Orchestrator("First", async context =>
            {
                var slow = context.CallActivityAsync<string>("Slow");
                var quick = context.CallActivityAsync<string>("Quick");
                var first = await Task.WhenAny(slow, quick);
                await context.CallActivityAsync("Open");
                return $"{await first} then {await slow}";
            })
            .Activity<object>("Slow", async _ =>
            {
                await gate.Task;
                return "slow";
            })
            .Activity<object>("Quick", _ => Task.FromResult<object?>("quick"))
            .Activity<object>("Open", _ =>
            {
                gate.SetResult();
                return Task.FromResult<object?>(null);
            })
            .StartAsync();
        Assert.Equal("quick then slow", (await test.RunAsync("First")).ReadOutputAs<string>());
    }

    [Fact]
    public async Task Activities_run_up_to_their_limit_and_not_beyond()
    {
        var gauge = new Gauge();
        var arrived = new SemaphoreSlim(0);
        var leave = new SemaphoreSlim(0);
        await using var test = await new TestHub { MaxConcurrentActivities = 3 }
            .Orchestrator("FanOut", async context =>
            {
                await Task.WhenAll(Enumerable.Range(0, 12).Select(i => context.CallActivityAsync("Count", i)));
                return 0;
            })
            .Activity<int>("Count", async _ =>
            {
                using var inside = gauge.Enter();
                arrived.Release();
                await leave.WaitAsync();
                return null;
            })
            .StartAsync();
        var id = await test.ScheduleAsync("FanOut");
        for (var i = 0; i < 3; i++)
            await arrived.WaitAsync();
        leave.Release(12);
        await test.WaitAsync(id);
        Assert.Equal(3, gauge.Highest);
    }

    [Fact]
    public async Task Orchestrators_run_up_to_their_limit_and_not_beyond()
    {
        var gauge = new Gauge();
        var arrived = new SemaphoreSlim(0);
        using var leave = new SemaphoreSlim(0);
        await using var test = await new TestHub { MaxConcurrentOrchestrators = 2 }
            .Orchestrator("Count", _ =>
            {
                using var inside = gauge.Enter();
                arrived.Release();
                leave.Wait(TimeSpan.FromSeconds(20));
                return Task.FromResult(0);
            })
            .StartAsync();
        var ids = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => test.ScheduleAsync("Count")));
        await arrived.WaitAsync();
        await arrived.WaitAsync();
        leave.Release(8);
        foreach (var id in ids)
            await test.WaitAsync(id);
        Assert.Equal(2, gauge.Highest);
    }

    [Fact]
    public async Task Stop_waits_for_running_activities_and_keeps_their_results()
    {
        var started = new TaskCompletionSource();
        var gate = new TaskCompletionSource();
        var runs = new ConcurrentQueue<string>();
        await using var test = await new TestHub()
            .Orchestrator("Two", async context =>
                await context.CallActivityAsync<string>("Work", "a") + await context.CallActivityAsync<string>("Work", "b"))
            .Activity<string>("Work", async name =>
            {
                runs.Enqueue(name!);
                started.TrySetResult();
                await gate.Task;
                return name;
            })
            .StartAsync();
        var id = await test.ScheduleAsync("Two");
        await started.Task;

        var stopping = test.StopAsync();
        await Assert.ThrowsAsync<StoreUnavailableException>(() => test.ScheduleAsync("Two"));
        Assert.False(stopping.IsCompleted);
        gate.SetResult();
        await stopping;
        Assert.Equal(["a"], runs);

        await test.StartAsync();
        Assert.Equal("ab", (await test.WaitAsync(id)).ReadOutputAs<string>());
        Assert.Equal(["a", "b"], runs);
    }

    [Fact]
    public async Task Stop_without_time_interrupts_activities_and_they_run_again()
    {
        var started = new TaskCompletionSource();
        var runs = 0;
        await using var test = await new TestHub()
            .Orchestrator("One", context => context.CallActivityAsync<string>("Work"))
            .Activity<object>("Work", async (_, cancellation) =>
            {
                if (++runs > 1)
                    return "second run";
                started.SetResult();
                await Task.Delay(Timeout.Infinite, cancellation);
                return "first run";
            })
            .StartAsync();
        var id = await test.ScheduleAsync("One");
        await started.Task;

        await test.StopAtOnceAsync();
        await test.StartAsync();

        Assert.Equal("second run", (await test.WaitAsync(id)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task Idle_engine_writes_nothing()
    {
        await using var test = await new TestHub()
            .Orchestrator("Wait", context => context.WaitForExternalEvent<string>("go"))
            .StartAsync();
        await test.ScheduleAsync("Wait");
        await test.IdleAsync();
        var commits = test.Engine.Commits;
        var files = Files(test);

        await test.AdvanceAsync(TimeSpan.FromDays(30));

        Assert.Equal(commits, test.Engine.Commits);
        Assert.Equal(files, Files(test));
        Assert.Null(test.Clock.NextDue);
    }

    [Fact]
    public async Task Finished_instances_are_not_kept_in_memory_nor_loaded()
    {
        await using var test = await new TestHub()
            .Orchestrator("Quick", _ => Task.FromResult(0))
            .Orchestrator("Wait", context => context.WaitForExternalEvent<string>("go"))
            .StartAsync();
        var ids = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => test.ScheduleAsync("Quick")));
        await Task.WhenAll(ids.Select(test.WaitAsync));
        await test.ScheduleAsync("Wait");
        await test.IdleAsync();
        Assert.Equal(1, test.Engine.LiveInstances);
        await test.RestartAsync();
        Assert.Equal(1, test.Engine.LiveInstances);
        Assert.All(ids, id => Assert.True(test.Client.GetInstanceAsync(id).Result!.IsCompleted));
    }

    private static IEnumerable<(string, long, DateTime)> Files(TestHub test) =>
        [.. new FileInfo(test.StorePath).Directory!.GetFiles().Select(file => (file.Name, file.Length, file.LastWriteTimeUtc)).Order()];

    private sealed class Gauge
    {
        private readonly Lock _lock = new();
        private int _inside;

        public int Highest { get; private set; }

        public IDisposable Enter()
        {
            lock (_lock)
                Highest = Math.Max(Highest, ++_inside);
            return new Leaver(this);
        }

        private sealed class Leaver(Gauge gauge) : IDisposable
        {
            public void Dispose()
            {
                lock (gauge._lock)
                    gauge._inside--;
            }
        }
    }
}
