using Microsoft.Data.Sqlite;

namespace Jobs.Local.Storage.Tables;

/// <summary>One connection with its prepared statements, used by one thread at a time. A statement is prepared when it is first used.</summary>
internal sealed class SqliteSession : IDisposable
{
    /// <summary>How long a statement waits for another process that has the database, such as a backup.</summary>
    private const int BusyTimeoutSeconds = 2;

    private readonly SqliteConnection _connection;
    private readonly Dictionary<string, SqliteCommand> _statements = new(StringComparer.Ordinal);

    /// <summary>Opens a database file, making it when it is not there.</summary>
    public SqliteSession(string file, string pragmas)
    {
        SQLitePCL.Batteries_V2.Init();
        _connection = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = file, Pooling = false, DefaultTimeout = BusyTimeoutSeconds }.ToString());
        try
        {
            _connection.Open();
            using var command = _connection.CreateCommand();
            command.CommandText = pragmas;
            command.ExecuteNonQuery();
        }
        catch
        {
            _connection.Dispose();
            throw;
        }
    }

    /// <summary>Runs a statement and gives the number of rows it changed.</summary>
    public int Execute(string sql, params ReadOnlySpan<object> arguments) => Bind(sql, arguments).ExecuteNonQuery();

    /// <summary>Runs a query for one whole number.</summary>
    public long Number(string sql)
    {
        using var row = Query(sql);
        return row.Read() ? row.GetInt64(0) : throw new InvalidOperationException($"No row: {sql}");
    }

    /// <summary>Runs a query. The reader must be disposed before the next call with the same text.</summary>
    public SqliteDataReader Query(string sql, params ReadOnlySpan<object> arguments) => Bind(sql, arguments).ExecuteReader();

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var statement in _statements.Values)
            statement.Dispose();
        _connection.Dispose();
    }

    /// <summary>Arguments are bound by position to <c>$0</c>, <c>$1</c> and so on.</summary>
    private SqliteCommand Bind(string sql, ReadOnlySpan<object> arguments)
    {
        if (!_statements.TryGetValue(sql, out var command))
        {
            command = _connection.CreateCommand();
            command.CommandText = sql;
            for (var i = 0; i < arguments.Length; i++)
                command.Parameters.Add(new SqliteParameter { ParameterName = $"${i}" });
            _statements.Add(sql, command);
        }

        for (var i = 0; i < arguments.Length; i++)
            command.Parameters[i].Value = arguments[i];
        return command;
    }
}
