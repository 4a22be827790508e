using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

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
    public Task Another_activity_fails() => AssertFailsAsync("action 0 was activity 'A' and is now activity 'B'", async context =>
    {
        await context.CallActivityAsync("B");
        await context.CreateTimer(TimeSpan.FromSeconds(1), CancellationToken.None);
    });

    [Fact]
    public Task Missing_action_fails() => AssertFailsAsync("action 1 was timer and is now nothing", async context =>
        await context.CallActivityAsync("A"));

    [Fact]
    public Task Extra_action_fails() => AssertFailsAsync("action 2 was nothing and is now activity 'B'", async context =>
    {
        await context.CallActivityAsync("A");
        var timer = context.CreateTimer(TimeSpan.FromSeconds(1), CancellationToken.None);
        await context.CallActivityAsync("B");
        await timer;
    });

    [Fact]
    public Task Another_kind_fails() => AssertFailsAsync("action 1 was timer and is now activity 'B'", async context =>
    {
        await context.CallActivityAsync("A");
        await context.CallActivityAsync("B");
    });

    [Fact]
    public Task Another_order_fails() => AssertFailsAsync("action 0 was activity 'A' and is now timer", async context =>
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
    public Task Awaiting_a_delay_fails() => AssertNonDurableAsync(async _ => await Task.Delay(LongEnough));

    [Fact]
    public Task Awaiting_other_threads_fails() => AssertNonDurableAsync(async _ => await Task.Run(() => Thread.Sleep(LongEnough)));

    [Fact]
    public Task Awaiting_a_delay_beside_an_open_task_fails() => AssertNonDurableAsync(async context =>
        await Task.WhenAny(context.WaitForExternalEvent<string>("never"), Task.Delay(LongEnough)));

    [Fact]
    public Task Awaiting_nothing_that_could_ever_end_fails() => AssertNonDurableAsync(async _ => await new TaskCompletionSource().Task);

    [Fact]
    public Task Leaving_the_turns_thread_fails() => AssertNonDurableAsync(async context =>
        await context.CallActivityAsync("A").ConfigureAwait(false));

    [Fact]
    public Task Using_the_context_from_another_thread_fails() => AssertNonDurableAsync(context =>
    {
        Exception? thrown = null;
        var thread = new Thread(() => thrown = Record.Exception(() => { _ = context.NewGuid(); }));
        thread.Start();
        thread.Join();
        Assert.NotNull(thrown);
        return Task.CompletedTask;
    });

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
        Assert.Contains("Non-deterministic orchestrator", done.FailureDetails!.ErrorMessage);
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
        Assert.Contains("Non-durable await", done.FailureDetails!.ErrorMessage);
    }

    private static Func<TaskOrchestrationContext, Task<object?>> AsFunction(Func<TaskOrchestrationContext, Task> run) => async context =>
    {
        await run(context);
        return null;
    };
}
