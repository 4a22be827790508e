using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Azure;
using Azure.Data.Tables;
using Jobs.LocalRuntime.Storage;
using Microsoft.Data.Sqlite;

namespace Jobs.LocalRuntime.Tables;

/// <summary>
/// Tables in one SQLite file. Writes go through a <see cref="GroupCommitWriter"/> and are on disk when they are acknowledged; reads run on connections of
/// their own, on the caller's thread, and see only what is committed. An entity's timestamp, and so its ETag, increases strictly with each change.
/// </summary>
internal sealed class SqliteTableStore : ITableStore, IDisposable
{
    private const string SelectEntity = "SELECT timestamp, properties FROM entities WHERE table_id = $0 AND partition_key = $1 AND row_key = $2";
    private const string UpdateEntity = "UPDATE entities SET timestamp = $3, properties = $4 WHERE table_id = $0 AND partition_key = $1 AND row_key = $2";
    private const string InsertEntity = "INSERT INTO entities (table_id, partition_key, row_key, timestamp, properties) VALUES ($0, $1, $2, $3, $4)";
    private const string DeleteEntity = "DELETE FROM entities WHERE table_id = $0 AND partition_key = $1 AND row_key = $2";

    private const string Schema =
        """
        CREATE TABLE IF NOT EXISTS tables (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE COLLATE NOCASE);
        CREATE TABLE IF NOT EXISTS entities (
          table_id INTEGER NOT NULL, partition_key TEXT NOT NULL, row_key TEXT NOT NULL, timestamp INTEGER NOT NULL, properties BLOB NOT NULL,
          PRIMARY KEY (table_id, partition_key, row_key));
        """;

    private readonly string _file;
    private readonly GroupCommitWriter _writer;
    private readonly ConcurrentBag<SqliteSession> _readers = [];
    private readonly ConcurrentDictionary<string, long> _tableIds = new(StringComparer.OrdinalIgnoreCase);
    private volatile bool _disposed;

    /// <summary>Used by the writer's thread alone.</summary>
    private long _lastTicks;

