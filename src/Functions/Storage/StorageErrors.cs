using Azure;

namespace Jobs.Functions.Storage;

/// <summary>Names for the answers of Table Storage that are part of normal work.</summary>
internal static class StorageErrors
{
    /// <summary>An insert found the row there already.</summary>
    public static bool IsConflict(this RequestFailedException error) => error.Status == 409;

    /// <summary>The row changed since it was read.</summary>
    public static bool IsStale(this RequestFailedException error) => error.Status == 412;

    /// <summary>The row is not there.</summary>
    public static bool IsNotFound(this RequestFailedException error) => error.Status == 404;
}
