using System.Diagnostics;
using System.Security.Cryptography;
using Jobs.Functions.JobTypes.Export;
using Xunit.Abstractions;

namespace Jobs.Functions.Tests.Work;

/// <summary>Alone: it looks at the memory of the process.</summary>
[CollectionDefinition(nameof(ExportMemoryTests), DisableParallelization = true)]
[Collection(nameof(ExportMemoryTests))]
public sealed class ExportMemoryTests(ITestOutputHelper output)
{
    private const int Characters = 1_100;

    /// <summary>The most that what is alive may grow by; the file has more than twice as much.</summary>
    private const long MaxGrowth = 48 * 1024 * 1024;

    [Fact]
    public async Task As_many_rows_as_may_be_are_exported_and_downloaded_in_little_memory_and_one_more_is_not()
    {
        await using var app = await WorkApp.StartAsync();
        var clock = Stopwatch.StartNew();
        await app.LayDocumentsAsync(ExportHandler.MaxRows, Characters);
        var laid = clock.Elapsed;
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var peak = before;
        using var stop = new CancellationTokenSource();
        var watch = WatchAsync();

        var id = await ExportJobTests.ExportAsync(app.Client, "documents", "jsonl");
        var exported = clock.Elapsed;
        using var response = await app.Client.GetAsync($"v1/api/jobs/{id}/files/documents.jsonl", HttpCompletionOption.ResponseHeadersRead);
        await using var stream = await response.Content.ReadAsStreamAsync();
        var hash = Convert.ToHexStringLower(await SHA256.HashDataAsync(stream));
        await stop.CancelAsync();
        await watch;

        var result = (await app.Client.GetDataAsync($"v1/api/jobs/{id}")).GetProperty("result");
        var file = result.GetProperty("files")[0];
        output.WriteLine($"laid in {laid}, exported in {exported - laid}, downloaded in {clock.Elapsed - exported}: {file.GetProperty("bytes")} bytes; grew by {peak - before} bytes");
        Assert.Equal((ExportHandler.MaxRows, file.GetProperty("sha256").GetString()), (result.GetProperty("rows").GetInt32(), hash));
        Assert.True(file.GetProperty("bytes").GetInt64() > 2 * MaxGrowth);
        Assert.InRange(peak - before, 0, MaxGrowth);

        await app.LayDocumentsAsync(1, Characters, from: ExportHandler.MaxRows);
        var refused = await app.Client.WaitForWorkAsync(await app.Client.CreateJobAsync("export", new { what = "documents", format = "jsonl" }));
        Assert.Equal(("failed", "There are more than 100,000 documents; an export has at most so many."), (refused.Status(), refused.GetProperty("error").GetString()));

        // What garbage there is says nothing: each look collects it first.
        async Task WatchAsync()
        {
            while (!stop.IsCancellationRequested)
            {
                peak = Math.Max(peak, GC.GetTotalMemory(forceFullCollection: true));
                await Task.Delay(100);
            }
        }
    }
}
