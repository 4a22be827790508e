using System.Net.Http.Json;
using System.Text.Json;
using Azure.Data.Tables;
using Jobs.Domain.Compilation;
using Jobs.Domain.Generation;
using Jobs.Functions.Jobs;
using Jobs.Functions.Sweeping;
using Jobs.Local.Host;
using Jobs.Storage;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Functions.Tests;

/// <summary>Callers that build, publish and delete the same widgets at the same moment, beside two sweepers: what must hold when it is quiet again.</summary>
public sealed class RaceTests
{
    private const int Widgets = 6;
    private const int Rounds = 5;

    [Fact]
    public async Task Calls_at_once_leave_no_stuck_job_no_orphan_and_no_gap_in_a_log()
    {
        var time = new ManualTimeProvider();
        await using var app = await TestApp.StartAsync(services => services.AddSingleton<TimeProvider>(time));
        var created = await Task.WhenAll(Enumerable.Range(0, Widgets).Select(_ => app.CreateWidgetAsync()));

        var calls = created.SelectMany((widget, index) => Enumerable.Range(0, Rounds).SelectMany(round => new[]
        {
            CallAsync(HttpMethod.Post, $"v1/widgets/{widget.WidgetId}/builds", new { prompt = $"round {round}" }),
            CallAsync(HttpMethod.Post, $"v1/widgets/{widget.WidgetId}/publish"),
            CallAsync(HttpMethod.Get, $"v1/widgets/{widget.WidgetId}/files"),
            // Half of the widgets are deleted in the middle of it.
            CallAsync(index % 2 == 0 && round == Rounds / 2 ? HttpMethod.Delete : HttpMethod.Get, $"v1/widgets/{widget.WidgetId}"),
        })).ToArray();
        var answers = await Task.WhenAll(calls);
        var jobs = created.Select(w => w.JobId).Concat(answers.Where(a => a.Status == 202).Select(a => a.Body.GetProperty("jobId").GetString()!)).ToArray();

        Assert.All(answers, answer => Assert.Contains(answer.Status, new[] { 200, 202, 404, 409 }));
        foreach (var jobId in jobs)
        {
            await app.WaitUntilSettledAsync(jobId);
        }

        time.Advance(SweepEntry.AnnouncementLifetime);
        await Task.WhenAll(SweepAsync(app), SweepAsync(app));
        await SweepAsync(app);

        var storage = app.Services.GetRequiredService<StorageAccount>();
        Assert.Empty(await RowsAsync(storage.Sweep));
        var deleted = created.Where((_, index) => index % 2 == 0).Select(w => w.WidgetId).ToHashSet();
        Assert.DoesNotContain(await RowsAsync(storage.Widgets), row => deleted.Any(row.RowKey.Contains));
        Assert.DoesNotContain(await RowsAsync(storage.PublishedWidgets), row => deleted.Contains(row.PartitionKey));
        await foreach (var blob in storage.Artifacts.GetBlobsAsync(
            Azure.Storage.Blobs.Models.BlobTraits.None, Azure.Storage.Blobs.Models.BlobStates.None, "", CancellationToken.None))
        {
            Assert.DoesNotContain(blob.Name.Split('/')[1], deleted);
        }

        AssertLogsAreWhole(await RowsAsync(storage.Jobs), jobs);
        foreach (var (widgetId, _) in created.Where(w => !deleted.Contains(w.WidgetId)))
        {
            Assert.Equal(202, (await CallAsync(HttpMethod.Post, $"v1/widgets/{widgetId}/builds", new { prompt = "once more" })).Status);
        }

        async Task<(int Status, JsonElement Body)> CallAsync(HttpMethod method, string address, object? body = null)
        {
            using var request = new HttpRequestMessage(method, address) { Content = body is null ? null : JsonContent.Create(body) };
            using var response = await app.Client.SendAsync(request);
            return ((int)response.StatusCode, await response.ReadJsonAsync());
        }
    }

    [Fact]
    public async Task Job_that_two_sweepers_and_its_own_request_schedule_is_built_once()
    {
        var generator = new FakeGenerator((_, _) => Task.FromResult(FakeGenerator.OneFile));
        var compiler = new FakeCompiler();
        await using var app = await TestApp.StartAsync(services => services
            .AddSingleton<IWidgetGenerator>(generator)
            .AddSingleton<IWidgetCompiler>(compiler));
        var job = await app.LayJobAndWidgetAsync(isAnnounced: true);

        await Task.WhenAll(
            SweepAsync(app),
            SweepAsync(app),
            app.Services.GetRequiredService<JobService>().CreateAsync(job, app.Services.GetRequiredService<DurableService>().Client, CancellationToken.None));
        var settled = await app.WaitUntilSettledAsync(job.Id);
        await SweepAsync(app);

        Assert.Equal("SUCCEEDED", settled.GetProperty("buildStatus").GetProperty("status").GetString());
        Assert.Equal((1, 1), (generator.Calls, compiler.Calls));
    }

    private static void AssertLogsAreWhole(IReadOnlyList<TableEntity> rows, IEnumerable<string> jobs)
    {
        foreach (var jobId in jobs)
        {
            var status = rows.Single(row => row.RowKey == jobId);
            var log = rows.Where(row => row.PartitionKey == jobId && row != status).OrderBy(row => row.RowKey, StringComparer.Ordinal).ToArray();
            Assert.Equal(Enumerable.Range(0, log.Length).Select(sequence => $"{jobId}|{sequence:D10}"), log.Select(row => row.RowKey));
            Assert.Equal(status.GetInt64("Sequence"), log.Length - 1);
            Assert.Equal(status.GetString("Status"), log[^1].GetString("Status"));
            Assert.Equal(status.GetString("Message"), log[^1].GetString("Message"));
        }
    }

    private static Task SweepAsync(TestApp app) => ActivatorUtilities.CreateInstance<Sweeper>(app.Services)
        .SweepAsync(new TimerInfo(), app.Services.GetRequiredService<DurableService>().Client, CancellationToken.None);

    private static async Task<IReadOnlyList<TableEntity>> RowsAsync(TableClient table)
    {
        var rows = new List<TableEntity>();
        await foreach (var row in table.QueryAsync<TableEntity>(""))
        {
            rows.Add(row);
        }

        return rows;
    }
}
