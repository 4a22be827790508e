using Azure.Core;
using Azure.Core.Pipeline;
using Jobs.Domain.Jobs;
using Jobs.Functions.Capacity;
using Jobs.Functions.Work;
using Jobs.Local.Storage;
using Jobs.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Functions.Tests.Work;

/// <summary>How the batches of a job come to their places, and what they read.</summary>
public sealed class BatchTests
{
    [Fact]
    public async Task Batches_that_wait_come_while_another_of_their_job_goes_on()
    {
        var others = new SemaphoreSlim(0);
        var gate = new TaskCompletionSource();
        string? id = null;
        var started = 0;
        var handler = new FakeJobHandler
        {
            Batches = WorkLimits.MaxInFlight,
            Before = work =>
            {
                if (work.JobId != id)
                {
                    return others.WaitAsync();
                }

                Interlocked.Increment(ref started);
                return gate.Task;
            },
        };
        await using var app = await WorkApp.StartAsync(handler);
        for (var jobs = 0; jobs < WorkTurns.MaxBatchesOfOne / WorkLimits.MaxInFlight; jobs++)
        {
            await app.Client.CreateJobAsync("test_work", new { });
        }

        await UntilAsync(() => handler.Runs == WorkTurns.MaxBatchesOfOne);
        // The job is planned in the one place that becomes free, and then one of its batches has it.
        id = await app.Client.CreateJobAsync("test_work", new { });
        others.Release(1);
        await UntilAsync(() => started == 1);

        others.Release(WorkTurns.MaxBatchesOfOne - 1);
        await UntilAsync(() => started == WorkLimits.MaxInFlight);

        gate.SetResult();
        Assert.Equal("completed", (await app.Client.WaitForWorkAsync(id)).Status());
    }

    [Fact]
    public async Task Cancel_of_a_job_whose_batches_wait_is_noticed_at_once()
    {
        var others = new SemaphoreSlim(0);
        string? id = null;
        var started = 0;
        var handler = new FakeJobHandler
        {
            Batches = WorkLimits.MaxInFlight,
            Before = work => work.JobId == id && Interlocked.Increment(ref started) > 0 ? Task.Delay(Timeout.Infinite) : others.WaitAsync(),
        };
        await using var app = await WorkApp.StartAsync(handler);
        for (var jobs = 0; jobs < WorkTurns.MaxBatchesOfOne / WorkLimits.MaxInFlight; jobs++)
        {
            await app.Client.CreateJobAsync("test_work", new { });
        }

        await UntilAsync(() => handler.Runs == WorkTurns.MaxBatchesOfOne);
        id = await app.Client.CreateJobAsync("test_work", new { });
        others.Release(1);
        await UntilAsync(() => started == 1);

        using var response = await app.Client.PostAsync($"v1/api/jobs/{id}/cancel", null);

        Assert.Equal(202, (int)response.StatusCode);
        Assert.Equal("cancelled", (await app.Client.WaitForWorkAsync(id)).Status());
        others.Release(WorkTurns.MaxBatchesOfOne);
    }

    [Fact]
    public async Task Input_and_plan_are_read_once_and_not_for_each_batch()
    {
        const int Batches = 40;
        Reads? reads = null;
        await using var app = await TestApp.StartAsync(services => services
            .AddSingleton<IJobHandler>(new FakeJobHandler { Batches = Batches })
            .AddSingleton(provider => new StorageAccount(
                provider.GetRequiredService<IConfiguration>(), reads = new Reads(provider.GetRequiredService<EmbeddedStorage>().Transport))));

        var id = await app.Client.CreateJobAsync("test_work", new { });
        await app.Client.WaitForWorkAsync(id);

        var job = await app.Services.GetRequiredService<JobStore>().FindAsync(id, CancellationToken.None);
        Assert.Equal(1, reads!.CountOf(job!.InputRef));
        // Those that begin at the same moment may each read it.
        Assert.InRange(reads.CountOf(job.Work!.PlanRef!), 1, WorkLimits.MaxInFlight);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    public async Task So_many_bytes_of_artifacts_are_remembered(int more, int count)
    {
        await using var app = await WorkApp.StartAsync();
        var job = await FindAsync(app, await app.Client.CreateJobAsync("import", new { format = "csv", content = "title,text" }));
        var content = System.Text.Encoding.UTF8.GetBytes($"\"{new string('x', (int)RecentArtifacts.MaxBytes - 2 + more)}\"");
        var reference = await app.Services.GetRequiredService<ArtifactStore>().WriteAsync(job.Tenant, job.ResourceId, content, CancellationToken.None);
        using var recent = new RecentArtifacts(app.Services.GetRequiredService<ArtifactStore>());

        Assert.Equal(content.Length - 2, (await recent.ReadAsync<string>(job, reference, CancellationToken.None)).Length);

        Assert.Equal(count, recent.Count);
    }

    private static async Task<Job> FindAsync(TestApp app, string id) => (await app.Services.GetRequiredService<JobStore>().FindAsync(id, CancellationToken.None))!;

    private static async Task UntilAsync(Func<bool> isThere)
    {
        for (var deadline = DateTime.UtcNow.AddSeconds(90); !isThere(); await Task.Delay(10))
        {
            Assert.True(DateTime.UtcNow < deadline, "It does not come to that.");
        }
    }

    /// <summary>Another transport that counts what is read.</summary>
    private sealed class Reads(HttpPipelineTransport inner) : HttpPipelineTransport
    {
        private readonly System.Collections.Concurrent.ConcurrentDictionary<string, int> _counts = new(StringComparer.Ordinal);

        public int CountOf(string reference) => _counts.GetValueOrDefault(reference);

        public override Request CreateRequest() => inner.CreateRequest();

        public override void Process(HttpMessage message)
        {
            Count(message);
            inner.Process(message);
        }

        public override ValueTask ProcessAsync(HttpMessage message)
        {
            Count(message);
            return inner.ProcessAsync(message);
        }

        private void Count(HttpMessage message)
        {
            if (message.Request.Method == RequestMethod.Get)
            {
                _counts.AddOrUpdate(message.Request.Uri.ToUri().Segments[^1], 1, (_, count) => count + 1);
            }
        }
    }
}