    /// <summary>Opens or makes the database.</summary>
    public SqliteTableStore(string file)
    {
        _file = file;
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        _writer = new GroupCommitWriter(new SqliteSession(file, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;" + Schema));
    }

    /// <inheritdoc/>
    public TableTransactions Transactions { get; } = new();

    /// <summary>How many database transactions were committed; fewer than the writes when they were grouped.</summary>
    public long Commits => _writer.Commits;

    /// <inheritdoc/>
    public Task<Response> CreateTableAsync(string table, CancellationToken cancellationToken) => _writer.EnqueueAsync<Response>(
        session => session.Execute("INSERT OR IGNORE INTO tables (name) VALUES ($0)", table) == 1 ? new StoredResponse(204) : throw TableErrors.TableAlreadyExists(table),
        cancellationToken);

    /// <inheritdoc/>
    public Task<TableRead> GetAsync(
        string table, string partitionKey, string rowKey, IReadOnlyCollection<string>? select, CancellationToken cancellationToken) => Read(session =>
    {
        if (TableId(session, table) is not { } tableId)
            return TableRead.Nothing(TableErrors.TableNotFound(table));
        using var row = session.Query(SelectEntity, tableId, partitionKey, rowKey);
        return row.Read()
            ? new TableRead(Entity(partitionKey, rowKey, row.GetInt64(0), row.GetFieldValue<byte[]>(1), select), new StoredResponse(200), null)
            : TableRead.Nothing(TableErrors.ResourceNotFound());
    }, cancellationToken);

    /// <inheritdoc/>
    public Task<Response> WriteAsync(string table, TableWrite write, CancellationToken cancellationToken) =>
        _writer.EnqueueAsync(session => Apply(session, ExistingTableId(session, table), write), cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<Response>> WriteTransactionAsync(string table, IReadOnlyList<TableWrite> writes, CancellationToken cancellationToken) =>
        _writer.EnqueueAsync<IReadOnlyList<Response>>(session =>
        {
            var responses = new List<Response>(writes.Count);
            for (var i = 0; i < writes.Count; i++)
            {
                try
                {
                    responses.Add(Apply(session, ExistingTableId(session, table), writes[i]));
                }
                catch (RequestFailedException e)
                {
                    throw TableTransactionFailedException.At(i, e);
                }
            }

            return responses;
        }, cancellationToken);

    /// <inheritdoc/>
    public Task<Page<TableEntity>> QueryAsync(string table, TableQuery query, string? continuation, CancellationToken cancellationToken)
    {
        var filter = ODataFilter.Parse(query.Filter);
        return Read(session =>
        {
            var (sql, arguments) = Scan(ExistingTableId(session, table), filter, continuation);
            var page = new List<TableEntity>();
            string? next = null;
            using var row = session.Query(sql, arguments);
            while (row.Read())
            {
                cancellationToken.ThrowIfCancellationRequested();
                var entity = Entity(row.GetString(0), row.GetString(1), row.GetInt64(2), row.GetFieldValue<byte[]>(3), null);
                if (!filter.Matches(entity.Properties))
                    continue;
                if (page.Count == query.Take)
                {
                    next = Continuation(entity.PartitionKey, entity.RowKey);
                    break;
                }

                page.Add(query.Select is null ? entity : entity.Only(query.Select));
            }

            return Page<TableEntity>.FromValues(page, next, new StoredResponse(200));
        }, cancellationToken);
    }

    /// <summary>Finishes the enqueued writes and closes the file.</summary>
    public void Dispose()
    {
        _disposed = true;
        while (_readers.TryTake(out var reader))
            reader.Dispose();
        _writer.Dispose();
    }

    private Response Apply(SqliteSession session, long tableId, TableWrite write)
    {
        long? existingTicks = null;
        byte[]? existing = null;
        using (var row = session.Query(SelectEntity, tableId, write.PartitionKey, write.RowKey))
        {
            if (row.Read())
                (existingTicks, existing) = (row.GetInt64(0), row.GetFieldValue<byte[]>(1));
        }

        switch (write.Action)
        {
            case TableTransactionActionType.Add when existingTicks is not null:
                throw TableErrors.EntityAlreadyExists();
            case TableTransactionActionType.UpdateMerge or TableTransactionActionType.UpdateReplace or TableTransactionActionType.Delete:
                if (existingTicks is not { } current)
                    throw TableErrors.ResourceNotFound();
                if (write.IfMatch != ETag.All && write.IfMatch != TableETag.Of(current))
                    throw TableErrors.UpdateConditionNotSatisfied();
                break;
        }

        if (write.Action == TableTransactionActionType.Delete)
        {
            session.Execute(DeleteEntity, tableId, write.PartitionKey, write.RowKey);
            return new StoredResponse(204);
        }

        var properties = write.Properties;
        if (existing is not null && write.Action is TableTransactionActionType.UpdateMerge or TableTransactionActionType.UpsertMerge)
            properties = Merged(existing, write);
        _lastTicks = Math.Max(Math.Max(DateTime.UtcNow.Ticks, _lastTicks + 1), (existingTicks ?? 0) + 1);
        session.Execute(existingTicks is null ? InsertEntity : UpdateEntity, tableId, write.PartitionKey, write.RowKey, _lastTicks, EntityJson.Write(properties));
        return new StoredResponse(204, TableETag.Of(_lastTicks));
    }

    private static Dictionary<string, object> Merged(byte[] existing, TableWrite write)
    {
        var properties = new Dictionary<string, object>(StringComparer.Ordinal);
        using (var json = JsonDocument.Parse(existing))
            EntityJson.Read(json.RootElement, properties);
        foreach (var (name, value) in write.Properties)
            properties[name] = value;
        TableLimits.CheckEntity(write.PartitionKey, write.RowKey, properties);
        return properties;
    }

    /// <summary>Runs a read on a connection that no other thread uses meanwhile.</summary>
    private Task<T> Read<T>(Func<SqliteSession, T> read, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
            return Task.FromCanceled<T>(cancellationToken);
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (!_readers.TryTake(out var session))
            session = new SqliteSession(_file, "PRAGMA query_only = 1");
        try
        {
            return Task.FromResult(read(session));
        }
        catch (SqliteException e)
        {
            return Task.FromException<T>(TableErrors.InternalError(e));
        }
        catch (Exception e)
        {
            return Task.FromException<T>(e);
        }
        finally
        {
            _readers.Add(session);
            if (_disposed && _readers.TryTake(out var late))
                late.Dispose();
        }
    }

    private long ExistingTableId(SqliteSession session, string table) => TableId(session, table) ?? throw TableErrors.TableNotFound(table);

    /// <summary>Ids are cached for ever, because a table is never deleted.</summary>
    private long? TableId(SqliteSession session, string table)
    {
        if (_tableIds.TryGetValue(table, out var id))
            return id;
        using var row = session.Query("SELECT id FROM tables WHERE name = $0", table);
        return row.Read() ? _tableIds[table] = row.GetInt64(0) : null;
    }

    /// <summary>The part of the index that the filter and the continuation leave to be read. Only the first bound that the index can use matters; the rest saves rows.</summary>
    private static (string Sql, object[] Arguments) Scan(long tableId, ODataFilter filter, string? continuation)
    {
        var sql = new StringBuilder("SELECT partition_key, row_key, timestamp, properties FROM entities WHERE table_id = $0");
        List<object> arguments = [tableId];
        Bound("partition_key", filter.PartitionKeys);
        Bound("row_key", filter.RowKeys);
        if (continuation is not null)
        {
            var (partitionKey, rowKey) = ParseContinuation(continuation);
            if (filter.PartitionKeys.Single is not null)
                And("row_key >=", rowKey);
            else
                sql.Append($" AND (partition_key, row_key) >= (${Argument(partitionKey)}, ${Argument(rowKey)})");
        }

        sql.Append(" ORDER BY partition_key, row_key");
        return (sql.ToString(), [.. arguments]);

        void Bound(string column, KeyRange range)
        {
            if (range.Single is { } key)
            {
                And($"{column} =", key);
                return;
            }

            if (range.Lower is { } lower)
                And(column + (range.LowerInclusive ? " >=" : " >"), lower);
            if (range.Upper is { } upper)
                And(column + (range.UpperInclusive ? " <=" : " <"), upper);
        }

        void And(string comparison, string argument) => sql.Append($" AND {comparison} ${Argument(argument)}");

        int Argument(string argument)
        {
            arguments.Add(argument);
            return arguments.Count - 1;
        }
    }

    private static TableEntity Entity(string partitionKey, string rowKey, long ticks, byte[] properties, IReadOnlyCollection<string>? select)
    {
        var entity = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            [nameof(TableEntity.PartitionKey)] = partitionKey,
            [nameof(TableEntity.RowKey)] = rowKey,
            [nameof(TableEntity.Timestamp)] = new DateTimeOffset(ticks, TimeSpan.Zero),
            [TableEntity.ETagName] = TableETag.Of(ticks).ToString(),
        };
        using (var json = JsonDocument.Parse(properties))
            EntityJson.Read(json.RootElement, entity, select);
        var result = TableEntity.Adopt(entity);
        return select is null ? result : result.Only(select);
    }

    /// <summary>The next row to read, in the form of the service's two continuation headers.</summary>
    private static string Continuation(string partitionKey, string rowKey) =>
        $"{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(partitionKey))} {Base64Url.EncodeToString(Encoding.UTF8.GetBytes(rowKey))}";

    private static (string PartitionKey, string RowKey) ParseContinuation(string continuation)
    {
        var parts = continuation.Split(' ');
        try
        {
            return parts.Length == 2
                ? (Encoding.UTF8.GetString(Base64Url.DecodeFromChars(parts[0])), Encoding.UTF8.GetString(Base64Url.DecodeFromChars(parts[1])))
                : throw new FormatException();
        }
        catch (FormatException)
        {
            throw TableErrors.BadRequest("InvalidInput", "The continuation token is not one that this service gave.");
        }
    }
}
