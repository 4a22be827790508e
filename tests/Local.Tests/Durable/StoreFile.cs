using Microsoft.Data.Sqlite;

namespace Jobs.Local.Tests.Durable;

/// <summary>Looks into the engine's file from outside.</summary>
internal static class StoreFile
{
    public static (long Instances, long Turns, long Inbox) Rows(string path) => (
        Scalar<long>(path, "SELECT COUNT(*) FROM instances"),
        Scalar<long>(path, "SELECT COUNT(*) FROM turns"),
        Scalar<long>(path, "SELECT COUNT(*) FROM inbox"));

    public static T Scalar<T>(string path, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={path};Mode=ReadOnly;Pooling=False");
        connection.Open();
        using var command = new SqliteCommand(sql, connection);
        return (T)command.ExecuteScalar()!;
    }
}
