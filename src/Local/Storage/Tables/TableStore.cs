using System.Collections.Concurrent;
using Jobs.Local.Storage.Protocol;
using Microsoft.Data.Sqlite;

namespace Jobs.Local.Storage.Tables;

/// <summary>One page of a query.</summary>
/// <param name="Entities">The entities that match, in key order.</param>
/// <param name="Next">The keys of the first entity of the next page; null when this is the last.</param>
internal sealed record EntityPage(IReadOnlyList<StoredEntity> Entities, (string PartitionKey, string RowKey)? Next);

/// <summary>
/// Tables in one SQLite file. Writes go through a <see cref="GroupCommitWriter"/> and are on disk when they are acknowledged; reads run on connections of
/// their own, on the caller's thread, and see only what is committed. An entity's timestamp, and so its ETag, increases strictly with each change.
/// </summary>
internal sealed class TableStore : IDisposable
{
    private const string SelectEntity = "SELECT timestamp, properties FROM entities WHERE table_id = $0 AND partition_key = $1 AND row_key = $2";
    private const string UpdateEntity = "UPDATE entities SET timestamp = $3, properties = $4 WHERE table_id = $0 AND partition_key = $1 AND row_key = $2";
    private const string InsertEntity = "INSERT INTO entities (table_id, partition_key, row_key, timestamp, properties) VALUES ($0, $1, $2, $3, $4)";
    private const string DeleteEntity = "DELETE FROM entities WHERE table_id = $0 AND partition_key = $1 AND row_key = $2";

    // One statement, so that table and entity are of one moment.
    private const string SelectFromTable =
        """
        SELECT e.timestamp, e.properties FROM tables t
        LEFT JOIN entities e ON e.table_id = t.id AND e.partition_key = $1 AND e.row_key = $2 WHERE t.name = $0
        """;

    private readonly string _file;
    private readonly GroupCommitWriter _writer;
    private readonly ConcurrentBag<SqliteSession> _readers = [];
    private volatile bool _disposed;

    /// <summary>Used by the writer's thread alone.</summary>
    private long _lastTicks;

    /// <summary>Opens or makes the database.</summary>
    public TableStore(string file)
    {
        _file = file;
        _writer = new GroupCommitWriter(TableDatabase.OpenForWriting(file));
    }

    /// <summary>How many database transactions were committed; fewer than the writes when they were grouped.</summary>
    public long Commits => _writer.Commits;

    /// <inheritdoc cref="GroupCommitWriter.Fatal"/>
    public Task<Exception> Fatal => _writer.Fatal;

    /// <summary>Makes a table. 409 when it is there.</summary>
    public Task CreateTableAsync(string table, CancellationToken cancellationToken) => _writer.EnqueueAsync(
        session => session.Execute("INSERT OR IGNORE INTO tables (name) VALUES ($0)", table) == 1 ? 0 : throw TableErrors.TableAlreadyExists(),
        cancellationToken);

    /// <summary>Removes a table with its entities. 404 when it is not there.</summary>
    public Task DeleteTableAsync(string table, CancellationToken cancellationToken) => _writer.EnqueueAsync(
        session =>
        {
            // The service's code for this one is not TableNotFound.
            var id = TableId(session, table) ?? throw TableErrors.ResourceNotFound();
            session.Execute("DELETE FROM entities WHERE table_id = $0", id);
            return session.Execute("DELETE FROM tables WHERE id = $0", id);
        },
        cancellationToken);

    /// <summary>The names of the tables, in order.</summary>
    public IReadOnlyList<string> ListTables(CancellationToken cancellationToken) => Read(session =>
    {
        var names = new List<string>();
        using var row = session.Query("SELECT name FROM tables ORDER BY name");
        while (row.Read())
            names.Add(row.GetString(0));
        return names;
    }, cancellationToken);

    /// <summary>Whether a table is there.</summary>
    public bool HasTable(string table, CancellationToken cancellationToken) => Read(session => TableId(session, table) is not null, cancellationToken);

    /// <summary>Reads one entity. 404 when it, or its table, is not there.</summary>
    public StoredEntity Get(string table, string partitionKey, string rowKey, CancellationToken cancellationToken) => Read(session =>
    {
        using var row = session.Query(SelectFromTable, table, partitionKey, rowKey);
        if (!row.Read())
            throw TableErrors.TableNotFound();
        return row.IsDBNull(0) ? throw TableErrors.ResourceNotFound() : new StoredEntity(partitionKey, rowKey, row.GetInt64(0), row.GetBytes(1));
    }, cancellationToken);

    /// <summary>Does one change and gives the new version; 0 for a delete.</summary>
    public Task<long> WriteAsync(string table, TableWrite write, CancellationToken cancellationToken) =>
        _writer.EnqueueAsync(session => Apply(session, ExistingTableId(session, table), write), cancellationToken);

