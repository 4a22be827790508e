using System.Diagnostics;
using System.Net.Http.Json;
using Jobs.Domain;
using Jobs.Domain.Jobs;
using Jobs.Functions.Jobs;
using Jobs.Functions.Orchestrations;
using Jobs.Functions.Sweeping;
using Jobs.Storage;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Functions.Tests;

/// <summary>What a crash between two writes leaves behind, laid by hand, and what the sweeper makes of it.</summary>
public sealed class SweeperTests
{
    [Fact]
    public async Task Pending_job_that_nobody_runs_is_scheduled_and_completes()
    {
        await using var app = await TestApp.StartAsync();
        var job = await app.LayJobAndWidgetAsync(isAnnounced: true);

        await SweepAsync(app);
        var settled = await app.WaitUntilSettledAsync(job.Id);
        await SweepAsync(app);

        Assert.Equal("SUCCEEDED", settled.GetProperty("buildStatus").GetProperty("status").GetString());
        Assert.Empty(await EntriesAsync(app));
    }

    [Fact]
    public async Task Pending_job_without_its_widget_fails_and_says_so()
    {
        await using var app = await TestApp.StartAsync();
        var job = await app.LayJobAsync(Ids.NewResourceId());

        await SweepAsync(app);

        Assert.Equal("The widget was deleted.", (await app.WaitUntilSettledAsync(job.Id)).GetProperty("error").GetString());
    }

    [Fact]
    public async Task Job_whose_orchestration_is_gone_is_failed()
    {
        await using var app = await TestApp.StartAsync();
        var job = await app.LayJobAsync(Ids.NewResourceId());
        var client = app.DurableClient;
        // An orchestration of that id that ended without touching the job: its job id names nothing.
        await client.ScheduleNewOrchestrationInstanceAsync("BuildWidget", "job_0_000000000000", new Microsoft.DurableTask.StartOrchestrationOptions(job.Id));
        await client.WaitForInstanceCompletionAsync(job.Id);

        await SweepAsync(app);

        Assert.Equal("The build stopped unexpectedly.", (await app.WaitUntilSettledAsync(job.Id)).GetProperty("error").GetString());
    }

    [Fact]
    public async Task Announcement_without_a_job_is_forgotten_after_its_lifetime()
    {
        await using var app = await TestApp.StartAsync();
        var sweep = app.Services.GetRequiredService<SweepList>();
        var now = DateTimeOffset.UtcNow;
        await sweep.AddAsync(new SweepEntry(SweepKind.Job, Ids.NewJobId(now), "acme", now - SweepEntry.AnnouncementLifetime + TimeSpan.FromSeconds(30)), CancellationToken.None);
        await sweep.AddAsync(new SweepEntry(SweepKind.Job, Ids.NewJobId(now), "acme", now - SweepEntry.AnnouncementLifetime), CancellationToken.None);

        await SweepAsync(app);

        Assert.Single(await EntriesAsync(app));
    }

    [Fact]
    public async Task Build_that_is_refused_leaves_nothing_to_sweep()
    {
        await using var app = await TestApp.StartAsync();

        using var refused = await app.Client.PostAsJsonAsync("v1/widgets/0000000000/builds", new { prompt = "x" });

        Assert.Equal(404, (int)refused.StatusCode);
        Assert.Empty(await EntriesAsync(app));
    }

    [Fact]
    public async Task Deletion_that_died_half_way_is_completed()
    {
        await using var app = await TestApp.StartAsync();
        var (widgetId, jobId) = await app.CreateWidgetAsync();
        await app.WaitUntilSettledAsync(jobId);
        var widgets = app.Services.GetRequiredService<WidgetStore>();
        var stored = await widgets.ReadAsync("acme", widgetId, CancellationToken.None);
        await app.Services.GetRequiredService<SweepList>().AddAsync(
            new SweepEntry(SweepKind.WidgetDeletion, widgetId, "acme", DateTimeOffset.UtcNow - Sweeper.GracePeriod),
            CancellationToken.None);
        Assert.True(await widgets.TryReplaceAsync(stored!, stored!.Resource with { IsDeleted = true }, message: null, CancellationToken.None));

        await SweepAsync(app);

        Assert.Null(await widgets.ReadAsync("acme", widgetId, CancellationToken.None));
        await Assert.ThrowsAsync<InvalidDataException>(() => app.Services.GetRequiredService<ArtifactStore>()
            .ReadAsync("acme", widgetId, stored.Resource.SourcesRef!, CancellationToken.None));
    }

