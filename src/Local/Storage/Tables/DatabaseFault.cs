using Jobs.Local.Storage.Protocol;
using Microsoft.Data.Sqlite;

namespace Jobs.Local.Storage.Tables;

/// <summary>What a fault of the database is to a client.</summary>
internal static class DatabaseFault
{
    private const int Busy = 5, OutOfMemory = 7, IoError = 10, Full = 13, CannotOpen = 14, ReadOnly = 8;

    /// <summary>503 for what may pass by itself, such as a full disk; 500 for what will not, such as a damaged file.</summary>
    public static StorageError AsRefusal(SqliteException fault) => fault.SqliteErrorCode is Busy or OutOfMemory or IoError or Full or CannotOpen or ReadOnly
        ? StorageError.ServerBusy($"The database cannot be used now: {fault.Message}", fault)
        : new StorageError(500, "InternalError", $"The database failed: {fault.Message}", fault);
}
