using Microsoft.Data.Sqlite;

namespace Jobs.Local.Durable;

/// <summary>A prepared statement with positional parameters ?1, ?2, … Not for two threads at once.</summary>
internal sealed class SqlStatement : IDisposable
{
    private readonly SqliteCommand _command;

    public SqlStatement(SqliteConnection connection, int parameters, string sql)
    {
        _command = new SqliteCommand(sql, connection);
        for (var i = 1; i <= parameters; i++)
            _command.Parameters.Add(new SqliteParameter($"?{i}", null));
    }

    /// <summary>How many rows were changed.</summary>
    public int Execute(params ReadOnlySpan<object?> values) => Bind(values).ExecuteNonQuery();

    /// <summary>The first column of the first row; null where there is none.</summary>
    public object? Scalar(params ReadOnlySpan<object?> values) => Bind(values).ExecuteScalar();

    public SqliteDataReader Read(params ReadOnlySpan<object?> values) => Bind(values).ExecuteReader();

    public void Dispose() => _command.Dispose();

    private SqliteCommand Bind(ReadOnlySpan<object?> values)
    {
        for (var i = 0; i < values.Length; i++)
            _command.Parameters[i].Value = values[i] ?? DBNull.Value;
        return _command;
    }
}
