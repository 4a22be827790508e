using Microsoft.Data.Sqlite;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace Jobs.Local.Tests.Durable;

/// <summary>What a backend for DurableTask gets wrong first. Each of these was found by getting it wrong.</summary>
public class TrapTests
{
    [Fact]
    public async Task Activity_that_is_called_again_after_a_restart_has_its_input()
    {
        var started = new TaskCompletionSource();
        var inputs = new List<string?>();
        await using var test = await new TestHub()
            .Orchestrator("Call", context => context.CallActivityAsync<string>("Echo", context.GetInput<string>()))
            .Activity<string>("Echo", async (input, cancellation) =>
            {
                inputs.Add(input);
                if (inputs.Count == 1)
                {
                    started.SetResult();
                    await Task.Delay(Timeout.Infinite, cancellation);
                }
                return input;
            })
            .StartAsync();
        var id = await test.ScheduleAsync("Call", "the input");
        await started.Task.WaitAsync(TimeSpan.FromSeconds(100));
        await test.StopAtOnceAsync();
        await test.StartAsync();

        Assert.Equal("the input", (await test.WaitAsync(id)).ReadOutputAs<string>());
        Assert.Equal(["the input", "the input"], inputs);
    }

    [Fact]
    public async Task Failed_orchestration_is_logged_as_a_warning_with_its_reason()
    {
        var log = new RecordedLog();
        await using var test = await new TestHub { LoggerFactory = log }
            .Orchestrator<int>("Throw", _ => throw new InvalidOperationException("the reason"))
            .StartAsync();
        var done = await test.RunAsync("Throw");

        var warning = Assert.Single(log.At(LogLevel.Warning));
        Assert.Contains("Throw", warning);
        Assert.Contains(done.InstanceId, warning);
        Assert.Contains("the reason", warning);
    }

    [Fact]
    public async Task Continuing_as_new_forgets_the_turns_and_timers_of_before_and_keeps_what_was_sent()
    {
        await using var test = await new TestHub()
            .Orchestrator("Rounds", async context =>
            {
                var round = context.GetInput<int>();
                using var end = new CancellationTokenSource();
                _ = context.CreateTimer(TimeSpan.FromDays(1), end.Token);
                var got = await context.WaitForExternalEvent<string>("next");
                end.Cancel();
                if (got == "stop")
                    return round;
                context.ContinueAsNew(round + 1);
                return 0;
            })
            .StartAsync();
        var id = await test.ScheduleAsync("Rounds", 1);
        for (var i = 0; i < 5; i++)
            await test.Client.RaiseEventAsync(id, "next", "go");
        await test.IdleAsync();

        Assert.InRange(StoreFile.Rows(test.StorePath).Turns, 1, 2);
        Assert.Equal(1, test.Engine.Timers);
        Assert.Equal("6", (await test.GetAsync(id)).SerializedInput);
        await test.RestartAsync();
        Assert.Equal(1, test.Engine.Timers);
        await test.Client.RaiseEventAsync(id, "next", "stop");
        Assert.Equal(6, (await test.WaitAsync(id)).ReadOutputAs<int>());
    }

    [Fact]
    public async Task Result_of_an_activity_for_an_execution_that_is_over_is_ignored()
    {
        var started = new TaskCompletionSource();
        var gate = new TaskCompletionSource();
        await using var test = await new TestHub()
            .Orchestrator("Work", async context => context.GetInput<string>() == "slow"
                ? await context.CallActivityAsync<string>("Slow")
                : await context.WaitForExternalEvent<string>("go"))
            .Activity<object>("Slow", async _ =>
            {
                started.SetResult();
                await gate.Task;
                return "of the first execution";
            })
            .StartAsync();
        await test.ScheduleAsync("Work", "slow", "one");
        await started.Task.WaitAsync(TimeSpan.FromSeconds(100));
        await test.Client.TerminateInstanceAsync("one");
        await test.WaitAsync("one");
        await test.ScheduleAsync("Work", "quick", "one");
        gate.SetResult();
        await test.IdleAsync();
        await test.Client.RaiseEventAsync("one", "go", "of the second");

        Assert.Equal("of the second", (await test.WaitAsync("one")).ReadOutputAs<string>());
    }

