using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Jobs.Local.Durable;

/// <summary>
/// A prepared statement with positional parameters ?1, ?2, … Not for two threads at once. It goes past ADO.NET, whose
/// parameters and readers would be most of what a commit costs.
/// </summary>
internal sealed class SqlStatement : IDisposable
{
    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;

    /// <exception cref="SqliteException">The statement is wrong.</exception>
    public SqlStatement(SqliteConnection connection, string sql)
    {
        _database = connection.Handle ?? throw new ArgumentException("The connection is not open.", nameof(connection));
        Check(raw.sqlite3_prepare_v2(_database, sql, out _statement));
    }

    public SqlStatement Bind(int parameter, long value)
    {
        Check(raw.sqlite3_bind_int64(_statement, parameter, value));
        return this;
    }

    public SqlStatement Bind(int parameter, string? value)
    {
        Check(value is null ? raw.sqlite3_bind_null(_statement, parameter) : raw.sqlite3_bind_text(_statement, parameter, value));
        return this;
    }

    /// <param name="utf8">Copied before this returns.</param>
    public SqlStatement Bind(int parameter, ReadOnlySpan<byte> utf8)
    {
        Check(raw.sqlite3_bind_text(_statement, parameter, utf8));
        return this;
    }

    /// <summary>Runs the statement to its end. How many rows were changed.</summary>
    public int Execute()
    {
        try
        {
            while (Step())
            {
            }
            return raw.sqlite3_changes(_database);
        }
        finally
        {
            Reset();
        }
    }

    /// <summary>The rows, each of which is valid until the next is asked for.</summary>
    public IEnumerable<SqlRow> Rows()
    {
        try
        {
            while (Step())
                yield return new SqlRow(_statement);
        }
        finally
        {
            Reset();
        }
    }

    public void Dispose() => _statement.Dispose();

    /// <exception cref="SqliteException">The statement failed.</exception>
    private bool Step()
    {
        var code = raw.sqlite3_step(_statement);
        if (code is raw.SQLITE_ROW or raw.SQLITE_DONE)
            return code == raw.SQLITE_ROW;
        throw Failure(code);
    }

    /// <summary>Tells again what the last step told, which has been thrown by then.</summary>
    private void Reset() => _ = raw.sqlite3_reset(_statement);

    private void Check(int code)
    {
        if (code != raw.SQLITE_OK)
            throw Failure(code);
    }

    private SqliteException Failure(int code) =>
        new(raw.sqlite3_errmsg(_database).utf8_to_string(), code & 0xFF, raw.sqlite3_extended_errcode(_database));
}

/// <summary>The present row of a statement.</summary>
internal readonly struct SqlRow(sqlite3_stmt statement)
{
    public bool IsNull(int column) => raw.sqlite3_column_type(statement, column) == raw.SQLITE_NULL;

    public long Number(int column) => raw.sqlite3_column_int64(statement, column);

    public string Text(int column) => raw.sqlite3_column_text(statement, column).utf8_to_string();

    public string? TextOrNull(int column) => IsNull(column) ? null : Text(column);
}