    /// <summary>Does all changes or none, and gives the new versions in order. The message of a refusal begins with the index of the change.</summary>
    public Task<long[]> WriteTogetherAsync(string table, IReadOnlyList<TableWrite> writes, CancellationToken cancellationToken) =>
        _writer.EnqueueAsync(
            session =>
            {
                var versions = new long[writes.Count];
                for (var i = 0; i < versions.Length; i++)
                {
                    try
                    {
                        versions[i] = Apply(session, ExistingTableId(session, table), writes[i]);
                    }
                    catch (StorageError refusal)
                    {
                        throw TableErrors.AtAction(i, refusal);
                    }
                }

                return versions;
            },
            cancellationToken);

    /// <summary>Reads one page, in key order.</summary>
    public EntityPage Query(string table, ODataFilter filter, int take, (string PartitionKey, string RowKey)? from, CancellationToken cancellationToken) => Read(session =>
    {
        var (sql, arguments) = EntityScan.Build(ExistingTableId(session, table), filter, from);
        var page = new List<StoredEntity>();
        long bytes = 0;
        using var row = session.Query(sql, arguments);
        while (row.Read())
        {
            cancellationToken.ThrowIfCancellationRequested();
            var entity = new StoredEntity(row.GetString(0), row.GetString(1), row.GetInt64(2), row.GetBytes(3));
            if (!filter.Matches(entity))
                continue;
            if (page.Count == take || bytes > TableLimits.MaxPageBytes)
                return new EntityPage(page, (entity.PartitionKey, entity.RowKey));
            page.Add(entity);
            bytes += entity.Json.Length;
        }

        return new EntityPage(page, null);
    }, cancellationToken);

    /// <summary>Finishes the enqueued writes and closes the file.</summary>
    public void Dispose()
    {
        _disposed = true;
        while (_readers.TryTake(out var reader))
            reader.Dispose();
        _writer.Dispose();
    }

    private long Apply(SqliteSession session, long tableId, TableWrite write)
    {
        long? existingTicks = null;
        byte[]? existing = null;
        using (var row = session.Query(SelectEntity, tableId, write.PartitionKey, write.RowKey))
        {
            if (row.Read())
                (existingTicks, existing) = (row.GetInt64(0), row.GetBytes(1));
        }

        switch (write.Kind)
        {
            case TableWriteKind.Insert when existingTicks is not null:
                throw TableErrors.EntityAlreadyExists();
            case TableWriteKind.Merge or TableWriteKind.Replace or TableWriteKind.Delete:
                if (existingTicks is not { } current)
                    throw TableErrors.ResourceNotFound();
                if (!TableETag.Matches(write.IfMatch, current))
                    throw TableErrors.UpdateConditionNotSatisfied();
                break;
        }

        if (write.Kind == TableWriteKind.Delete)
        {
            session.Execute(DeleteEntity, tableId, write.PartitionKey, write.RowKey);
            return 0;
        }

        var json = existing is not null && write.Kind is (TableWriteKind.Merge or TableWriteKind.InsertOrMerge) ? Merged(existing, write) : write.Json;
        _lastTicks = Math.Max(Math.Max(DateTime.UtcNow.Ticks, _lastTicks + 1), (existingTicks ?? 0) + 1);
        session.Execute(existingTicks is null ? InsertEntity : UpdateEntity, tableId, write.PartitionKey, write.RowKey, _lastTicks, json);
        return _lastTicks;
    }

    private static byte[] Merged(byte[] existing, TableWrite write)
    {
        var properties = EntityJson.Read(existing);
        foreach (var (name, value) in write.Properties)
            properties[name] = value;
        TableLimits.CheckEntity(write.PartitionKey, write.RowKey, properties);
        return EntityJson.Write(properties);
    }

    /// <summary>Runs a read on a connection that no other thread uses meanwhile.</summary>
    private T Read<T>(Func<SqliteSession, T> read, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ObjectDisposedException.ThrowIf(_disposed, this);
        SqliteSession? session = null;
        try
        {
            if (!_readers.TryTake(out session))
                session = TableDatabase.OpenForReading(_file);
            return read(session);
        }
        catch (SqliteException e)
        {
            throw DatabaseFault.AsRefusal(e);
        }
        finally
        {
            if (session is not null)
                _readers.Add(session);
            if (_disposed && _readers.TryTake(out var late))
                late.Dispose();
        }
    }

    private static long ExistingTableId(SqliteSession session, string table) => TableId(session, table) ?? throw TableErrors.TableNotFound();

    private static long? TableId(SqliteSession session, string table)
    {
        using var row = session.Query("SELECT id FROM tables WHERE name = $0", table);
        return row.Read() ? row.GetInt64(0) : null;
    }
}
