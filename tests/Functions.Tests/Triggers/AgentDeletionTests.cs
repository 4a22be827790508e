using System.Net;
using System.Net.Http.Json;
using Jobs.Functions.Sweeping;
using Jobs.Functions.Tests.Runs;
using Jobs.Storage;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Functions.Tests.Triggers;

/// <summary>A deletion leaves nothing of an agent, whenever it dies.</summary>
public sealed class AgentDeletionTests
{
    [Fact]
    public async Task Deletion_removes_runs_triggers_secrets_messages_and_files()
    {
        await using var app = await RunApp.StartAsync();
        var agentId = await PrepareAsync(app);

        (await app.Client.DeleteAsync($"v1/agents/{agentId}")).EnsureSuccessStatusCode();

        await AssertGoneAsync(app, agentId);
        Assert.Equal(0, (await app.ReadTokensAsync()).Reserved);
    }

    [Fact]
    public async Task Deletion_that_died_right_after_the_mark_is_completed_by_the_sweeper()
    {
        var time = new ManualTimeProvider();
        await using var app = await RunApp.StartAsync(time: time);
        var agentId = await PrepareAsync(app);
        var agents = app.Services.GetRequiredService<AgentStore>();
        var stored = (await agents.ReadAsync("acme", agentId, CancellationToken.None))!;
        await app.Services.GetRequiredService<SweepList>().AddAsync(new SweepEntry(SweepKind.AgentDeletion, agentId, "acme", time.GetUtcNow()), CancellationToken.None);
        Assert.True(await agents.TryReplaceAsync(stored, stored.Resource with { IsDeleted = true }, message: null, CancellationToken.None));
        Assert.Equal(HttpStatusCode.NotFound, (await app.Client.GetAsync($"v1/agents/{agentId}")).StatusCode);

        time.Advance(Sweeper.GracePeriod + TimeSpan.FromSeconds(1));
        await SweepAsync(app);

        await AssertGoneAsync(app, agentId);
    }

    [Fact]
    public async Task Deletion_during_a_run_stops_it_and_what_it_leaves_is_removed()
    {
        var time = new ManualTimeProvider();
        var isStopped = new TaskCompletionSource();
        await using var app = await RunApp.StartAsync(
            new FakeSandbox(async (_, _, cancellationToken) =>
            {
                try
                {
                    await Task.Delay(Timeout.Infinite, cancellationToken);
                }
                finally
                {
                    isStopped.SetResult();
                }

                return FakeSandbox.Result("{}");
            }),
            time);
        var agentId = await app.LayAgentAsync();
        await app.StartRunAsync(agentId);
        while ((await app.Services.GetRequiredService<RunStore>().ListAsync(agentId, before: null, 1, CancellationToken.None))[0].StartedAt is null)
        {
            await Task.Delay(10);
        }

        (await app.Client.DeleteAsync($"v1/agents/{agentId}")).EnsureSuccessStatusCode();
        while (!isStopped.Task.IsCompleted)
        {
            time.Advance(TimeSpan.FromMilliseconds(500));
            await Task.Delay(10);
        }

        // Whoever executed it writes that it has stopped.
        while ((await app.Services.GetRequiredService<RunStore>().ListAsync(agentId, before: null, 1, CancellationToken.None)) is [{ HasEnded: false }])
        {
            await Task.Delay(10);
        }

        for (var i = 0; i < 3; i++)
        {
            time.Advance(Sweeper.GracePeriod + TimeSpan.FromSeconds(1));
            await SweepAsync(app);
        }

        await AssertGoneAsync(app, agentId);
        await app.AssertNothingToSweepAsync();
    }

    /// <summary>An agent that has one of everything.</summary>
    private static async Task<string> PrepareAsync(TestApp app)
    {
        var agentId = await app.LayAgentAsync(secrets: ["API_TOKEN"]);
        await app.WaitForRunAsync(agentId, await app.StartRunAsync(agentId, new { a = 1 }));
        (await app.Client.PutAsJsonAsync($"v1/agents/{agentId}/secrets/API_TOKEN", new { value = "12345678" })).EnsureSuccessStatusCode();
        (await app.Client.PostAsync($"v1/agents/{agentId}/webhook", null)).EnsureSuccessStatusCode();
        (await app.Client.PatchAsJsonAsync($"v1/agents/{agentId}/settings", new { schedule = new { cron = "0 7 * * *" } })).EnsureSuccessStatusCode();
        return agentId;
    }

    private static async Task AssertGoneAsync(TestApp app, string agentId)
    {
        foreach (var route in new[] { "", "/settings", "/runs", "/messages", "/secrets", "/files" })
        {
            Assert.Equal(HttpStatusCode.NotFound, (await app.Client.GetAsync($"v1/agents/{agentId}{route}")).StatusCode);
        }

        Assert.Equal(HttpStatusCode.NotFound, (await app.Client.DeleteAsync($"v1/agents/{agentId}")).StatusCode);
        Assert.Null(await app.Services.GetRequiredService<AgentStore>().ReadAsync("acme", agentId, CancellationToken.None));
        Assert.Null(await app.Services.GetRequiredService<ScheduleStore>().ReadAsync(agentId, CancellationToken.None));
        Assert.Empty(await app.Services.GetRequiredService<RunStore>().ListAsync(agentId, before: null, 10, CancellationToken.None));
        Assert.Empty(await app.Services.GetRequiredService<SecretStore>().ListAsync(agentId, CancellationToken.None));
        Assert.DoesNotContain(Directory.GetFiles(Path.Combine(app.DataFolder, "blobs"), "*", SearchOption.AllDirectories), file => file.Contains(agentId));
        foreach (var table in new[] { app.Services.GetRequiredService<StorageAccount>().Webhooks })
        {
            await foreach (var row in table.QueryAsync<Azure.Data.Tables.TableEntity>())
            {
                Assert.Fail($"A row is left: {row.RowKey}");
            }
        }
    }

    private static Task SweepAsync(TestApp app) => ActivatorUtilities.CreateInstance<Sweeper>(app.Services)
        .SweepAsync(new TimerInfo(), app.DurableClient, CancellationToken.None);
}
