using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Jobs.Local.Durable;

/// <summary>
/// All instances in one SQLite file: their state, their turns, and an inbox of what was sent to them and no turn has taken
/// yet. Writes are durable when they end: write-ahead log, synced at every commit.
/// </summary>
internal sealed class HistoryStore : IAsyncDisposable
{
    private const int SchemaVersion = 2;

    // Turns have rowids: without, all of a body beyond a quarter of a page would have pages of its own.
    private const string Schema = """
        CREATE TABLE instances (
            key INTEGER PRIMARY KEY AUTOINCREMENT,
            id TEXT NOT NULL UNIQUE,
            name TEXT NOT NULL,
            start TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            status TEXT,
            finished_at INTEGER,
            output TEXT,
            failure TEXT,
            custom_status TEXT);
        CREATE INDEX unfinished ON instances (key) WHERE status IS NULL;
        CREATE TABLE turns (
            instance INTEGER NOT NULL,
            number INTEGER NOT NULL,
            body TEXT NOT NULL,
            PRIMARY KEY (instance, number));
        CREATE TABLE inbox (
            row INTEGER PRIMARY KEY AUTOINCREMENT,
            instance INTEGER NOT NULL,
            body TEXT NOT NULL);
        CREATE INDEX inbox_by_instance ON inbox (instance);
        CREATE TABLE probe (written INTEGER NOT NULL);
        INSERT INTO probe VALUES (0);
        """;

    /// <summary>How long a statement waits for a tool that holds the file. The writer then rides it out as it does a full disk.</summary>
    private const int BusyMilliseconds = 1000;

    private readonly FileStream _owner;
    private readonly SqliteConnection _writing;
    private readonly SqliteConnection _reading;

    /// <summary>Opens the file, creating what is missing.</summary>
    /// <exception cref="IOException">Another process has it open.</exception>
    /// <exception cref="SqliteException">The file is no database, or a broken one.</exception>
    public HistoryStore(string path, TimeProvider time, ILogger log, Action<FaultPoint>? onFaultPoint)
    {
        path = Path.GetFullPath(path);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        // Two engines on one history would run everything twice. The lock goes with the process, however it ends.
        _owner = new FileStream(path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        SQLitePCL.Batteries_V2.Init();
        try
        {
            _writing = Open(path);
            try
            {
                CreateSchema();
                _reading = Open(path);
            }
            catch
            {
                _writing.Dispose();
                throw;
            }
        }
        catch
        {
            _owner.Dispose();
            throw;
        }
        Write = new HistoryWriter(_writing);
        Read = new HistoryReader(_reading);
        Commit = new GroupCommit(_writing, "UPDATE probe SET written = written + 1", time, log, onFaultPoint);
    }

    /// <summary>The statements that change the store: only for what <see cref="Commit"/> runs.</summary>
    public HistoryWriter Write { get; }

    public HistoryReader Read { get; }

    public GroupCommit Commit { get; }

    /// <summary>Bounds the file, in pages, for the test of a full disk.</summary>
    public void BoundPages(long pages)
    {
        using var bound = new SqliteCommand($"PRAGMA max_page_count = {pages}", _writing);
        bound.ExecuteNonQuery();
    }

    public async ValueTask DisposeAsync()
    {
        await Commit.DisposeAsync();
        Write.Dispose();
        Read.Dispose();
        _reading.Dispose();
        _writing.Dispose();
        _owner.Dispose();
    }

    private static SqliteConnection Open(string path)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        connection.Open();
        try
        {
            using var pragmas = new SqliteCommand(
                $"PRAGMA busy_timeout = {BusyMilliseconds}; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000;",
                connection);
            pragmas.ExecuteNonQuery();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
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
}
