using System.Globalization;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Jobs.LocalRuntime.Engine;

/// <summary>An instance as it is stored.</summary>
/// <param name="CreatedAt">UTC.</param>
/// <param name="Outcome">Null while it is unfinished.</param>
/// <param name="FinishedAt">UTC; null while it is unfinished.</param>
internal sealed record StoredInstance(
    string Id, string Name, string? Input, DateTime CreatedAt, InstanceOutcome? Outcome, DateTime? FinishedAt);

/// <summary>
/// All instances in one SQLite file: their state, their turns, and an inbox of what clients sent and no turn has taken
/// yet. Writes are durable when they end: write-ahead log, synced at every commit.
/// </summary>
internal sealed class SqliteHistoryStore : IAsyncDisposable
{
    private const int SchemaVersion = 1;

    private const string Schema = """
        CREATE TABLE instances (
            key INTEGER PRIMARY KEY AUTOINCREMENT,
            id TEXT NOT NULL UNIQUE,
            name TEXT NOT NULL,
            input TEXT,
            created_at TEXT NOT NULL,
            status TEXT,
            finished_at TEXT,
            output TEXT,
            failure TEXT);
        CREATE INDEX unfinished ON instances (key) WHERE status IS NULL;
        CREATE TABLE turns (
            instance INTEGER NOT NULL,
            number INTEGER NOT NULL,
            body TEXT NOT NULL,
            PRIMARY KEY (instance, number)) WITHOUT ROWID;
        CREATE TABLE inbox (
            row INTEGER PRIMARY KEY AUTOINCREMENT,
            instance INTEGER NOT NULL,
            body TEXT NOT NULL);
        CREATE INDEX inbox_by_instance ON inbox (instance);
        """;

    private readonly Lock _readLock = new();
    private readonly FileStream _owner;
    private readonly SqliteConnection _writing;
    private readonly SqliteConnection _reading;
    private readonly List<SqlStatement> _statements = [];
    private readonly GroupCommit _writer;
    private readonly SqlStatement _insertInstance, _findForWrite, _deleteInstance, _finishInstance, _insertTurn, _deleteTurns;
    private readonly SqlStatement _insertInbox, _deleteInboxRow, _deleteInbox, _lastKey, _find;

