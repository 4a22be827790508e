using Microsoft.DurableTask.Client;

namespace Jobs.Local.Tests.Durable;

/// <summary>Listing and purging by a filter, custom status, and waiting for a start.</summary>
public class QueryTests
{
    [Fact]
    public async Task Instances_are_listed_by_status_prefix_and_time_in_pages()
    {
        await using var test = await Orchestrators().StartAsync();
        var start = test.Clock.GetUtcNow();
        for (var i = 0; i < 5; i++)
        {
            await test.ScheduleAsync("Quick", i, $"a-{i}");
            await test.WaitAsync($"a-{i}");
            test.Clock.Advance(TimeSpan.FromMinutes(1));
        }
        await test.ScheduleAsync("Wait", id: "b-0");
        await test.IdleAsync();

        Assert.Equal(["a-0", "a-1", "a-2", "a-3", "a-4", "b-0"], await IdsAsync(new OrchestrationQuery(PageSize: 2)));
        Assert.Equal(["b-0"], await IdsAsync(new OrchestrationQuery(Statuses: [OrchestrationRuntimeStatus.Running])));
        Assert.Equal(["b-0"], await IdsAsync(new OrchestrationQuery(InstanceIdPrefix: "b-")));
        Assert.Equal(["a-1", "a-2"], await IdsAsync(new OrchestrationQuery(CreatedFrom: start.AddMinutes(1), CreatedTo: start.AddMinutes(2))));
        var page = await test.Client.GetAllInstancesAsync(new OrchestrationQuery(PageSize: 2, FetchInputsAndOutputs: true)).AsPages().FirstAsync();
        Assert.Equal([0, 1], page.Values.Select(found => found.ReadInputAs<int>()));

        async Task<List<string>> IdsAsync(OrchestrationQuery query) =>
            await test.Client.GetAllInstancesAsync(query).Select(found => found.InstanceId).ToListAsync();
    }

    [Fact]
    public async Task Finished_instances_are_purged_by_a_filter()
    {
        await using var test = await Orchestrators().StartAsync();
        await test.RunAsync("Quick");
        await test.RunAsync("Throw");
        await test.ScheduleAsync("Wait", id: "running");
        await test.IdleAsync();

        Assert.Equal(1, (await test.Client.PurgeAllInstancesAsync(new PurgeInstancesFilter(Statuses: [OrchestrationRuntimeStatus.Failed]))).PurgedInstanceCount);
        Assert.Equal(1, (await test.Client.PurgeAllInstancesAsync(new PurgeInstancesFilter())).PurgedInstanceCount);
        Assert.Equal((1L, 1L, 0L), StoreFile.Rows(test.StorePath));
        Assert.Equal(OrchestrationRuntimeStatus.Running, (await test.GetAsync("running")).RuntimeStatus);
    }

    [Fact]
    public async Task Custom_status_is_shown_while_running_after_a_restart_and_at_the_end()
    {
        await using var test = await new TestHub()
            .Orchestrator("Tell", async context =>
            {
                context.SetCustomStatus("waiting");
                await context.WaitForExternalEvent<string>("go");
                context.SetCustomStatus("done");
                return 0;
            })
            .StartAsync();
        var id = await test.ScheduleAsync("Tell");
        await test.IdleAsync();
        Assert.Equal("waiting", (await test.GetAsync(id)).ReadCustomStatusAs<string>());
        await test.RestartAsync();
        Assert.Equal("waiting", (await test.GetAsync(id)).ReadCustomStatusAs<string>());
        await test.Client.RaiseEventAsync(id, "go");
        Assert.Equal("done", (await test.WaitAsync(id)).ReadCustomStatusAs<string>());
        Assert.Equal("done", (await test.GetAsync(id)).ReadCustomStatusAs<string>());
    }

    [Fact]
    public async Task Start_is_waited_for_without_asking()
    {
        await using var test = await Orchestrators().StartAsync();
        await test.ScheduleAsync("Wait", id: "one");
        var started = await test.Client.WaitForInstanceStartAsync("one").WaitAsync(TimeSpan.FromSeconds(100));
        Assert.Equal(OrchestrationRuntimeStatus.Running, started.RuntimeStatus);
        await Assert.ThrowsAsync<ArgumentException>(() => test.Client.WaitForInstanceStartAsync("nobody"));
        await Assert.ThrowsAsync<ArgumentException>(() => test.Client.WaitForInstanceCompletionAsync("nobody"));
    }

    private static TestHub Orchestrators() => new TestHub()
        .Orchestrator("Quick", _ => Task.FromResult(0))
        .Orchestrator<int>("Throw", _ => throw new InvalidOperationException("no"))
        .Orchestrator("Wait", context => context.WaitForExternalEvent<string>("go"));
}
