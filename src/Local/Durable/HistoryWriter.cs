using DurableTask.Core;
using Microsoft.Data.Sqlite;

namespace Jobs.Local.Durable;

/// <summary>The statements that change the store. One thread at a time, in a transaction that somebody else opens and commits.</summary>
internal sealed class HistoryWriter : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly List<SqlStatement> _statements = [];
    private readonly SqlStatement _insertInstance, _findInstance, _deleteInstance, _restartInstance, _finishInstance;
    private readonly SqlStatement _insertTurn, _deleteTurns, _insertInbox, _deleteInboxRow, _deleteInbox;

    public HistoryWriter(SqliteConnection connection)
    {
        _connection = connection;
        _insertInstance = Prepare("INSERT INTO instances (id, name, start, created_at) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING");
        _findInstance = Prepare("SELECT key, status FROM instances WHERE id = ?1");
        _deleteInstance = Prepare("DELETE FROM instances WHERE key = ?1");
        _restartInstance = Prepare("UPDATE instances SET start = ?2, created_at = ?3 WHERE key = ?1");
        _finishInstance = Prepare("""
            UPDATE instances SET status = ?2, finished_at = ?3, output = ?4, failure = ?5, custom_status = ?6 WHERE key = ?1
            """);
        _insertTurn = Prepare("INSERT INTO turns (instance, number, body) VALUES (?1, ?2, ?3)");
        _deleteTurns = Prepare("DELETE FROM turns WHERE instance = ?1");
        _insertInbox = Prepare("INSERT INTO inbox (instance, body) VALUES (?1, ?2)");
        _deleteInboxRow = Prepare("DELETE FROM inbox WHERE row = ?1");
        _deleteInbox = Prepare("DELETE FROM inbox WHERE instance = ?1");
    }

    /// <summary>
    /// Stores a new instance, in place of a finished one of the same id. Its key; or the status of the one in the way:
    /// an unfinished one always is (Running), a finished one if its status is among the given.
    /// </summary>
    public (long Key, OrchestrationStatus? Blocking) Create(
        string id, string name, byte[] start, DateTime createdAt, IReadOnlyCollection<OrchestrationStatus> blocking)
    {
        if (!TryInsert())
        {
            var (key, status) = Find(id)!.Value;
            if (status is null || blocking.Contains(status.Value))
                return (key, status ?? OrchestrationStatus.Running);
            Delete(key);
            TryInsert();
        }
        return (LastKey(), null);

        bool TryInsert() => _insertInstance.Bind(1, id).Bind(2, name).Bind(3, start).Bind(4, createdAt.Ticks).Execute() > 0;
    }

    /// <summary>The key of an instance, and its status if it has finished.</summary>
    public (long Key, OrchestrationStatus? Finished)? Find(string id)
    {
        foreach (var row in _findInstance.Bind(1, id).Rows())
            return (row.Number(0), row.TextOrNull(1) is { } status ? Enum.Parse<OrchestrationStatus>(status) : null);
        return null;
    }

    /// <summary>Puts a message into the inbox of an unfinished instance. Its row.</summary>
    public long AddToInbox(long key, byte[] body)
    {
        _insertInbox.Bind(1, key).Bind(2, body).Execute();
        return LastKey();
    }

    /// <summary>Forgets the turns of an execution that has continued as new.</summary>
    public void Restart(long key, byte[] start, DateTime createdAt)
    {
        _deleteTurns.Bind(1, key).Execute();
        _restartInstance.Bind(1, key).Bind(2, start).Bind(3, createdAt.Ticks).Execute();
    }

    /// <param name="number">Counts the turns of an execution from 0.</param>
    public void AddTurn(long key, int number, byte[] body) => _insertTurn.Bind(1, key).Bind(2, number).Bind(3, body).Execute();

    public void RemoveFromInbox(long row) => _deleteInboxRow.Bind(1, row).Execute();

    public void Finish(long key, OrchestrationState state)
    {
        FinishUnreadable(key, state);
        _deleteInbox.Bind(1, key).Execute();
    }

    /// <summary>Finishes an instance and keeps everything else that is stored of it.</summary>
    public void FinishUnreadable(long key, OrchestrationState state) => _finishInstance
        .Bind(1, key)
        .Bind(2, state.OrchestrationStatus.ToString())
        .Bind(3, state.LastUpdatedTime.Ticks)
        .Bind(4, state.Output)
        .Bind(5, StoredHistory.WriteFailure(state.FailureDetails))
        .Bind(6, state.Status)
        .Execute();

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
        Run($"DELETE FROM turns WHERE instance IN ({matching})");
        Run($"DELETE FROM inbox WHERE instance IN ({matching})");
        return Run($"DELETE FROM instances WHERE key IN ({matching})");

        int Run(string sql)
        {
            using var statement = new SqlStatement(_connection, sql);
            return statement.Bind(1, from.Ticks).Bind(2, to.Ticks).Execute();
        }
    }

    public void Dispose() => _statements.ForEach(statement => statement.Dispose());

    private SqlStatement Prepare(string sql)
    {
        var statement = new SqlStatement(_connection, sql);
        _statements.Add(statement);
        return statement;
    }

    private long LastKey() => SQLitePCL.raw.sqlite3_last_insert_rowid(_connection.Handle);

    private void Delete(long key)
    {
        _deleteTurns.Bind(1, key).Execute();
        _deleteInbox.Bind(1, key).Execute();
        _deleteInstance.Bind(1, key).Execute();
    }
}
