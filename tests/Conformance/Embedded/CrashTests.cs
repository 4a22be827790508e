using System.Diagnostics;
using System.Globalization;
using Azure.Data.Tables;
using Jobs.Conformance.Suites;

namespace Jobs.Conformance.Embedded;

/// <summary>A real process is killed with SIGKILL while it writes; what it had acknowledged must be there, and nothing may be there in half.</summary>
public sealed class CrashTests(EmbeddedStorageFixture embedded) : IClassFixture<EmbeddedStorageFixture>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Killed_writer_loses_nothing_that_was_acknowledged_and_leaves_no_half()
    {
        var pairs = new HashSet<string>();
        var blobs = new HashSet<string>();
        var count = 0;

        await embedded.Storage.DisposeAsync();

        // Each run continues on what the killed one before it left.
        foreach (var linesUntilKill in new[] { 1, 2, 5, 20, 100, 300, 50, 700 })
        {
            foreach (var line in await WriteAndKillAsync(linesUntilKill))
            {
                var (kind, value) = (line.Split(' ')[0], line.Split(' ')[1]);
                switch (kind)
                {
                    case "pair":
                        pairs.Add(value);
                        break;
                    case "blob":
                        blobs.Add(value);
                        break;
                    case "count":
                        count = int.Parse(value, CultureInfo.InvariantCulture);
                        break;
                }
            }
        }

        await embedded.ReopenAsync();
        var table = embedded.Tables.GetTableClient(CrashWriter.Table);
        var stored = (await table.QueryAsync<TableEntity>("PartitionKey ne 'counter'").ToListAsync()).GroupBy(entity => entity.PartitionKey).ToDictionary(group => group.Key);
        Assert.NotEmpty(pairs);
        Assert.Empty(pairs.Except(stored.Keys));
        Assert.All(stored.Values, pair => Assert.Equal([("first", pair.Key), ("second", pair.Key)], pair.Select(entity => (entity.RowKey, entity.GetString("Text")))));

        // The last increment may have been stored without having been acknowledged.
        Assert.True(count > 0);
        Assert.InRange((await table.GetEntityAsync<TableEntity>("counter", "counter")).Value.GetInt32("Count")!.Value, count, count + 1);

        var container = embedded.Blobs.GetBlobContainerClient(CrashWriter.Container);
        var names = await container.GetBlobsAsync(default, default, "", CancellationToken.None).Select(item => item.Name).ToListAsync();
        Assert.NotEmpty(blobs);
        Assert.Empty(blobs.Except(names));
        foreach (var name in names)
            Assert.Equal(CrashWriter.Content(name), (await container.GetBlobClient(name).DownloadContentAsync(CancellationToken.None)).Value.Content.ToString());
    }

    /// <summary>Runs the writer until it has acknowledged so much, kills it, and gives all that it had acknowledged.</summary>
    private async Task<List<string>> WriteAndKillAsync(int lines)
    {
        using var writer = Process.Start(new ProcessStartInfo("dotnet", ["exec", typeof(CrashWriter).Assembly.Location, embedded.Folder])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        })!;
        try
        {
            var acknowledged = new List<string>();
            using var patience = new CancellationTokenSource(Patience);
            while (await writer.StandardOutput.ReadLineAsync(patience.Token) is { } line)
            {
                if (line.EndsWith('.'))
                    acknowledged.Add(line[..^1]);
                if (acknowledged.Count == lines)
                    writer.Kill();
            }

            await writer.WaitForExitAsync(patience.Token);
            Assert.True(acknowledged.Count >= lines, await writer.StandardError.ReadToEndAsync(patience.Token));
            return acknowledged;
        }
        finally
        {
            writer.Kill();
        }
    }
}
