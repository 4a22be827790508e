using System.Globalization;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Jobs.Local.Storage;

namespace Jobs.Conformance.Embedded;

/// <summary>
/// The process that <see cref="CrashTests"/> kills: this assembly run as a program. It writes to the stores of the folder in its argument, from several
/// callers at once, until it dies, and prints a line for each write once it is acknowledged. A line ends with a full stop, so that a torn one is noticed.
/// </summary>
internal static class CrashWriter
{
    public const string Table = "Crash";
    public const string Container = "crash";
    private const int Callers = 8;

    public static async Task Main(string[] args)
    {
        await using var storage = EmbeddedStorage.Open(args[0]);
        var table = new TableServiceClient(EmbeddedStorage.ConnectionString, new TableClientOptions { Transport = storage.Transport }).GetTableClient(Table);
        await table.CreateIfNotExistsAsync();
        var container = new BlobServiceClient(EmbeddedStorage.ConnectionString, new BlobClientOptions { Transport = storage.Transport }).GetBlobContainerClient(Container);
        await container.CreateIfNotExistsAsync();
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => WritePairsAsync(table)).Append(CountAsync(table)).Append(WriteBlobsAsync(container)));
    }

    private static async Task WritePairsAsync(TableClient table)
    {
        while (true)
        {
            var id = Guid.NewGuid().ToString("N");
            await table.SubmitTransactionAsync(
            [
                new(TableTransactionActionType.Add, new TableEntity(id, "first") { ["Text"] = id }),
                new(TableTransactionActionType.Add, new TableEntity(id, "second") { ["Text"] = id }),
            ]);
            Acknowledge($"pair {id}");
        }
    }

    private static async Task CountAsync(TableClient table)
    {
        await table.UpsertEntityAsync(new TableEntity("counter", "counter"));
        while (true)
        {
            var counter = (await table.GetEntityAsync<TableEntity>("counter", "counter")).Value;
            counter["Count"] = (counter.GetInt32("Count") ?? 0) + 1;
            await table.UpdateEntityAsync(counter, counter.ETag);
            Acknowledge(string.Create(CultureInfo.InvariantCulture, $"count {counter["Count"]}"));
        }
    }

    private static async Task WriteBlobsAsync(BlobContainerClient container)
    {
        while (true)
        {
            var name = Guid.NewGuid().ToString("N");
            await container.GetBlobClient(name).UploadAsync(BinaryData.FromString(Content(name)));
            Acknowledge($"blob {name}");
        }
    }

    /// <summary>Long enough for many pages of the disk.</summary>
    public static string Content(string name) => string.Concat(Enumerable.Repeat(name, 2_000));

    private static void Acknowledge(string what) => Console.Out.WriteLine(what + ".");
}
