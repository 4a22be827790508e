using System.Net.Http.Json;
using Jobs.Domain.Generation;
using Jobs.Domain.Jobs;
using Jobs.Functions.Tests.Repositories;
using Jobs.Functions.Tests.Runs;
using Jobs.Functions.Tests.Work;
using Jobs.Functions.Work;
using Jobs.Local.Storage;
using Jobs.Local.Storage.Tables;
using Jobs.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Functions.Tests;

/// <summary>What an account is billed for, counted at the Table client: the numbers that docs/operations.md promises.</summary>
public sealed class TransactionTests
{
    [Fact]
    public async Task Poll_of_a_job_that_runs_is_one_read_and_nothing_else()
    {
        var gate = new TaskCompletionSource<GenerationResult>();
        await using var app = await StartAsync(services => services.AddSingleton<IWidgetGenerator>(new FakeGenerator((_, _) => gate.Task)));
        var (_, jobId) = await app.CreateWidgetAsync();
        await app.WaitForJobAsync(jobId, job => job.GetProperty("status").GetString() == "building");
        var before = Count(app);

        await app.GetJobAsync(jobId);

        Assert.Equal((1, 0, 0), Since(before, app));
        gate.SetResult(FakeGenerator.OneFile);
        await app.WaitUntilSettledAsync(jobId);
    }

    [Fact]
    public async Task Poll_of_a_job_that_has_settled_is_one_read_the_first_time_and_none_after_it()
    {
        await using var app = await StartAsync();
        var job = await app.LayJobAndWidgetAsync();
        await app.Services.GetRequiredService<JobStore>().ApplyAsync(
            job.Id, new JobEvent.Failed(DateTimeOffset.UtcNow, "Laid by the test."), known: null, CancellationToken.None);
        // The first request reads the key; afterwards it is remembered.
        await app.Client.GetAsync("v1/widgets");
        var before = Count(app);

        var first = await app.GetJobAsync(job.Id);
        Assert.Equal((1, 0, 0), Since(before, app));
        var second = await app.GetJobAsync(job.Id);

        Assert.Equal((1, 0, 0), Since(before, app));
        Assert.Equal(first.ToString(), second.ToString());
        using var foreign = await app.OtherTenant.GetAsync($"v1/jobs/{job.Id}");
        Assert.Equal(404, (int)foreign.StatusCode);
    }

    [Fact]
    public async Task Poll_of_a_users_job_is_one_read_and_none_once_it_has_settled()
    {
        var gate = new TaskCompletionSource();
        var handler = new FakeJobHandler { Type = AnalysisApp.TestType, Contract = JobContract.Analysis, Before = _ => gate.Task };
        await using var app = await StartAsync(services => services.AddSingleton<IJobHandler>(handler));
        using var user = await app.NewUserAsync("ann");
        var id = await user.CreateAnalysisJobAsync();
        await user.WaitForAnalysisAsync(id, _ => handler.Waiting == handler.Batches);
        var before = Count(app);

        await user.GetAsync($"api/jobs/{id}");

        Assert.Equal((1, 0, 0), Since(before, app));
        gate.SetResult();
        await user.WaitForAnalysisAsync(id);
        await user.GetAsync($"api/jobs/{id}");
        before = Count(app);
        await user.GetAsync($"api/jobs/{id}");
        Assert.Equal(0, Since(before, app).Reads);
    }

    [Fact]
    public async Task Widget_job_from_create_to_compiled_is_at_most_twelve_writes_and_no_query()
    {
        await using var app = await StartAsync();
        await app.Client.GetAsync("v1/widgets");
        var before = Count(app);

        using var request = new HttpRequestMessage(HttpMethod.Post, "v1/widgets") { Content = JsonContent.Create(new { name = "A", prompt = "a counter" }) };
        request.Headers.Add("Idempotency-Key", "key-1");
        using var response = await app.Client.SendAsync(request);
        await app.WaitUntilSettledAsync((await response.ReadJsonAsync()).GetProperty("jobId").GetString()!);

        var (_, writes, queries) = Since(before, app);
        Assert.Equal(12, writes);
        Assert.Equal(0, queries);
    }

