using DurableTask.Core;
using DurableTask.Core.History;

namespace Jobs.Local.Durable;

/// <summary>An unfinished instance in memory. What can change is guarded by <see cref="Lock"/>, except where a member says who alone changes it.</summary>
/// <param name="key">The store's key.</param>
internal sealed class LiveInstance(long key, ExecutionStartedEvent start)
{
    public Lock Lock { get; } = new();

    public long Key => key;

    public string Id { get; } = start.OrchestrationInstance.InstanceId;

    /// <summary>How the present execution was started; ContinueAsNew replaces it.</summary>
    public ExecutionStartedEvent Start { get; set; } = start;

    public string ExecutionId => Start.OrchestrationInstance.ExecutionId;

    /// <summary>What the stored turns hold. Only the committing of a turn adds to it, and the next turn begins after that.</summary>
    public List<HistoryEvent> History { get; } = [];

    /// <summary>How many turns of the present execution are stored. Changed only by the committing of a turn.</summary>
    public int Turns { get; set; }

    /// <summary>What the next turn is told, in order.</summary>
    public List<InboxMessage> Inbox { get; set; } = [];

    /// <summary>True from the moment a turn is due until its commit leaves nothing to do: there is one turn at a time.</summary>
    public bool IsInTurn { get; set; }

    public bool IsFinished { get; set; }

    /// <summary>Pending, Running or Suspended.</summary>
    public OrchestrationStatus Status { get; set; } = OrchestrationStatus.Pending;

    public string? CustomStatus { get; set; }

    public DateTime LastUpdated { get; set; } = start.Timestamp;

    /// <summary>Open timers by task id. Changed only by the committing of a turn, and while loading.</summary>
    public Dictionary<int, TimerQueue.Entry> Timers { get; } = [];

    /// <summary>Ends when the first turn is stored.</summary>
    public TaskCompletionSource Started { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when the instance has finished and is stored so.</summary>
    public TaskCompletionSource<OrchestrationState> Finished { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public OrchestrationState ToState()
    {
        lock (Lock)
        {
            return new OrchestrationState
            {
                OrchestrationInstance = Start.OrchestrationInstance,
                ParentInstance = Start.ParentInstance,
                Name = Start.Name,
                Version = Start.Version,
                Tags = Start.Tags,
                Input = Start.Input,
                OrchestrationStatus = Status,
                Status = CustomStatus,
                CreatedTime = Start.Timestamp,
                LastUpdatedTime = LastUpdated,
                CompletedTime = DateTime.MaxValue,
            };
        }
    }
}

/// <summary>Something that an instance is told in its next turn.</summary>
/// <param name="Row">Its place in the store's inbox, if it has one: the turn that takes it removes it there.</param>
internal readonly record struct InboxMessage(TaskMessage Message, long? Row);
