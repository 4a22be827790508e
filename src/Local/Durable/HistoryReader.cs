using DurableTask.Core;
using Microsoft.Data.Sqlite;

namespace Jobs.Local.Durable;

/// <summary>The statements that read the store, on a connection of their own.</summary>
internal sealed class HistoryReader : IDisposable
{
    private const string Columns = "key, id, name, start, created_at, status, finished_at, output, failure, custom_status";

    private readonly Lock _lock = new();
    private readonly SqlStatement _find, _unfinished, _turns, _inbox, _page;

    public HistoryReader(SqliteConnection connection)
    {
        _find = new SqlStatement(connection, $"SELECT {Columns} FROM instances WHERE id = ?1");
        _unfinished = new SqlStatement(connection, $"SELECT {Columns} FROM instances WHERE status IS NULL ORDER BY key");
        _turns = new SqlStatement(connection, "SELECT body FROM turns WHERE instance = ?1 ORDER BY number");
        _inbox = new SqlStatement(connection, "SELECT body, row FROM inbox WHERE instance = ?1 ORDER BY row");
        _page = new SqlStatement(connection, $"""
            SELECT {Columns} FROM instances
            WHERE key > ?1 AND created_at >= ?2 AND created_at <= ?3 AND substr(id, 1, length(?4)) = ?4 ORDER BY key LIMIT ?5
            """);
    }

    public InstanceRow? Find(string id)
    {
        lock (_lock)
            return _find.Bind(1, id).Rows().Select(ReadInstance).FirstOrDefault();
    }

    /// <summary>Every unfinished instance in the order of creation.</summary>
    public List<InstanceRow> Unfinished()
    {
        lock (_lock)
            return [.. _unfinished.Rows().Select(ReadInstance)];
    }

    /// <summary>The turns of an instance, each as <see cref="StoredHistory.WriteTurn"/> wrote it.</summary>
    public List<string> Turns(long key)
    {
        lock (_lock)
            return [.. _turns.Bind(1, key).Rows().Select(row => row.Text(0))];
    }

    /// <summary>What was sent to an instance and not yet taken, in the order of arrival.</summary>
    public List<(string Body, long Row)> Inbox(long key)
    {
        lock (_lock)
            return [.. _inbox.Bind(1, key).Rows().Select(row => (row.Text(0), row.Number(1)))];
    }

    /// <summary>Instances in the order of creation, from one key on.</summary>
    public List<InstanceRow> Page(long afterKey, DateTime createdFrom, DateTime createdTo, string idPrefix, int limit)
    {
        lock (_lock)
        {
            var page = _page.Bind(1, afterKey).Bind(2, createdFrom.Ticks).Bind(3, createdTo.Ticks).Bind(4, idPrefix).Bind(5, limit);
            return [.. page.Rows().Select(ReadInstance)];
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            foreach (var statement in (SqlStatement[])[_find, _unfinished, _turns, _inbox, _page])
                statement.Dispose();
        }
    }

    private static InstanceRow ReadInstance(SqlRow row) => new(
        row.Number(0),
        row.Text(1),
        row.Text(2),
        row.Text(3),
        Utc(row.Number(4)),
        row.TextOrNull(5) is { } status ? Enum.Parse<OrchestrationStatus>(status) : null,
        row.IsNull(6) ? null : Utc(row.Number(6)),
        row.TextOrNull(7),
        row.TextOrNull(8),
        row.TextOrNull(9));

    private static DateTime Utc(long ticks) => new(ticks, DateTimeKind.Utc);
}
