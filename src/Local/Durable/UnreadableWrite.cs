using DurableTask.Core;
using DurableTask.Core.History;

namespace Jobs.Local.Durable;

/// <summary>Ends an instance whose history cannot be read, and tells the orchestration that waits for it. What is stored of it is kept.</summary>
internal sealed class UnreadableWrite : StoreWrite
{
    private const string ErrorType = "UnreadableHistory";

    private readonly HistoryWriter _store;
    private readonly LiveInstance _instance;
    private readonly OrchestrationState _state;
    private readonly Action<UnreadableWrite> _committed;

    public UnreadableWrite(HistoryWriter store, UnreadableInstance instance, DateTime now, Action<UnreadableWrite> committed)
    {
        _store = store;
        _instance = instance.Shown;
        _committed = committed;
        _state = _instance.ToState();
        _state.FailureDetails = new FailureDetails(
            ErrorType, $"The history of the orchestration '{_instance.Id}' cannot be read: {instance.Reason}", stackTrace: null, innerFailure: null, isNonRetriable: true);
        _state.Output = _state.FailureDetails.ToString();
        _state.LastUpdatedTime = now;
        _state.CompletedTime = now;
    }

    public override bool IsKept => true;

    public LiveInstance Instance => _instance;

    public OrchestrationState State => _state;

    /// <summary>After <see cref="Apply"/>: what now lies in the inbox of the parent.</summary>
    public InboxMessage? ToParent { get; private set; }

    public override void Apply()
    {
        ToParent = null;
        _store.FinishUnreadable(_instance.Key, _state);
        if (_state.ParentInstance is not { } parent || _store.Find(parent.OrchestrationInstance.InstanceId) is not (var key, null))
            return;
        var failed = new SubOrchestrationInstanceFailedEvent(
            -1, parent.TaskScheduleId, _state.FailureDetails.ErrorMessage, details: null, _state.FailureDetails)
        { Timestamp = _state.LastUpdatedTime };
        var message = new TaskMessage { OrchestrationInstance = parent.OrchestrationInstance, Event = failed };
        ToParent = new InboxMessage(message, _store.AddToInbox(key, StoredHistory.Write(failed)));
    }

    public override void Committed() => _committed(this);

    /// <summary>Nothing is lost: it was logged when it was loaded, and comes again at the next start.</summary>
    public override void Failed(Exception reason)
    {
    }
}