    [Fact]
    public async Task Stopping_takes_no_longer_than_what_runs()
    {
        await using var test = await new TestHub()
            .Orchestrator("Wait", context => context.WaitForExternalEvent<string>("go"))
            .StartAsync();
        await test.ScheduleAsync("Wait");
        await test.IdleAsync();
        // The dispatchers by themselves would look again after a second.
        await test.StopAsync().WaitAsync(TimeSpan.FromMilliseconds(900));
    }

    [Fact]
    public async Task Activity_that_does_not_heed_its_token_does_not_hold_up_a_stop_for_long()
    {
        var started = new TaskCompletionSource();
        var gate = new TaskCompletionSource();
        await using var test = await new TestHub()
            .Orchestrator("Work", context => context.CallActivityAsync<string>("Deaf"))
            .Activity<object>("Deaf", async _ =>
            {
                started.TrySetResult();
                await gate.Task;
                return "late";
            })
            .StartAsync();
        await test.ScheduleAsync("Work");
        await started.Task.WaitAsync(TimeSpan.FromSeconds(100));
        await test.StopAtOnceAsync().WaitAsync(TimeSpan.FromSeconds(10));
        gate.SetResult();
    }

    [Fact]
    public async Task Turn_stores_its_own_events_and_not_the_history_again()
    {
        const int steps = 40;
        await using var test = await new TestHub()
            .Orchestrator("Steps", async context =>
            {
                for (var i = 0; i < steps; i++)
                    await context.CallActivityAsync<string>("Echo", "x");
                return steps;
            })
            .Activity<string>("Echo", input => Task.FromResult<object?>(input))
            .StartAsync();
        await test.RunAsync("Steps");

        Assert.Equal(steps + 1, StoreFile.Rows(test.StorePath).Turns);
        var second = StoreFile.Scalar<long>(test.StorePath, "SELECT length(body) FROM turns WHERE number = 1");
        var late = StoreFile.Scalar<long>(test.StorePath, $"SELECT length(body) FROM turns WHERE number = {steps - 1}");
        Assert.InRange(late, second - 10, second + 10);
    }

