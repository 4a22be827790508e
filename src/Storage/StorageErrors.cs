using System.Net.Sockets;
using Azure;
using Azure.Identity;

namespace Jobs.Storage;

/// <summary>Names for the answers of storage that are part of normal work, and for those that mean it is away.</summary>
public static class StorageErrors
{
    /// <summary>An insert found the row there already.</summary>
    public static bool IsConflict(this RequestFailedException error) => error.Status == 409;

    /// <summary>The row changed since it was read.</summary>
    public static bool IsStale(this RequestFailedException error) => error.Status == 412;

    /// <summary>The row is not there.</summary>
    public static bool IsNotFound(this RequestFailedException error) => error.Status == 404;

    /// <summary>
    /// Storage cannot be reached, is too busy or has a fault of its own: the same request may succeed later. Whether it was done is not known: its answer may be all that was lost.
    /// </summary>
    public static bool IsStorageAway(this Exception error) => error switch
    {
        // 0: there was no answer at all. StorageRetryPolicy gives this form to whatever the network does to a request.
        RequestFailedException { Status: 0 or 408 or 429 or 500 or 502 or 503 or 504 } => true,
        AggregateException { InnerExceptions: { Count: > 0 } tries } => tries.All(IsStorageAway),
        // While an answer's body is read the pipeline is done with it. A timeout is told as a cancellation: ask this only where nothing else was cancelled.
        HttpRequestException or HttpIOException or TaskCanceledException => true,
        IOException { InnerException: SocketException } => true,
        // Without a token of the app's identity nothing can be asked.
        AuthenticationFailedException => true,
        _ => false,
    };
}
