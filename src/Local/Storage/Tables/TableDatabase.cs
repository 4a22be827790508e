using Jobs.Local.Storage.Protocol;
using Microsoft.Data.Sqlite;

namespace Jobs.Local.Storage.Tables;

/// <summary>The file of the tables: its schema, and opening it.</summary>
internal static class TableDatabase
{
    /// <summary>The version of the schema below. A file with a higher one is of a newer program.</summary>
    public const int SchemaVersion = 1;

    private const string Pragmas = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;";

    // Ids are not used again, so that a reader can never take a new table for one that was deleted.
    private const string Schema =
        """
        CREATE TABLE IF NOT EXISTS tables (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE COLLATE NOCASE);
        CREATE TABLE IF NOT EXISTS entities (
          table_id INTEGER NOT NULL, partition_key TEXT NOT NULL, row_key TEXT NOT NULL, timestamp INTEGER NOT NULL, properties BLOB NOT NULL,
          PRIMARY KEY (table_id, partition_key, row_key));
        """;

    /// <summary>Opens or makes the file for writing. One that cannot be used is a <see cref="EmbeddedStorageException"/> with a line for the user.</summary>
    public static SqliteSession OpenForWriting(string file)
    {
        SqliteSession? session = null;
        try
        {
            session = new SqliteSession(file, Pragmas);
            var version = session.Number("PRAGMA user_version");
            if (version > SchemaVersion)
                throw new EmbeddedStorageException($"{file} was written by a newer version of this program (schema {version}, known is {SchemaVersion}): update the program, or use another folder.");
            foreach (var statement in Schema.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
                session.Execute(statement);
            session.Execute($"PRAGMA user_version = {SchemaVersion}");
            return session;
        }
        catch (SqliteException e)
        {
            session?.Dispose();
            throw new EmbeddedStorageException(e.SqliteErrorCode is Corrupt or NotADatabase
                ? $"{file} is damaged or is no database: move it away, or restore it from a backup."
                : $"{file} cannot be opened: {e.Message}", e);
        }
        catch (EmbeddedStorageException)
        {
            session?.Dispose();
            throw;
        }
    }

    /// <summary>Opens the file for reading what is committed.</summary>
    public static SqliteSession OpenForReading(string file) => new(file, "PRAGMA query_only = 1");

    private const int Corrupt = 11, NotADatabase = 26;
}
