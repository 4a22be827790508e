using System.Collections.Concurrent;

namespace Jobs.Local.Storage.Tables;

/// <summary>How many storage transactions a store was asked for, by table: what an account would be billed. A refused one counts too, a retry does not.</summary>
internal sealed class TableTransactions
{
    private readonly ConcurrentDictionary<string, Counter> _tables = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Reads, writes and queries of one table so far.</summary>
    public TableTransactionCounts Of(string table) => _tables.TryGetValue(table, out var counter) ? counter.Counts : default;

    /// <summary>The same for every table that was asked for anything.</summary>
    public IReadOnlyDictionary<string, TableTransactionCounts> All => _tables.ToDictionary(entry => entry.Key, entry => entry.Value.Counts, StringComparer.OrdinalIgnoreCase);

    internal void CountRead(string table) => Interlocked.Increment(ref For(table).Reads);

    internal void CountWrite(string table) => Interlocked.Increment(ref For(table).Writes);

    internal void CountQuery(string table) => Interlocked.Increment(ref For(table).Queries);

    private Counter For(string table) => _tables.GetOrAdd(table, static _ => new());

    private sealed class Counter
    {
        public long Reads;
        public long Writes;
        public long Queries;

        public TableTransactionCounts Counts => new(Volatile.Read(ref Reads), Volatile.Read(ref Writes), Volatile.Read(ref Queries));
    }
}
