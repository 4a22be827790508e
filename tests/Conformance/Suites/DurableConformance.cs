using DurableTask.Core;
using Jobs.Local.Durable;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using OrchestrationAlreadyExistsException = DurableTask.Core.Exceptions.OrchestrationAlreadyExistsException;

namespace Jobs.Conformance.Suites;

/// <summary>What the app may rely on, whichever backend the same worker and the same client run over.</summary>
public abstract class DurableConformance : IAsyncLifetime
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan SleepTime = TimeSpan.FromSeconds(2);

    private static readonly DurableOrchestrator[] Orchestrators =
    [
        new("Echo", context => Task.FromResult(context.GetInput<object>())),
        new("Add", async context => await context.CallActivityAsync<int>("AddOne", context.GetInput<int>())),
        new("Wait", async context => await context.WaitForExternalEvent<string>("go")),
        new("Throw", _ => throw new InvalidOperationException("the reason")),
        new("Catch", async context =>
        {
            try
            {
                return await context.CallActivityAsync<string>("ThrowOne");
            }
            catch (TaskFailedException e)
            {
                return $"{e.TaskName}: {e.FailureDetails.ErrorMessage}";
            }
        }),
        new("Parent", async context => await context.CallSubOrchestratorAsync<int>("Add", context.GetInput<int>())),
        new("Rounds", async context =>
        {
            var round = context.GetInput<int>();
            if (round < 3)
            {
                await context.CallActivityAsync<int>("AddOne", round);
                context.ContinueAsNew(round + 1);
            }
            return round;
        }),
        new("Sleep", async context =>
        {
            var before = context.CurrentUtcDateTime;
            await context.CreateTimer(SleepTime, CancellationToken.None);
            return context.CurrentUtcDateTime - before;
        }),
    ];

    private static readonly DurableActivity[] Activities =
    [
        new("AddOne", typeof(int), (_, input, _) => Task.FromResult<object?>((int)input! + 1)),
        new("ThrowOne", typeof(object), (_, _, _) => throw new TimeoutException("too slow")),
    ];

    private DurableWorker _worker = null!;
    private DurableTaskClient _client = null!;

    public async Task InitializeAsync()
    {
        var (service, client) = await CreateAsync();
        _worker = new DurableWorker(service, Orchestrators, Activities, new DurableWorkerOptions());
        _client = new ServiceDurableTaskClient(client, _worker.Orchestrators, DurableWorkerOptions.DefaultDataConverter);
        await _worker.StartAsync(CancellationToken.None).WaitAsync(Longest);
    }

    public async Task DisposeAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        await _worker.StopAsync(limit.Token).WaitAsync(Longest);
        await _worker.DisposeAsync();
        await DeleteAsync();
    }

    [Fact]
    public async Task Result_of_an_activity_is_the_orchestrations()
    {
        var done = await RunAsync("Add", 41);
        Assert.Equal(OrchestrationRuntimeStatus.Completed, done.RuntimeStatus);
        Assert.Equal((41, 42), (done.ReadInputAs<int>(), done.ReadOutputAs<int>()));
    }

    [Fact]
    public async Task Exception_fails_the_orchestration_with_its_message()
    {
        var done = await RunAsync("Throw");
        Assert.Equal(OrchestrationRuntimeStatus.Failed, done.RuntimeStatus);
        // Azure Storage keeps no details of the failure of an instance, only this line.
        Assert.Equal("System.InvalidOperationException: the reason", done.SerializedOutput);
    }

    [Fact]
    public async Task Failure_of_an_activity_can_be_caught() =>
        Assert.Equal("ThrowOne: too slow", (await RunAsync("Catch")).ReadOutputAs<string>());

    [Fact]
    public async Task Parent_waits_for_its_child() => Assert.Equal(8, (await RunAsync("Parent", 7)).ReadOutputAs<int>());

    [Fact]
    public async Task Orchestration_continues_as_new() => Assert.Equal(3, (await RunAsync("Rounds", 0)).ReadOutputAs<int>());

    /// <summary>Azure Storage cuts the time that a message stays hidden to whole seconds, so there a timer fires up to a second early.</summary>
    [Fact]
    public async Task Timer_fires_when_due() => Assert.InRange((await RunAsync("Sleep")).ReadOutputAs<TimeSpan>(), SleepTime - TimeSpan.FromSeconds(1), Longest);

    [Fact]
    public async Task Event_is_delivered_to_who_waits_and_to_who_will()
    {
        var id = await ScheduleAsync("Wait");
        await _client.RaiseEventAsync(id, "go", "now");
        Assert.Equal("now", (await WaitAsync(id)).ReadOutputAs<string>());
        await Assert.ThrowsAsync<InvalidOperationException>(() => _client.RaiseEventAsync(id, "go", "again"));
    }

    [Fact]
    public async Task Terminated_orchestration_has_the_output_it_was_given()
    {
        var id = await ScheduleAsync("Wait");
        await _client.WaitForInstanceStartAsync(id).WaitAsync(Longest);
        await _client.TerminateInstanceAsync(id, new TerminateInstanceOptions("enough"));
        var done = await WaitAsync(id);
        Assert.Equal((OrchestrationRuntimeStatus.Terminated, "enough"), (done.RuntimeStatus, done.ReadOutputAs<string>()));
        await Assert.ThrowsAsync<InvalidOperationException>(() => _client.TerminateInstanceAsync(id));
    }

    [Fact]
    public async Task Suspended_orchestration_goes_on_when_resumed()
    {
        var id = await ScheduleAsync("Wait");
        await _client.WaitForInstanceStartAsync(id).WaitAsync(Longest);
        await _client.SuspendInstanceAsync(id);
        await UntilAsync(id, OrchestrationRuntimeStatus.Suspended);
        await _client.RaiseEventAsync(id, "go", "meanwhile");
        await _client.ResumeInstanceAsync(id);
        Assert.Equal("meanwhile", (await WaitAsync(id)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task Unknown_instance_is_refused()
    {
        Assert.Null(await _client.GetInstanceAsync("nobody"));
        await Assert.ThrowsAsync<ArgumentException>(() => _client.RaiseEventAsync("nobody", "go", "x"));
        await Assert.ThrowsAsync<ArgumentException>(() => _client.TerminateInstanceAsync("nobody"));
        await Assert.ThrowsAsync<ArgumentException>(() => _client.SuspendInstanceAsync("nobody"));
        Assert.Equal(0, (await _client.PurgeInstanceAsync("nobody")).PurgedInstanceCount);
    }

    [Fact]
    public async Task Unknown_orchestrator_is_refused() => await Assert.ThrowsAsync<ArgumentException>(() => ScheduleAsync("Missing"));

    [Fact]
    public async Task Running_id_is_refused_and_a_finished_one_runs_again_unless_its_status_is_named()
    {
        const string id = "the-id";
        await ScheduleAsync("Wait", id: id);
        await Assert.ThrowsAsync<OrchestrationAlreadyExistsException>(() => ScheduleAsync("Wait", id: id));
        await _client.RaiseEventAsync(id, "go", "first");
        Assert.Equal("first", (await WaitAsync(id)).ReadOutputAs<string>());

        await ScheduleAsync("Echo", "second", id);
        Assert.Equal("second", (await WaitAsync(id)).ReadOutputAs<string>());
        var options = new StartOrchestrationOptions(id).WithDedupeStatuses(
            OrchestrationRuntimeStatus.Pending, OrchestrationRuntimeStatus.Running, OrchestrationRuntimeStatus.Completed);
        await Assert.ThrowsAsync<OrchestrationAlreadyExistsException>(() => _client.ScheduleNewOrchestrationInstanceAsync("Echo", "third", options));
    }

    [Fact]
    public async Task Finished_instance_is_listed_and_purged()
    {
        var done = await RunAsync("Echo", "x");
        var waiting = await ScheduleAsync("Wait");
        await _client.WaitForInstanceStartAsync(waiting).WaitAsync(Longest);
        var running = new List<string>();
        await foreach (var found in _client.GetAllInstancesAsync(new OrchestrationQuery(Statuses: [OrchestrationRuntimeStatus.Running])))
            running.Add(found.InstanceId);
        Assert.Equal([waiting], running);

        Assert.Equal(0, (await _client.PurgeInstanceAsync(waiting)).PurgedInstanceCount);
        Assert.Equal(1, (await _client.PurgeInstanceAsync(done.InstanceId)).PurgedInstanceCount);
        Assert.Null(await _client.GetInstanceAsync(done.InstanceId));
    }

    private protected abstract Task<(IOrchestrationService Service, IOrchestrationServiceClient Client)> CreateAsync();

    private protected abstract Task DeleteAsync();

    private Task<string> ScheduleAsync(string orchestrator, object? input = null, string? id = null) =>
        _client.ScheduleNewOrchestrationInstanceAsync(orchestrator, input, new StartOrchestrationOptions(id)).WaitAsync(Longest);

    private Task<OrchestrationMetadata> WaitAsync(string id) =>
        _client.WaitForInstanceCompletionAsync(id, getInputsAndOutputs: true).WaitAsync(Longest);

    private async Task<OrchestrationMetadata> RunAsync(string orchestrator, object? input = null) => await WaitAsync(await ScheduleAsync(orchestrator, input));

    private async Task UntilAsync(string id, OrchestrationRuntimeStatus status)
    {
        using var limit = new CancellationTokenSource(Longest);
        while ((await _client.GetInstanceAsync(id))!.RuntimeStatus != status)
            await Task.Delay(TimeSpan.FromMilliseconds(20), limit.Token);
    }
}
