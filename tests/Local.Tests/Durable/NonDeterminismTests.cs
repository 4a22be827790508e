using Jobs.Local.Durable;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace Jobs.Local.Tests.Durable;

/// <summary>An orchestrator is changed while an instance of it waits, or awaits what it must not.</summary>
public class NonDeterminismTests
{
    /// <summary>What is complete before it is awaited cannot be told from what is deterministic.</summary>
    private static readonly TimeSpan LongEnough = TimeSpan.FromMilliseconds(200);

    [Fact]
    public async Task Same_actions_go_on() =>
        Assert.Equal(OrchestrationRuntimeStatus.Completed, (await ChangeAsync(Original)).RuntimeStatus);

    [Fact]
    public async Task Another_case_of_a_name_goes_on() =>
        Assert.Equal(OrchestrationRuntimeStatus.Completed, (await ChangeAsync(async context =>
        {
            await context.CallActivityAsync("a");
            await context.CreateTimer(TimeSpan.FromSeconds(1), CancellationToken.None);
        })).RuntimeStatus);

    [Fact]
    public Task Another_activity_fails() => AssertFailsAsync("activity task with sequence number 0 named 'A'", async context =>
    {
        await context.CallActivityAsync("B");
        await context.CreateTimer(TimeSpan.FromSeconds(1), CancellationToken.None);
    });

    [Fact]
    public Task Missing_action_fails() => AssertFailsAsync("timer task with sequence number 1", async context =>
        await context.CallActivityAsync("A"));

    [Fact]
    public Task Another_kind_fails() => AssertFailsAsync("timer task with sequence number 1", async context =>
    {
        await context.CallActivityAsync("A");
        await context.CallActivityAsync("B");
    });

    [Fact]
    public Task Another_order_fails() => AssertFailsAsync("activity task with sequence number 0 named 'A'", async context =>
    {
        await context.CreateTimer(TimeSpan.FromSeconds(1), CancellationToken.None);
        await context.CallActivityAsync("A");
    });

    [Fact]
    public async Task Vanished_orchestrator_fails_its_instances()
    {
        await using var test = await new TestHub()
            .Orchestrator("Gone", context => context.WaitForExternalEvent<string>("go"))
            .StartAsync();
        var id = await test.ScheduleAsync("Gone");
        await test.IdleAsync();
        test.Forget("Gone");
        await test.RestartAsync();
        await test.Client.RaiseEventAsync(id, "go", "now");
        var done = await test.WaitAsync(id);

        Assert.Equal(OrchestrationRuntimeStatus.Failed, done.RuntimeStatus);
        Assert.Contains("'Gone' doesn't exist", done.FailureDetails!.ErrorMessage);
    }

    [Fact]
    public Task Awaiting_a_delay_first_fails() => AssertNonDurableAsync(async _ => await Task.Delay(LongEnough));

    [Fact]
    public Task Awaiting_another_thread_first_fails() => AssertNonDurableAsync(async _ => await Task.Run(() => Thread.Sleep(LongEnough)));

    [Fact]
    public Task Awaiting_nothing_that_could_ever_end_fails() => AssertNonDurableAsync(async _ => await new TaskCompletionSource().Task);

    [Fact]
    public Task Using_the_context_after_a_non_durable_await_is_logged_and_ends_nothing() => AssertLoggedAsync(async context =>
    {
        await context.CallActivityAsync("A");
        await Task.Delay(TimeSpan.FromMilliseconds(1));
        context.NewGuid();
    });

    [Fact]
    public Task Leaving_the_orchestrators_thread_is_logged_and_ends_nothing() => AssertLoggedAsync(async context =>
        await context.CallActivityAsync("A").ConfigureAwait(false));

