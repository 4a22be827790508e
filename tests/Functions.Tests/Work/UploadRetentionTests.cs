using Jobs.Domain;
using Jobs.Domain.Jobs;
using Jobs.Functions.Sweeping;
using Jobs.Functions.Work;
using Jobs.Storage;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Functions.Tests.Work;

/// <summary>How long uploads are kept.</summary>
public sealed class UploadRetentionTests
{
    private static readonly byte[] File = "title,text\nTea,A drink\n"u8.ToArray();

    private readonly ManualTimeProvider _time = new();

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public async Task Upload_is_kept_for_its_time_and_no_longer(int milliseconds, bool isKept)
    {
        await using var app = await WorkApp.StartAsync(new FakeJobHandler(), _time);
        var id = await UploadAsync(app);

        _time.Advance(Uploads.Retention + TimeSpan.FromMilliseconds(milliseconds));
        await RemoveUnusedAsync(app);

        Assert.Equal(isKept, await IsThereAsync(app, id));
        Assert.Equal(isKept ? "completed" : "failed", (await app.Client.WaitForWorkAsync(await app.Client.CreateJobAsync("import", new { format = "csv", uploadId = id }))).Status());
    }

    [Fact]
    public async Task Job_that_names_an_upload_and_sending_it_again_begin_its_time_anew()
    {
        await using var app = await WorkApp.StartAsync(new FakeJobHandler(), _time);
        var id = await UploadAsync(app);
        _time.Advance(Uploads.Retention);
        // At any place of an input.
        await app.Client.CreateJobAsync("test_work", new { files = new[] { new { file = id } } });
        _time.Advance(Uploads.Retention);
        await RemoveUnusedAsync(app);
        Assert.True(await IsThereAsync(app, id));

        await UploadAsync(app);
        _time.Advance(Uploads.Retention);
        await RemoveUnusedAsync(app);
        Assert.True(await IsThereAsync(app, id));
    }

    [Fact]
    public async Task Upload_that_a_job_may_still_read_is_kept()
    {
        await using var app = await WorkApp.StartAsync(new FakeJobHandler(), _time);
        var id = await UploadAsync(app);
        var lists = app.Services.GetRequiredService<JobListStore>();
        var job = new Job
        {
            Id = Ids.NewJobId(_time.GetUtcNow()),
            Tenant = "acme",
            Owner = "ann",
            Kind = JobKind.Work,
            ResourceId = "x",
            InputRef = "x",
            Work = new WorkState("import"),
            Message = "Waiting to start",
            CreatedAt = _time.GetUtcNow(),
            UpdatedAt = _time.GetUtcNow(),
        };
        await lists.AddAsync(job, CancellationToken.None);
        var others = await UploadAsync(app, app.OtherTenant);

        _time.Advance(2 * Uploads.Retention);
        await RemoveUnusedAsync(app);
        Assert.True(await IsThereAsync(app, id));
        Assert.False(await IsThereAsync(app, others, "other"));

        await lists.EndAsync("acme", job.Id, CancellationToken.None);
        await RemoveUnusedAsync(app);
        Assert.False(await IsThereAsync(app, id));
    }

    [Fact]
    public async Task Upload_that_is_sent_again_while_it_is_removed_stays()
    {
        await using var app = await WorkApp.StartAsync(new FakeJobHandler(), _time);
        var artifacts = app.Services.GetRequiredService<ArtifactStore>();
        var id = await UploadAsync(app);
        var hash = id["upload_".Length..];

        // What a removal does, and between its steps the upload.
        var version = await artifacts.FindVersionAsync("acme", "uploads", hash, CancellationToken.None);
        var marked = await MarkAsync(app, id);
        await UploadAsync(app);
        await artifacts.DeleteAsync("acme", "uploads", hash, version!.Value, CancellationToken.None);
        await app.Services.GetRequiredService<UploadStore>().RemoveAsync(marked, CancellationToken.None);

        Assert.True(await IsThereAsync(app, id));
        Assert.False((await app.Services.GetRequiredService<UploadStore>().FindAsync("acme", id, CancellationToken.None))!.IsRemoved);
    }

    [Fact]
    public async Task Removal_that_a_crash_left_half_done_is_completed()
    {
        await using var app = await WorkApp.StartAsync(new FakeJobHandler(), _time);
        var id = await UploadAsync(app);
        await MarkAsync(app, id);

        // The app's own timer may do it, too.
        _time.Advance(2 * Uploads.Retention);
        await RemoveUnusedAsync(app);

        Assert.False(await IsThereAsync(app, id));
        Assert.Null(await app.Services.GetRequiredService<UploadStore>().FindAsync("acme", id, CancellationToken.None));
    }

    private static async Task<StoredUpload> MarkAsync(TestApp app, string id)
    {
        var store = app.Services.GetRequiredService<UploadStore>();
        var upload = await store.FindAsync("acme", id, CancellationToken.None);
        return (await store.TryReplaceAsync(upload!, upload!.UsedAt, isRemoved: true, CancellationToken.None))!;
    }

    private static async Task<string> UploadAsync(TestApp app, HttpClient? client = null)
    {
        using var response = await (client ?? app.Client).PostAsync("v1/api/uploads", new ByteArrayContent(File));
        return (await response.ReadJsonAsync()).GetProperty("data").GetProperty("uploadId").GetString()!;
    }

    private static Task RemoveUnusedAsync(TestApp app) => ActivatorUtilities.CreateInstance<Sweeper>(app.Services).RemoveExpiredAsync(new TimerInfo(), CancellationToken.None);

    private static async Task<bool> IsThereAsync(TestApp app, string id, string tenant = "acme") =>
        await app.Services.GetRequiredService<Uploads>().FindAsync(tenant, id, CancellationToken.None) is not null;
}