    [Fact]
    public async Task What_was_written_after_a_deletion_is_removed_a_minute_later()
    {
        var time = new ManualTimeProvider();
        await using var app = await TestApp.StartAsync(services => services.AddSingleton<TimeProvider>(time));
        var (widgetId, jobId) = await app.CreateWidgetAsync();
        await app.WaitUntilSettledAsync(jobId);
        (await app.Client.DeleteAsync($"v1/widgets/{widgetId}")).EnsureSuccessStatusCode();

        // A publication and a build that were slow, and died after these writes.
        var artifacts = app.Services.GetRequiredService<ArtifactStore>();
        var late = await artifacts.WriteAsync("acme", widgetId, "late"u8.ToArray(), CancellationToken.None);
        await app.Services.GetRequiredService<PublishedWidgetStore>().PublishAsync(
            new PublishedBuild(widgetId, Guid.NewGuid().ToString("D"), "acme", "Ghost", new BundleRef(late, late)),
            CancellationToken.None);
        Assert.Equal(200, (int)(await app.Anonymous.GetAsync($"w/{widgetId}/")).StatusCode);
        time.Advance(Sweeper.GracePeriod + TimeSpan.FromSeconds(1));
        await SweepAsync(app);

        Assert.Equal(404, (int)(await app.Anonymous.GetAsync($"w/{widgetId}/")).StatusCode);
        Assert.Null(await artifacts.FindAsync("acme", widgetId, late, CancellationToken.None));
        Assert.DoesNotContain(await EntriesAsync(app), entry => entry.Kind is SweepKind.WidgetDeletion);
    }

    [Fact]
    public async Task Entry_that_cannot_be_handled_does_not_keep_the_others_waiting()
    {
        await using var app = await TestApp.StartAsync();
        var bad = await app.LayJobAsync(Ids.NewResourceId());
        // A status row that no version of the app can read.
        await app.Services.GetRequiredService<StorageAccount>().Jobs.UpdateEntityAsync(
            new Azure.Data.Tables.TableEntity(bad.Id, bad.Id) { ["Status"] = "Nonsense" },
            Azure.ETag.All,
            Azure.Data.Tables.TableUpdateMode.Merge);
        var good = await app.LayJobAsync(Ids.NewResourceId());

        await SweepAsync(app);

        Assert.Equal("failed", (await app.WaitUntilSettledAsync(good.Id)).GetProperty("status").GetString());
        Assert.Contains(await EntriesAsync(app), entry => entry.Id == bad.Id);
    }

    [Fact]
    public async Task Call_that_the_host_breaks_off_ends_neither_the_creation_nor_the_sweep()
    {
        await using var app = await TestApp.StartAsync();
        var cut = await app.LayJobAsync(Ids.NewResourceId());
        var stored = await app.LayJobAsync(Ids.NewResourceId());

        await app.Services.GetRequiredService<JobService>().CreateAsync(stored, new CutOffClient(app.DurableClient, cut.Id, stored.Id), CancellationToken.None);
        await SweepAsync(app, new CutOffClient(app.DurableClient, cut.Id));

        Assert.Equal("failed", (await app.WaitUntilSettledAsync(stored.Id)).GetProperty("status").GetString());
        Assert.Contains(await EntriesAsync(app), entry => entry.Id == cut.Id);
    }

