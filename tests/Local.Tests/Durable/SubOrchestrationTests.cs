using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Jobs.Local.Tests.Durable;

public class SubOrchestrationTests
{
    [Fact]
    public async Task Parent_gets_the_results_of_its_children()
    {
        await using var test = await new TestHub()
            .Orchestrator("Parent", async context => (await Task.WhenAll(
                Enumerable.Range(1, 10).Select(i => context.CallSubOrchestratorAsync<int>("Child", i)))).Sum())
            .Orchestrator("Child", async context => await context.CallActivityAsync<int>("Double", context.GetInput<int>()))
            .Activity<int>("Double", i => Task.FromResult<object?>(2 * i))
            .StartAsync();
        Assert.Equal(110, (await test.RunAsync("Parent")).ReadOutputAs<int>());
    }

    [Fact]
    public async Task Child_knows_its_parent()
    {
        await using var test = await new TestHub()
            .Orchestrator("Parent", context => context.CallSubOrchestratorAsync<string>("Child"))
            .Orchestrator("Child", context => Task.FromResult($"{context.Parent!.Name} {context.Parent.InstanceId}"))
            .StartAsync();
        var id = await test.ScheduleAsync("Parent");
        Assert.Equal($"Parent {id}", (await test.WaitAsync(id)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task Failure_of_a_child_reaches_its_parent()
    {
        await using var test = await Catching()
            .Orchestrator<string>("Child", _ => throw new InvalidOperationException("the child's reason"))
            .StartAsync();
        Assert.Equal("the child's reason", (await test.RunAsync("Parent")).ReadOutputAs<string>());
    }

    [Fact]
    public async Task Terminated_child_fails_for_its_parent()
    {
        await using var test = await Catching().Orchestrator("Child", context => context.WaitForExternalEvent<string>("go")).StartAsync();
        var id = await test.ScheduleAsync("Parent");
        await test.IdleAsync();
        await test.Client.TerminateInstanceAsync("child");
        var done = await test.WaitAsync(id);
        Assert.Equal(OrchestrationRuntimeStatus.Completed, done.RuntimeStatus);
        Assert.Equal(OrchestrationRuntimeStatus.Terminated, (await test.GetAsync("child")).RuntimeStatus);
    }

    [Fact]
    public async Task Child_with_the_id_of_a_running_instance_fails_and_leaves_that_alone()
    {
        await using var test = await Catching().Orchestrator("Child", context => context.WaitForExternalEvent<string>("go")).StartAsync();
        await test.ScheduleAsync("Child", id: "child");
        Assert.Contains("'child' is running", (await test.RunAsync("Parent")).ReadOutputAs<string>());
        Assert.Equal(OrchestrationRuntimeStatus.Running, (await test.GetAsync("child")).RuntimeStatus);
    }

    [Fact]
    public async Task Parent_and_child_go_on_after_a_restart()
    {
        await using var test = await Catching().Orchestrator("Child", context => context.WaitForExternalEvent<string>("go")).StartAsync();
        var id = await test.ScheduleAsync("Parent");
        await test.IdleAsync();
        await test.RestartAsync();
        await test.Client.RaiseEventAsync("child", "go", "from the child");
        Assert.Equal("from the child", (await test.WaitAsync(id)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task Child_is_tried_again_as_its_policy_says()
    {
        var runs = 0;
        await using var test = await new TestHub()
            .Orchestrator("Parent", context => context.CallSubOrchestratorAsync<string>(
                "Child", TaskOptions.FromRetryPolicy(new RetryPolicy(3, TimeSpan.FromMinutes(1)))))
            .Orchestrator("Child", _ => ++runs < 3 ? throw new InvalidOperationException("not yet") : Task.FromResult("third"))
            .StartAsync();
        var id = await test.ScheduleAsync("Parent");
        await test.AdvanceAsync(TimeSpan.FromMinutes(5));
        Assert.Equal("third", (await test.WaitAsync(id)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task Orchestrations_send_events_to_each_other()
    {
        await using var test = await new TestHub()
            .Orchestrator("Sender", context =>
            {
                context.SendEvent("receiver", "go", "hello");
                context.SendEvent("nobody", "go", "lost");
                return Task.FromResult(0);
            })
            .Orchestrator("Receiver", context => context.WaitForExternalEvent<string>("go"))
            .StartAsync();
        await test.ScheduleAsync("Receiver", id: "receiver");
        await test.RunAsync("Sender");
        Assert.Equal("hello", (await test.WaitAsync("receiver")).ReadOutputAs<string>());
    }

    private static TestHub Catching() => new TestHub().Orchestrator("Parent", async context =>
    {
        try
        {
            return await context.CallSubOrchestratorAsync<string>("Child", null, new SubOrchestrationOptions { InstanceId = "child" });
        }
        catch (TaskFailedException e)
        {
            return e.FailureDetails?.ErrorMessage ?? "no details";
        }
    });
}
