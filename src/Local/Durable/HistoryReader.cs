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
        _find = new SqlStatement(connection, 1, $"SELECT {Columns} FROM instances WHERE id = ?1");
        _unfinished = new SqlStatement(connection, 0, $"SELECT {Columns} FROM instances WHERE status IS NULL ORDER BY key");
        _turns = new SqlStatement(connection, 1, "SELECT body FROM turns WHERE instance = ?1 ORDER BY number");
        _inbox = new SqlStatement(connection, 1, "SELECT body, row FROM inbox WHERE instance = ?1 ORDER BY row");
        _page = new SqlStatement(connection, 5, $"""
            SELECT {Columns} FROM instances
            WHERE key > ?1 AND created_at >= ?2 AND created_at <= ?3 AND substr(id, 1, length(?4)) = ?4 ORDER BY key LIMIT ?5
            """);
    }

    public InstanceRow? Find(string id)
    {
        lock (_lock)
        {
            using var row = _find.Read(id);
            return row.Read() ? ReadInstance(row) : null;
        }
    }

    /// <summary>Every unfinished instance in the order of creation.</summary>
    public List<InstanceRow> Unfinished()
    {
        lock (_lock)
        {
            using var rows = _unfinished.Read();
            return ReadInstances(rows);
        }
    }

    /// <summary>The turns of an instance, each as <see cref="StoredHistory.WriteTurn"/> wrote it.</summary>
    public List<string> Turns(long key)
    {
        lock (_lock)
        {
            var turns = new List<string>();
            using var row = _turns.Read(key);
            while (row.Read())
                turns.Add(row.GetString(0));
            return turns;
        }
    }

    /// <summary>What was sent to an instance and not yet taken, in the order of arrival.</summary>
    public List<(string Body, long Row)> Inbox(long key)
    {
        lock (_lock)
        {
            var inbox = new List<(string, long)>();
            using var row = _inbox.Read(key);
            while (row.Read())
                inbox.Add((row.GetString(0), row.GetInt64(1)));
            return inbox;
        }
    }

    /// <summary>Instances in the order of creation, from one key on.</summary>
    public List<InstanceRow> Page(long afterKey, DateTime createdFrom, DateTime createdTo, string idPrefix, int limit)
    {
        lock (_lock)
        {
            using var rows = _page.Read(afterKey, createdFrom.Ticks, createdTo.Ticks, idPrefix, limit);
            return ReadInstances(rows);
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

    private static List<InstanceRow> ReadInstances(SqliteDataReader rows)
    {
        var instances = new List<InstanceRow>();
        while (rows.Read())
            instances.Add(ReadInstance(rows));
        return instances;
    }

    private static InstanceRow ReadInstance(SqliteDataReader row) => new(
        row.GetInt64(0),
        row.GetString(1),
        row.GetString(2),
        row.GetString(3),
        Utc(row.GetInt64(4)),
        TextOrNull(row, 5) is { } status ? Enum.Parse<OrchestrationStatus>(status) : null,
        row.IsDBNull(6) ? null : Utc(row.GetInt64(6)),
        TextOrNull(row, 7),
        TextOrNull(row, 8),
        TextOrNull(row, 9));

    private static string? TextOrNull(SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static DateTime Utc(long ticks) => new(ticks, DateTimeKind.Utc);
}