    [Fact]
    public async Task Creation_does_not_wait_for_a_hub_that_does_not_answer_and_the_sweeper_starts_the_job()
    {
        await using var app = await TestApp.StartAsync();
        var job = await app.LayJobAndWidgetAsync(isAnnounced: true);
        var clock = Stopwatch.StartNew();

        await app.Services.GetRequiredService<JobService>().CreateAsync(job, new SilentClient(app.DurableClient), CancellationToken.None);

        Assert.InRange(clock.Elapsed, DurablePatience.Limit - TimeSpan.FromMilliseconds(100), DurablePatience.Limit * 5);
        await SweepAsync(app);
        Assert.Equal("completed", (await app.WaitUntilSettledAsync(job.Id)).GetProperty("status").GetString());
    }

    private static Task SweepAsync(TestApp app, DurableTaskClient? client = null) =>
        ActivatorUtilities.CreateInstance<Sweeper>(app.Services).SweepAsync(new TimerInfo(), client ?? app.DurableClient, CancellationToken.None);

    private static async Task<IReadOnlyList<SweepEntry>> EntriesAsync(TestApp app)
    {
        var entries = new List<SweepEntry>();
        await foreach (var entry in app.Services.GetRequiredService<SweepList>().ListAsync(DateTimeOffset.MaxValue, CancellationToken.None))
        {
            entries.Add(entry);
        }

        return entries;
    }

    /// <summary>A client whose calls for some instances the host breaks off: gRPC's status Cancelled, which the real client turns into this exception.</summary>
    private class CutOffClient(DurableTaskClient inner, params string[] instances) : DurableTaskClient("")
    {
        public override Task<string> ScheduleNewOrchestrationInstanceAsync(
            TaskName orchestratorName,
            object? input = null,
            StartOrchestrationOptions? options = null,
            CancellationToken cancellation = default) => IsCut(options?.InstanceId)
                ? Task.FromException<string>(new OperationCanceledException())
                : inner.ScheduleNewOrchestrationInstanceAsync(orchestratorName, input, options, cancellation);

        public override Task<OrchestrationMetadata?> GetInstanceAsync(
            string instanceId,
            bool getInputsAndOutputs = false,
            CancellationToken cancellation = default) => IsCut(instanceId)
                ? Task.FromException<OrchestrationMetadata?>(new OperationCanceledException())
                : inner.GetInstanceAsync(instanceId, getInputsAndOutputs, cancellation);

        public override Task RaiseEventAsync(string instanceId, string eventName, object? eventPayload = null, CancellationToken cancellation = default) =>
            throw new NotSupportedException();

        public override Task<OrchestrationMetadata> WaitForInstanceCompletionAsync(
            string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) => throw new NotSupportedException();

        public override Task TerminateInstanceAsync(string instanceId, TerminateInstanceOptions? options = null, CancellationToken cancellation = default) =>
            throw new NotSupportedException();

        public override Task<PurgeResult> PurgeInstanceAsync(string instanceId, PurgeInstanceOptions? options = null, CancellationToken cancellation = default) =>
            throw new NotSupportedException();

        public override Task<OrchestrationMetadata> WaitForInstanceStartAsync(
            string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) => throw new NotSupportedException();

        public override Task SuspendInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default) => throw new NotSupportedException();

        public override Task ResumeInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default) => throw new NotSupportedException();

        public override Task<OrchestrationMetadata?> GetInstancesAsync(
            string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) => throw new NotSupportedException();

        public override Microsoft.DurableTask.AsyncPageable<OrchestrationMetadata> GetAllInstancesAsync(OrchestrationQuery? filter = null) => throw new NotSupportedException();

        public override ValueTask DisposeAsync() => default;

        private bool IsCut(string? instanceId) => instances.Contains(instanceId);
    }

    /// <summary>A client of a hub that takes calls and never answers.</summary>
    private sealed class SilentClient(DurableTaskClient inner) : CutOffClient(inner)
    {
        public override Task<string> ScheduleNewOrchestrationInstanceAsync(
            TaskName orchestratorName,
            object? input = null,
            StartOrchestrationOptions? options = null,
            CancellationToken cancellation = default) => new TaskCompletionSource<string>().Task;
    }
}