    /// <summary>Opens the file, creating what is missing.</summary>
    /// <exception cref="IOException">Another process has it open.</exception>
    public SqliteHistoryStore(string path, Action<FaultPoint>? onFaultPoint)
    {
        path = Path.GetFullPath(path);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        // Two engines on one history would run everything twice. The lock goes with the process, however it ends.
        _owner = new FileStream(path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        SQLitePCL.Batteries_V2.Init();
        _writing = Open(path);
        try
        {
            CreateSchema();
        }
        catch
        {
            _writing.Dispose();
            _owner.Dispose();
            throw;
        }
        _reading = Open(path);

        _insertInstance = Prepare(4, "INSERT INTO instances (id, name, input, created_at) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING");
        _lastKey = Prepare(0, "SELECT last_insert_rowid()");
        _findForWrite = Prepare(1, "SELECT key, status FROM instances WHERE id = ?1");
        _deleteInstance = Prepare(1, "DELETE FROM instances WHERE key = ?1");
        _finishInstance = Prepare(5, "UPDATE instances SET status = ?2, finished_at = ?3, output = ?4, failure = ?5 WHERE key = ?1");
        _insertTurn = Prepare(3, "INSERT INTO turns (instance, number, body) VALUES (?1, ?2, ?3)");
        _deleteTurns = Prepare(1, "DELETE FROM turns WHERE instance = ?1");
        _insertInbox = Prepare(2, "INSERT INTO inbox (instance, body) SELECT key, ?2 FROM instances WHERE key = ?1 AND status IS NULL");
        _deleteInboxRow = Prepare(1, "DELETE FROM inbox WHERE row = ?1");
        _deleteInbox = Prepare(1, "DELETE FROM inbox WHERE instance = ?1");
        _find = new SqlStatement(_reading, 1, """
            SELECT id, name, input, created_at, status, finished_at, output, failure FROM instances WHERE id = ?1
            """);
        _statements.Add(_find);
        _writer = new GroupCommit(_writing, onFaultPoint);
    }

    /// <summary>How many transactions were committed since the store was opened.</summary>
    public long Commits => _writer.Commits;

    /// <summary>Stores a new instance in place of a finished one of the same id. Its key; or null if a finished one blocks it.</summary>
    /// <param name="blocking">Statuses of a finished instance that must not be replaced.</param>
    public Task<long?> CreateAsync(string id, string name, string? input, DateTime createdAt, IReadOnlyList<string> blocking) =>
        _writer.WriteAsync<long?>(() =>
        {
            if (_insertInstance.Execute(id, name, input, Text(createdAt)) == 0)
            {
                var (key, status) = FindForWrite(id)!.Value;
                if (status is null || blocking.Contains(status, StringComparer.OrdinalIgnoreCase))
                    return null;
                Delete(key);
                _insertInstance.Execute(id, name, input, Text(createdAt));
            }
            return (long)_lastKey.Scalar()!;
        });

    /// <summary>Stores what a client sent. Its place in the inbox; or null if the instance has finished meanwhile.</summary>
    public Task<long?> AddToInboxAsync(long key, HistoryEvent sent) => _writer.WriteAsync<long?>(() =>
    {
        var body = JsonSerializer.Serialize(sent, HistoryJson.Compact.HistoryEvent);
        return _insertInbox.Execute(key, body) == 0 ? null : (long)_lastKey.Scalar()!;
    });

    /// <summary>Stores a turn, removes from the inbox what it took, and finishes the instance if the turn did.</summary>
    /// <param name="number">Counts the turns of the instance from 0.</param>
    public Task CommitTurnAsync(long key, int number, HistoryTurn turn, IReadOnlyList<long> takenRows, InstanceOutcome? outcome)
    {
        var body = turn.ToJson();
        return _writer.WriteAsync(() =>
        {
            _insertTurn.Execute(key, number, body);
            foreach (var row in takenRows)
                _deleteInboxRow.Execute(row);
            if (outcome is not null)
            {
                var failure = outcome.Failure is null ? null : JsonSerializer.Serialize(outcome.Failure, HistoryJson.Compact.TaskFailureDetails);
                _finishInstance.Execute(key, outcome.Status.ToString(), Text(turn.At), outcome.Output, failure);
                _deleteInbox.Execute(key);
            }
            return true;
        });
    }

    /// <summary>Deletes a finished instance; false where there is none.</summary>
    public Task<bool> PurgeAsync(string id) => _writer.WriteAsync(() =>
    {
        if (FindForWrite(id) is not (var key, not null))
            return false;
        Delete(key);
        return true;
    });

    public StoredInstance? Find(string id)
    {
        lock (_readLock)
        {
            using var row = _find.Read(id);
            return row.Read() ? ReadInstance(row) : null;
        }
    }

    /// <summary>Every unfinished instance with its key, its turns and its inbox, in the order of creation.</summary>
    public IEnumerable<(long Key, StoredInstance Instance, List<HistoryTurn> Turns, List<(HistoryEvent Event, long Row)> Inbox)> LoadUnfinished()
    {
        using var instances = new SqlStatement(_reading, 0, """
            SELECT id, name, input, created_at, status, finished_at, output, failure, key FROM instances WHERE status IS NULL ORDER BY key
            """);
        using var turns = new SqlStatement(_reading, 1, "SELECT body FROM turns WHERE instance = ?1 ORDER BY number");
        using var inbox = new SqlStatement(_reading, 1, "SELECT body, row FROM inbox WHERE instance = ?1 ORDER BY row");
        using var row = instances.Read();
        while (row.Read())
        {
            var key = row.GetInt64(8);
            yield return (key, ReadInstance(row), ReadTurns(turns, key), ReadInbox(inbox, key));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _writer.DisposeAsync();
        _statements.ForEach(statement => statement.Dispose());
        lock (_readLock)
            _reading.Dispose();
        _writing.Dispose();
        _owner.Dispose();
    }

    private static SqliteConnection Open(string path)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        connection.Open();
        using var pragmas = new SqliteCommand("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000;", connection);
        pragmas.ExecuteNonQuery();
        return connection;
    }

    private void CreateSchema()
    {
        using var version = new SqliteCommand("PRAGMA user_version", _writing);
        switch ((long)version.ExecuteScalar()!)
        {
            case 0:
                using (var create = new SqliteCommand($"BEGIN; {Schema} PRAGMA user_version = {SchemaVersion}; COMMIT;", _writing))
                    create.ExecuteNonQuery();
                break;
            case SchemaVersion:
                break;
            case var other:
                throw new NotSupportedException($"The durable store has schema version {other}; this program knows {SchemaVersion}.");
        }
    }

    private SqlStatement Prepare(int parameters, string sql)
    {
        var statement = new SqlStatement(_writing, parameters, sql);
        _statements.Add(statement);
        return statement;
    }

    private (long Key, string? Status)? FindForWrite(string id)
    {
        using var row = _findForWrite.Read(id);
        return row.Read() ? (row.GetInt64(0), TextOrNull(row, 1)) : null;
    }

    private void Delete(long key)
    {
        _deleteTurns.Execute(key);
        _deleteInstance.Execute(key);
    }

    private static StoredInstance ReadInstance(SqliteDataReader row) => new(
        row.GetString(0),
        row.GetString(1),
        TextOrNull(row, 2),
        Time(row.GetString(3)),
        TextOrNull(row, 4) is { } status
            ? new InstanceOutcome(Enum.Parse<OrchestrationRuntimeStatus>(status), TextOrNull(row, 6), Failure(TextOrNull(row, 7)))
            : null,
        TextOrNull(row, 5) is { } finished ? Time(finished) : null);

    private static List<HistoryTurn> ReadTurns(SqlStatement statement, long key)
    {
        var turns = new List<HistoryTurn>();
        using var row = statement.Read(key);
        while (row.Read())
            turns.Add(HistoryTurn.FromJson(row.GetString(0)));
        return turns;
    }

    private static List<(HistoryEvent Event, long Row)> ReadInbox(SqlStatement statement, long key)
    {
        var inbox = new List<(HistoryEvent, long)>();
        using var row = statement.Read(key);
        while (row.Read())
            inbox.Add((JsonSerializer.Deserialize(row.GetString(0), HistoryJson.Compact.HistoryEvent)!, row.GetInt64(1)));
        return inbox;
    }

    private static TaskFailureDetails? Failure(string? json) =>
        json is null ? null : JsonSerializer.Deserialize(json, HistoryJson.Compact.TaskFailureDetails);

    private static string? TextOrNull(SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static string Text(DateTime time) => time.ToString("O", CultureInfo.InvariantCulture);

    private static DateTime Time(string text) => DateTime.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind);
}