    [Fact]
    public async Task Using_the_context_from_another_thread_is_refused()
    {
        await using var test = await new TestHub()
            .Orchestrator("Wrong", context =>
            {
                Exception? thrown = null;
                var thread = new Thread(() => thrown = Record.Exception(() => { _ = context.NewGuid(); }));
                thread.Start();
                thread.Join();
                return Task.FromResult(thrown!.Message);
            })
            .StartAsync();
        Assert.Equal(OrchestratorContext.NonDurableAwait, (await test.RunAsync("Wrong")).ReadOutputAs<string>());
    }

    [Fact]
    public async Task Awaiting_what_is_complete_or_yields_on_the_turns_thread_is_allowed()
    {
        await using var test = await new TestHub()
            .Orchestrator("Fine", async context =>
            {
                await Task.Yield();
                await Task.FromResult(1);
                await context.CallActivityAsync("A");
                await Task.Yield();
                return 7;
            })
            .Activity<object>("A", _ => Task.FromResult<object?>(null))
            .StartAsync();

        Assert.Equal(7, (await test.RunAsync("Fine")).ReadOutputAs<int>());
    }

    private static async Task Original(TaskOrchestrationContext context)
    {
        await context.CallActivityAsync("A");
        await context.CreateTimer(TimeSpan.FromSeconds(1), CancellationToken.None);
    }

    /// <summary>Runs the original up to its timer, restarts with the changed one, and lets the timer fire.</summary>
    private static async Task<OrchestrationMetadata> ChangeAsync(Func<TaskOrchestrationContext, Task> changed)
    {
        await using var test = await new TestHub()
            .Orchestrator("Changing", AsFunction(Original))
            .Activity<object>("A", _ => Task.FromResult<object?>(null))
            .Activity<object>("B", _ => Task.FromResult<object?>(null))
            .StartAsync();
        var id = await test.ScheduleAsync("Changing");
        await test.IdleAsync();
        test.Orchestrator("Changing", AsFunction(changed));
        await test.RestartAsync();
        await test.AdvanceAsync(TimeSpan.FromSeconds(2));
        return await test.WaitAsync(id);
    }

    private static async Task AssertFailsAsync(string reason, Func<TaskOrchestrationContext, Task> changed)
    {
        var done = await ChangeAsync(changed);
        Assert.Equal(OrchestrationRuntimeStatus.Failed, done.RuntimeStatus);
        Assert.Equal("DurableTask.Core.Exceptions.NonDeterministicOrchestrationException", done.FailureDetails!.ErrorType);
        Assert.Contains(reason, done.FailureDetails.ErrorMessage);
    }

    private static async Task AssertNonDurableAsync(Func<TaskOrchestrationContext, Task> orchestrator)
    {
        await using var test = await new TestHub()
            .Orchestrator("Wrong", AsFunction(orchestrator))
            .Activity<object>("A", _ => Task.FromResult<object?>(null))
            .StartAsync();
        var done = await test.RunAsync("Wrong");
        Assert.Equal(OrchestrationRuntimeStatus.Failed, done.RuntimeStatus);
        Assert.Equal(OrchestratorContext.NonDurableAwait, done.FailureDetails!.ErrorMessage);
    }

    /// <summary>As in Azure: the turn is over by then, so the log is the only place to say so, and the instance waits until it is terminated.</summary>
    private static async Task AssertLoggedAsync(Func<TaskOrchestrationContext, Task> orchestrator)
    {
        var log = new RecordedLog();
        await using var test = await new TestHub { LoggerFactory = log }
            .Orchestrator("Wrong", AsFunction(orchestrator))
            .Activity<object>("A", _ => Task.FromResult<object?>(null))
            .StartAsync();
        var id = await test.ScheduleAsync("Wrong");
        await log.WaitForAsync(LogLevel.Error, "awaited something that is not durable");
        Assert.Equal(OrchestrationRuntimeStatus.Running, (await test.GetAsync(id)).RuntimeStatus);
    }

    private static Func<TaskOrchestrationContext, Task<object?>> AsFunction(Func<TaskOrchestrationContext, Task> run) => async context =>
    {
        await run(context);
        return null;
    };
}