    [Fact]
    public async Task Activity_is_told_when_the_worker_stops_and_is_not_recorded_as_failed()
    {
        var log = new RecordedLog();
        var started = new TaskCompletionSource();
        var runs = 0;
        await using var test = await new TestHub { LoggerFactory = log }
            .Orchestrator("Work", context => context.CallActivityAsync<string>("Long"))
            .Activity<object>("Long", async (_, cancellation) =>
            {
                if (++runs > 1)
                    return "again";
                started.SetResult();
                await Task.Delay(Timeout.Infinite, cancellation);
                return "never";
            })
            .StartAsync();
        var id = await test.ScheduleAsync("Work");
        await started.Task.WaitAsync(TimeSpan.FromSeconds(100));
        await test.StopAtOnceAsync();
        Assert.Empty(log.At(LogLevel.Error));
        Assert.Empty(log.At(LogLevel.Warning));
        await test.StartAsync();

        Assert.Equal("again", (await test.WaitAsync(id)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task Timers_of_a_finished_instance_are_removed()
    {
        await using var test = await new TestHub()
            .Orchestrator("Race", context => context.WaitForExternalEvent<string>("go", TimeSpan.FromDays(7)))
            .StartAsync();
        var answered = await test.ScheduleAsync("Race");
        var terminated = await test.ScheduleAsync("Race");
        await test.IdleAsync();
        Assert.Equal(2, test.Engine.Timers);

        await test.Client.RaiseEventAsync(answered, "go", "x");
        await test.WaitAsync(answered);
        await test.Client.TerminateInstanceAsync(terminated);
        await test.WaitAsync(terminated);
        await test.IdleAsync();
        Assert.Equal(0, test.Engine.Timers);
    }

    [Theory]
    [InlineData("UPDATE turns SET body = '{' WHERE instance = (SELECT key FROM instances WHERE id = 'bad')")]
    [InlineData("UPDATE turns SET body = replace(body, 'OrchestratorCompleted', 'Unheard') WHERE instance = (SELECT key FROM instances WHERE id = 'bad')")]
    [InlineData("UPDATE instances SET start = 'x' WHERE id = 'bad'")]
    public async Task Unreadable_history_fails_its_instance_and_nobody_else(string damage)
    {
        var log = new RecordedLog();
        await using var test = await new TestHub { LoggerFactory = log }
            .Orchestrator("Wait", context => context.WaitForExternalEvent<string>("go"))
            .StartAsync();
        await test.ScheduleAsync("Wait", "in", "bad");
        await test.ScheduleAsync("Wait", "in", "good");
        await test.IdleAsync();
        await test.StopAsync();
        Damage(test.StorePath, damage);
        await test.StartAsync();

        var failed = await test.WaitAsync("bad");
        Assert.Equal((OrchestrationRuntimeStatus.Failed, "UnreadableHistory"), (failed.RuntimeStatus, failed.FailureDetails!.ErrorType));
        Assert.Contains(log.At(LogLevel.Error), entry => entry.Contains("bad") && entry.Contains("cannot be read"));
        Assert.Equal(2, StoreFile.Rows(test.StorePath).Turns);
        await test.Client.RaiseEventAsync("good", "go", "fine");
        Assert.Equal("fine", (await test.WaitAsync("good")).ReadOutputAs<string>());

        Assert.Equal(1, (await test.Client.PurgeInstanceAsync("bad")).PurgedInstanceCount);
    }

    [Fact]
    public async Task Unreadable_history_of_a_sub_orchestration_fails_it_for_its_parent()
    {
        await using var test = await new TestHub()
            .Orchestrator("Parent", async context =>
            {
                try
                {
                    return await context.CallSubOrchestratorAsync<string>("Child", null, new SubOrchestrationOptions { InstanceId = "bad" });
                }
                catch (TaskFailedException e)
                {
                    return e.FailureDetails.ErrorType;
                }
            })
            .Orchestrator("Child", context => context.WaitForExternalEvent<string>("go"))
            .StartAsync();
        var id = await test.ScheduleAsync("Parent");
        await test.IdleAsync();
        await test.StopAsync();
        Damage(test.StorePath, "UPDATE turns SET body = '{' WHERE instance = (SELECT key FROM instances WHERE id = 'bad')");
        await test.StartAsync();

        Assert.Equal("UnreadableHistory", (await test.WaitAsync(id)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task Input_becomes_whatever_type_is_asked_for()
    {
        await using var test = await new TestHub()
            .Orchestrator("Read", context => Task.FromResult(
                $"{context.GetInput<Shape>()!.Sides} {context.GetInput<Dictionary<string, int>>()!["sides"]} {context.GetInput<object>()}"))
            .StartAsync();
        Assert.Equal("3 3 {\"sides\":3}", (await test.RunAsync("Read", new { sides = 3 })).ReadOutputAs<string>());
        Assert.Equal(OrchestrationRuntimeStatus.Failed, (await test.RunAsync("Read", 5)).RuntimeStatus);
    }

    [Fact]
    public async Task Seven_days_pass_without_waiting_also_over_a_restart()
    {
        await using var test = await new TestHub()
            .Orchestrator("Week", async context =>
            {
                var before = context.CurrentUtcDateTime;
                await context.CreateTimer(TimeSpan.FromDays(7), CancellationToken.None);
                return (context.CurrentUtcDateTime - before).TotalDays;
            })
            .StartAsync();
        var id = await test.ScheduleAsync("Week");
        await test.AdvanceAsync(TimeSpan.FromDays(5));
        await test.RestartAsync();
        await test.AdvanceAsync(TimeSpan.FromDays(1.9));
        Assert.False((await test.GetAsync(id)).IsCompleted);
        await test.AdvanceAsync(TimeSpan.FromDays(0.2));
        Assert.Equal(7, (await test.WaitAsync(id)).ReadOutputAs<double>(), 3);
    }

    private static void Damage(string path, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        using var command = new SqliteCommand(sql, connection);
        Assert.Equal(1, command.ExecuteNonQuery());
    }

    private sealed record Shape(int Sides);
}
