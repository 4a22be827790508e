namespace Jobs.LocalRuntime.Engine;

/// <summary>An unfinished instance in memory. All mutable members are guarded by <see cref="Lock"/>.</summary>
internal sealed class LiveInstance(string id, string name, string? input, DateTime createdAt)
{
    public Lock Lock { get; } = new();

    public string Id => id;

    public string Name => name;

    /// <summary>JSON, or null.</summary>
    public string? Input => input;

    /// <summary>UTC.</summary>
    public DateTime CreatedAt => createdAt;

    /// <summary>The store's key; ends once the instance is stored, fails if it could not be.</summary>
    public required Task<long> Key { get; init; }

    /// <summary>The stored turns. Only the turn in progress adds to it.</summary>
    public List<HistoryTurn> History { get; } = [];

    /// <summary>What the next turn is told, in order. The row is the event's place in the store's inbox, if it has one.</summary>
    public List<(HistoryEvent Event, long? Row)> Inbox { get; set; } = [];

    /// <summary>True from the moment a turn is due until its commit leaves nothing to do: there is one turn at a time.</summary>
    public bool IsInTurn { get; set; } = true;

    public bool IsFinished { get; set; }

    /// <summary>Open timers by task id.</summary>
    public Dictionary<int, TimerQueue.Entry> Timers { get; } = [];

    /// <summary>Ends when the instance has finished and is stored so.</summary>
    public TaskCompletionSource Finished { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
