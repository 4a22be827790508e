using System.Collections.Concurrent;
using Jobs.LocalRuntime.Blobs;
using Jobs.LocalRuntime.Tables;

namespace Jobs.LocalRuntime.Storage;

/// <summary>
/// The open local stores of this process, one per folder: <c>tables.db</c> and <c>blobs/</c>. All clients of a folder share its stores, so that their
/// writes are committed together and a test can read the counters of the store that an app uses.
/// </summary>
internal static class LocalStores
{
    private static readonly ConcurrentDictionary<string, Lazy<SqliteTableStore>> TableStores = new();
    private static readonly ConcurrentDictionary<string, Lazy<DiskBlobStore>> BlobStores = new();

    /// <summary>The table store of a folder, opened at the first call.</summary>
    public static SqliteTableStore Tables(string folder) =>
        TableStores.GetOrAdd(Normalize(folder), path => new(() => new SqliteTableStore(Path.Combine(path, "tables.db")))).Value;

    /// <summary>The blob store of a folder, opened at the first call.</summary>
    public static DiskBlobStore Blobs(string folder) =>
        BlobStores.GetOrAdd(Normalize(folder), path => new(() => new DiskBlobStore(Path.Combine(path, "blobs")))).Value;

    /// <summary>Closes the stores of a folder. Clients that still hold them fail; the next client opens them anew.</summary>
    public static void Close(string folder)
    {
        if (TableStores.TryRemove(Normalize(folder), out var tables) && tables.IsValueCreated)
            tables.Value.Dispose();
        BlobStores.TryRemove(Normalize(folder), out _);
    }

    private static string Normalize(string folder) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
}
