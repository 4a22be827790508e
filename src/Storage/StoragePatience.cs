namespace Jobs.Storage;

/// <summary>How long one request to storage may take altogether, its repetitions included: somebody waits for a call of the API, nobody for an activity or a timer.</summary>
public static class StoragePatience
{
    /// <summary>Within a call of the API: a caller learns within two seconds that storage is away, and can come back.</summary>
    public static readonly TimeSpan WhileCallerWaits = TimeSpan.FromSeconds(1.5);

    /// <summary>Elsewhere: most faults of storage pass within this time, and giving up costs an attempt at somebody's job.</summary>
    public static readonly TimeSpan InBackground = TimeSpan.FromSeconds(20);

    private static readonly AsyncLocal<bool> CallerIsWaiting = new();

    /// <summary>What counts here.</summary>
    public static TimeSpan Limit => CallerIsWaiting.Value ? WhileCallerWaits : InBackground;

    /// <summary>From here to the end of the asynchronous method that calls this, and in all that it calls, somebody waits.</summary>
    public static void CallerWaits() => CallerIsWaiting.Value = true;
}
