using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Jobs.Local.Storage.Tables;

/// <summary>
/// One connection with its prepared statements, used by one thread at a time. A statement is prepared when it is first used. It goes past ADO.NET, whose
/// commands and readers would be most of what a read costs.
/// </summary>
internal sealed class SqliteSession : IDisposable
{
    /// <summary>How long a statement waits for another process that has the database, such as a backup.</summary>
    private const int BusyTimeoutSeconds = 2;

    private readonly SqliteConnection _connection;
    private readonly sqlite3 _database;
    private readonly Dictionary<string, SqliteRows> _statements = new(StringComparer.Ordinal);

    /// <summary>Opens a database file, making it when it is not there.</summary>
    /// <exception cref="SqliteException">It cannot be opened, or is none.</exception>
    public SqliteSession(string file, string pragmas)
    {
        Batteries_V2.Init();
        _connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Pooling = false }.ToString());
        try
        {
            _connection.Open();
            _database = _connection.Handle!;
            using var command = _connection.CreateCommand();
            command.CommandText = $"PRAGMA busy_timeout = {BusyTimeoutSeconds * 1000}; {pragmas}";
            command.ExecuteNonQuery();
        }
        catch
        {
            _connection.Dispose();
            throw;
        }
    }

    /// <summary>Runs a statement and gives the number of rows it changed.</summary>
    /// <exception cref="SqliteException">It failed.</exception>
    public int Execute(string sql, params ReadOnlySpan<object> arguments)
    {
        using var rows = Query(sql, arguments);
        while (rows.Read())
        {
        }

        return raw.sqlite3_changes(_database);
    }

    /// <summary>Runs a query for one whole number.</summary>
    /// <exception cref="SqliteException">It failed.</exception>
    public long Number(string sql)
    {
        using var row = Query(sql);
        return row.Read() ? row.GetInt64(0) : throw new InvalidOperationException($"No row: {sql}");
    }

    /// <summary>Runs a query, one statement, whose arguments are bound by position to <c>$0</c>, <c>$1</c> and so on. The rows must be disposed before the next call with the same text.</summary>
    /// <exception cref="SqliteException">The statement is wrong.</exception>
    public SqliteRows Query(string sql, params ReadOnlySpan<object> arguments)
    {
        if (!_statements.TryGetValue(sql, out var rows))
            _statements.Add(sql, rows = new SqliteRows(_database, sql, arguments.Length));
        for (var i = 0; i < arguments.Length; i++)
            rows.Bind(i, arguments[i]);
        return rows;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var statement in _statements.Values)
            statement.Release();
        _connection.Dispose();
    }
}
