using Jobs.Domain.Jobs;
using Jobs.Domain.Repositories;
using Jobs.Functions.Sweeping;
using Jobs.Storage;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Functions.Tests.Repositories;

/// <summary>Faults between what is done in a repository and what is written of it, and what a crash of a request leaves behind.</summary>
public sealed class RepositoryFaultTests
{
    [Theory]
    [InlineData("Start")]
    [InlineData("Commit")]
    [InlineData("List")]
    [InlineData("Merge")]
    public async Task Step_whose_end_nobody_hears_of_is_done_again_and_there_is_one_of_each(string step)
    {
        var forge = new FakeLocalForge { After = (call, number) => call == step && number == 1 ? throw new InvalidOperationException("The host died.") : Task.CompletedTask };
        await using var app = await RepositoryApp.StartAsync(forge: forge);

        var id = await app.CreateAsync();
        var merged = await app.WaitAsync(id, "merged");

        Assert.Equal(2, forge.Calls.Count(call => call == step));
        Assert.Single(forge.HistoryOf($"job/{id}"));
        Assert.Single(forge.HistoryOf("main"));
        Assert.Equal(["main", $"job/{id}"], forge.Branches.Keys);
        Assert.Equal(1, Count(merged, "Committed "));
        Assert.Equal(1, Count(merged, "Opened a pull request"));
        Assert.Equal(1, Count(merged, "Merged into main"));
    }

    [Theory]
    [InlineData("Start")]
    [InlineData("Commit")]
    public async Task Lock_that_another_holds_delays_the_job_and_does_not_fail_it(string step)
    {
        var forge = new FakeLocalForge { Before = (call, number) => call == step && number < 3 ? throw new ForgeException("The repository is locked.", isTransient: true) : Task.CompletedTask };
        await using var app = await RepositoryApp.StartAsync(forge: forge);

        await app.WaitAsync(await app.CreateAsync(), "merged");

        Assert.Equal(3, forge.Calls.Count(call => call == step));
    }

    [Fact]
    public async Task Merge_that_does_not_come_to_an_end_leaves_the_job_completed_with_the_reason()
    {
        var forge = new FakeLocalForge { Before = (call, _) => call == "Merge" ? throw new ForgeException("The repository is locked.", isTransient: true) : Task.CompletedTask };
        await using var app = await RepositoryApp.StartAsync(forge: forge);

        Assert.EndsWith("Not merged: The repository is locked.", (await app.WaitAsync(await app.CreateAsync(), "completed")).GetProperty("log").GetString());
    }

    [Fact]
    public async Task Merge_whose_request_dies_before_it_is_written_down_is_finished_by_the_sweeper()
    {
        var time = new ManualTimeProvider();
        var forge = new FakeLocalForge { After = (call, number) => call == "Merge" && number == 1 ? throw new InvalidOperationException("The host died.") : Task.CompletedTask };
        await using var app = await RepositoryApp.StartAsync(forge: forge, time: time);
        var id = await app.CreateAsync(new { job = "one", auto_merge = false });
        await app.WaitAsync(id, "completed");

        using var died = await app.Client.PostAsync($"api/jobs/{id}/merge", null);
        Assert.Equal((500, "completed"), ((int)died.StatusCode, (await app.StatusAsync(id)).GetProperty("status").GetString()));
        time.Advance(Sweeper.GracePeriod + TimeSpan.FromSeconds(1));
        await SweepAsync(app);

        Assert.Equal("merged", (await app.StatusAsync(id)).GetProperty("status").GetString());
        Assert.Single(forge.HistoryOf("main"));
        Assert.Empty(await app.App.Services.GetRequiredService<SweepList>().ListAsync(DateTimeOffset.MaxValue, CancellationToken.None).ToListAsync());
    }

    [Fact]
    public async Task Job_that_was_stored_and_never_begun_is_begun_by_the_sweeper()
    {
        await using var app = await RepositoryApp.StartAsync();
        await app.LayAsync("abc12345", isAnnounced: true);

        await SweepAsync(app);
        await app.WaitAsync("abc12345", "merged");
        await SweepAsync(app);

        var entries = await app.App.Services.GetRequiredService<SweepList>().ListAsync(DateTimeOffset.MaxValue, CancellationToken.None).ToListAsync();
        Assert.Empty(entries);
        Assert.Equal(0, await app.App.Services.GetRequiredService<JobListStore>().CountUnfinishedOfRepositoriesAsync("acme", 10, CancellationToken.None));
    }

    [Fact]
    public async Task Job_whose_orchestration_is_gone_is_failed()
    {
        await using var app = await RepositoryApp.StartAsync();
        await app.LayAsync("abc12345", isAnnounced: true);
        var client = app.App.DurableClient;
        await client.ScheduleNewOrchestrationInstanceAsync("BuildWidget", "job_0_000000000000", new StartOrchestrationOptions("abc12345"));
        await client.WaitForInstanceCompletionAsync("abc12345");

        await SweepAsync(app);

        Assert.Equal("The job stopped unexpectedly.", (await app.WaitAsync("abc12345", "failed")).GetProperty("log").GetString());
    }

    [Fact]
    public async Task Branch_that_was_claimed_for_a_job_that_never_came_is_free_again_after_a_while()
    {
        var time = new ManualTimeProvider();
        await using var app = await RepositoryApp.StartAsync(time: time);
        var id = await app.CreateAsync(new { job = "one", auto_merge = false });
        await app.WaitAsync(id, "completed");
        var branches = app.App.Services.GetRequiredService<RepositoryBranchStore>();
        var key = RepositoryState.KeyOf(RepositoryKind.Local, "/repositories/site");
        var stored = await branches.ReadAsync(key, $"job/{id}", CancellationToken.None);
        Assert.True(await branches.TryReplaceAsync(stored, stored!.Branch with { JobId = "zzzzzzzz", PreviousJobId = id, ClaimedAt = time.GetUtcNow() }, CancellationToken.None));

        using var busy = await FollowAsync(app, id);
        time.Advance(SweepEntry.AnnouncementLifetime);
        using var free = await FollowAsync(app, id);

        Assert.Equal((409, 202), ((int)busy.StatusCode, (int)free.StatusCode));
    }

    private static Task<HttpResponseMessage> FollowAsync(RepositoryApp app, string id) =>
        app.Client.PostAsync($"api/jobs/{id}/messages", System.Net.Http.Json.JsonContent.Create(new { job = "more" }));

    private static Task SweepAsync(RepositoryApp app) =>
        ActivatorUtilities.CreateInstance<Sweeper>(app.App.Services).SweepAsync(new TimerInfo(), app.App.DurableClient, CancellationToken.None);

    private static int Count(System.Text.Json.JsonElement job, string text) => job.GetProperty("log").GetString()!.Split(text).Length - 1;
}