    [Fact]
    public async Task Token_of_an_agents_build_is_two_writes_and_four_reads()
    {
        await using var app = await StartAsync(
            services => services.AddSingleton<IAgentGenerator>(new FakeGenerator((_, _) => Task.FromResult(FakeGenerator.Agent))));
        var transactions = app.Services.GetRequiredService<EmbeddedStorage>().Transactions;
        var before = transactions.Of("Ledger");

        var (_, jobId) = await app.CreateAgentAsync();
        await app.WaitUntilSettledAsync(jobId);
        for (var deadline = DateTime.UtcNow.AddSeconds(90); transactions.Of("Ledger").Writes < before.Writes + 2;)
        {
            Assert.True(DateTime.UtcNow < deadline, "The token is not settled.");
            await Task.Delay(10);
        }

        Assert.Equal(before with { Reads = before.Reads + 4, Writes = before.Writes + 2 }, transactions.Of("Ledger"));
    }

    [Fact]
    public async Task Call_of_a_model_is_two_writes_and_four_reads_and_the_builds_end_one_and_two()
    {
        await using var server = await ScriptedServer.StartOpenAiAsync(AiBuilds.Reads(1), AiBuilds.Whole);
        await using var app = await AiBuilds.StartAsync(server, "--Ai:InputPrice", "1", "--Ai:OutputPrice", "2");
        var transactions = app.Services.GetRequiredService<EmbeddedStorage>().Transactions;
        var before = transactions.Of("Ledger");

        await app.WaitUntilSettledAsync((await app.CreateWidgetAsync()).JobId);
        for (var deadline = DateTime.UtcNow.AddSeconds(90); transactions.Of("Ledger").Writes < before.Writes + (2 * 2) + 1; await Task.Delay(10))
        {
            Assert.True(DateTime.UtcNow < deadline, "The build is not closed.");
        }

        Assert.Equal(before with { Reads = before.Reads + (2 * 4) + 2, Writes = before.Writes + (2 * 2) + 1 }, transactions.Of("Ledger"));
    }

    [Fact]
    public async Task Run_from_request_to_end_is_seven_writes()
    {
        await using var app = await StartAsync();
        var agentId = await app.LayAgentAsync();
        var before = Count(app);

        await app.WaitForRunAsync(agentId, await app.StartRunAsync(agentId));
        for (var deadline = DateTime.UtcNow.AddSeconds(90); (await app.SweepEntriesAsync()).Count > 0; await Task.Delay(10))
        {
            Assert.True(DateTime.UtcNow < deadline, "The run is not closed.");
        }

        // Announced, paid, stored, started, ended, settled, forgotten.
        Assert.Equal(7, Since(before, app).Writes);
    }

    [Fact]
    public async Task Job_in_a_repository_from_create_to_merged_is_seventeen_writes_and_two_queries()
    {
        await using var app = await RepositoryApp.StartAsync(time: new ManualTimeProvider());
        var before = Count(app.App);

        var id = await app.CreateAsync();
        await app.WaitAsync(id, "merged");

        var (_, writes, queries) = Since(before, app.App);
        Assert.Equal((17, 2), (writes, queries));
    }

    [Fact]
    public async Task List_page_is_one_query()
    {
        await using var app = await StartAsync();
        var (_, jobId) = await app.CreateWidgetAsync();
        await app.WaitUntilSettledAsync(jobId);
        var before = Count(app);

        await app.Client.GetAsync("v1/widgets?limit=1");

        Assert.Equal((0, 0, 1), Since(before, app));
    }

    /// <summary>An app whose timers do not fire: what they ask for comes whatever else happens.</summary>
    private static Task<TestApp> StartAsync(Action<IServiceCollection>? configure = null) =>
        TestApp.StartAsync(services =>
        {
            services.AddSingleton<TimeProvider>(new ManualTimeProvider());
            configure?.Invoke(services);
        });

    private static TableTransactionCounts[] Count(TestApp app) => [.. app.Services.GetRequiredService<EmbeddedStorage>().Transactions.All.Select(table => table.Value)];

    private static (long Reads, long Writes, long Queries) Since(TableTransactionCounts[] before, TestApp app)
    {
        var after = Count(app);
        return (
            after.Sum(c => c.Reads) - before.Sum(c => c.Reads),
            after.Sum(c => c.Writes) - before.Sum(c => c.Writes),
            after.Sum(c => c.Queries) - before.Sum(c => c.Queries));
    }
}
