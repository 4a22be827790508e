using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Jobs.Local.Storage.Tables;

/// <summary>A prepared statement, and the rows that it gives. Disposing makes it ready for its next use.</summary>
internal sealed class SqliteRows : IDisposable
{
    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;
    private readonly int[] _places;

    /// <exception cref="SqliteException">The statement is wrong.</exception>
    public SqliteRows(sqlite3 database, string sql, int arguments)
    {
        _database = database;
        Check(raw.sqlite3_prepare_v2(database, sql, out _statement));
        _places = [.. Enumerable.Range(0, arguments).Select(i => raw.sqlite3_bind_parameter_index(_statement, $"${i}"))];
    }

    /// <summary>Goes to the next row; false when there is none.</summary>
    /// <exception cref="SqliteException">The statement failed.</exception>
    public bool Read()
    {
        var code = raw.sqlite3_step(_statement);
        return code is raw.SQLITE_ROW or raw.SQLITE_DONE ? code == raw.SQLITE_ROW : throw Failure(code);
    }

    public bool IsDBNull(int column) => raw.sqlite3_column_type(_statement, column) == raw.SQLITE_NULL;

    public long GetInt64(int column) => raw.sqlite3_column_int64(_statement, column);

    public string GetString(int column) => raw.sqlite3_column_text(_statement, column).utf8_to_string();

    public byte[] GetBytes(int column) => raw.sqlite3_column_blob(_statement, column).ToArray();

    public void Bind(int argument, object value)
    {
        Check(value switch
        {
            long number => raw.sqlite3_bind_int64(_statement, _places[argument], number),
            int number => raw.sqlite3_bind_int64(_statement, _places[argument], number),
            // A text ends at its first zero, unless it comes with its length.
            string text when text.Contains('\0') => raw.sqlite3_bind_text(_statement, _places[argument], Encoding.UTF8.GetBytes(text)),
            string text => raw.sqlite3_bind_text(_statement, _places[argument], text),
            byte[] bytes => raw.sqlite3_bind_blob(_statement, _places[argument], bytes),
            _ => throw new ArgumentException($"A {value.GetType()} cannot be bound.", nameof(value)),
        });
    }

    /// <summary>Tells again what the last step told, which has been thrown by then.</summary>
    public void Dispose() => _ = raw.sqlite3_reset(_statement);

    /// <summary>Ends the statement itself.</summary>
    public void Release() => _statement.Dispose();

    private void Check(int code)
    {
        if (code != raw.SQLITE_OK)
            throw Failure(code);
    }

    private SqliteException Failure(int code) =>
        new(raw.sqlite3_errmsg(_database).utf8_to_string(), code & 0xFF, raw.sqlite3_extended_errcode(_database));
}
