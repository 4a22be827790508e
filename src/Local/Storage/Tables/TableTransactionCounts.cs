namespace Jobs.Local.Storage.Tables;

/// <summary>Storage transactions of one table.</summary>
/// <param name="Reads">Point reads.</param>
/// <param name="Writes">Changes; an entity-group transaction is one, whatever its actions.</param>
/// <param name="Queries">Query pages.</param>
internal readonly record struct TableTransactionCounts(long Reads, long Writes, long Queries);
