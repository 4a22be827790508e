using DurableTask.Core;
using Microsoft.Data.Sqlite;

namespace Jobs.Local.Durable;

/// <summary>The statements that change the store. One thread at a time, in a transaction that somebody else opens and commits.</summary>
internal sealed class HistoryWriter : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly List<SqlStatement> _statements = [];
    private readonly SqlStatement _insertInstance, _findInstance, _deleteInstance, _restartInstance, _finishInstance, _lastKey;
    private readonly SqlStatement _insertTurn, _deleteTurns, _insertInbox, _deleteInboxRow, _deleteInbox;

    public HistoryWriter(SqliteConnection connection)
    {
        _connection = connection;
        _insertInstance = Prepare(4, "INSERT INTO instances (id, name, start, created_at) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING");
        _lastKey = Prepare(0, "SELECT last_insert_rowid()");
        _findInstance = Prepare(1, "SELECT key, status FROM instances WHERE id = ?1");
        _deleteInstance = Prepare(1, "DELETE FROM instances WHERE key = ?1");
        _restartInstance = Prepare(3, "UPDATE instances SET start = ?2, created_at = ?3 WHERE key = ?1");
        _finishInstance = Prepare(6, """
            UPDATE instances SET status = ?2, finished_at = ?3, output = ?4, failure = ?5, custom_status = ?6 WHERE key = ?1
            """);
        _insertTurn = Prepare(3, "INSERT INTO turns (instance, number, body) VALUES (?1, ?2, ?3)");
        _deleteTurns = Prepare(1, "DELETE FROM turns WHERE instance = ?1");
        _insertInbox = Prepare(2, "INSERT INTO inbox (instance, body) VALUES (?1, ?2)");
        _deleteInboxRow = Prepare(1, "DELETE FROM inbox WHERE row = ?1");
        _deleteInbox = Prepare(1, "DELETE FROM inbox WHERE instance = ?1");
    }

    /// <summary>
    /// Stores a new instance, in place of a finished one of the same id. Its key; or the status of the one in the way:
    /// an unfinished one always is (Running), a finished one if its status is among the given.
    /// </summary>
    public (long Key, OrchestrationStatus? Blocking) Create(
        string id, string name, string start, DateTime createdAt, IReadOnlyCollection<OrchestrationStatus> blocking)
    {
        if (_insertInstance.Execute(id, name, start, createdAt.Ticks) == 0)
        {
            var (key, status) = Find(id)!.Value;
            if (status is null || blocking.Contains(status.Value))
                return (key, status ?? OrchestrationStatus.Running);
            Delete(key);
            _insertInstance.Execute(id, name, start, createdAt.Ticks);
        }
        return ((long)_lastKey.Scalar()!, null);
    }

    /// <summary>The key of an instance, and its status if it has finished.</summary>
    public (long Key, OrchestrationStatus? Finished)? Find(string id)
    {
        using var row = _findInstance.Read(id);
        return row.Read() ? (row.GetInt64(0), row.IsDBNull(1) ? null : Enum.Parse<OrchestrationStatus>(row.GetString(1))) : null;
    }

    /// <summary>Puts a message into the inbox of an unfinished instance. Its row.</summary>
    public long AddToInbox(long key, string body)
    {
        _insertInbox.Execute(key, body);
        return (long)_lastKey.Scalar()!;
    }

    /// <summary>Forgets the turns of an execution that has continued as new.</summary>
    public void Restart(long key, string start, DateTime createdAt)
    {
        _deleteTurns.Execute(key);
        _restartInstance.Execute(key, start, createdAt.Ticks);
    }

    /// <param name="number">Counts the turns of an execution from 0.</param>
    public void AddTurn(long key, int number, string body) => _insertTurn.Execute(key, number, body);

    public void RemoveFromInbox(long row) => _deleteInboxRow.Execute(row);

    public void Finish(long key, OrchestrationState state)
    {
        FinishUnreadable(key, state);
        _deleteInbox.Execute(key);
    }

    /// <summary>Finishes an instance and keeps everything else that is stored of it.</summary>
    public void FinishUnreadable(long key, OrchestrationState state) =>
        _finishInstance.Execute(
            key, state.OrchestrationStatus.ToString(), state.LastUpdatedTime.Ticks, state.Output, StoredHistory.WriteFailure(state.FailureDetails), state.Status);

    /// <summary>Deletes a finished instance; false where there is none.</summary>
    public bool Purge(string id)
    {
        if (Find(id) is not (var key, not null))
            return false;
        Delete(key);
        return true;
    }

    /// <summary>Deletes the finished instances that were created between two moments and have one of the given statuses, if any are given.</summary>
    public int Purge(DateTime from, DateTime to, IReadOnlyCollection<OrchestrationStatus> statuses)
    {
        var among = statuses.Count == 0 ? "" : $"AND status IN ({string.Join(", ", statuses.Select(status => $"'{status}'"))})";
        var matching = $"SELECT key FROM instances WHERE status IS NOT NULL AND created_at >= ?1 AND created_at <= ?2 {among}";
        using var turns = new SqlStatement(_connection, 2, $"DELETE FROM turns WHERE instance IN ({matching})");
        using var instances = new SqlStatement(_connection, 2, $"DELETE FROM instances WHERE key IN ({matching})");
        using var inboxes = new SqlStatement(_connection, 2, $"DELETE FROM inbox WHERE instance IN ({matching})");
        turns.Execute(from.Ticks, to.Ticks);
        inboxes.Execute(from.Ticks, to.Ticks);
        return instances.Execute(from.Ticks, to.Ticks);
    }

    public void Dispose() => _statements.ForEach(statement => statement.Dispose());

    private SqlStatement Prepare(int parameters, string sql)
    {
        var statement = new SqlStatement(_connection, parameters, sql);
        _statements.Add(statement);
        return statement;
    }

    private void Delete(long key)
    {
        _deleteTurns.Execute(key);
        _deleteInbox.Execute(key);
        _deleteInstance.Execute(key);
    }
}
