using DurableTask.Core;
using DurableTask.Core.History;

namespace Jobs.Local.Durable;

/// <summary>Ends an instance whose history cannot be read, and tells the orchestration that waits for it. What is stored of it is kept.</summary>
internal sealed class UnreadableWrite(
    HistoryWriter store, UnreadableInstance instance, DateTime now, Action<string, InboxMessage> deliver) : StoreWrite
{
    private const string ErrorType = "UnreadableHistory";

    private readonly FailureDetails _failure = new(
        ErrorType, $"The history of the orchestration '{instance.Row.Id}' cannot be read: {instance.Reason}", stackTrace: null, innerFailure: null, isNonRetriable: true);

    private InboxMessage? _toParent;

    public override bool IsKept => true;

    public override void Apply()
    {
        _toParent = null;
        store.FinishUnreadable(instance.Row.Key, new OrchestrationState
        {
            OrchestrationStatus = OrchestrationStatus.Failed,
            Output = _failure.ToString(),
            FailureDetails = _failure,
            LastUpdatedTime = now,
        });
        if (instance.Parent is not { } parent || store.Find(parent.OrchestrationInstance.InstanceId) is not (var key, null))
            return;
        var failed = new SubOrchestrationInstanceFailedEvent(-1, parent.TaskScheduleId, _failure.ErrorMessage, details: null, _failure) { Timestamp = now };
        var message = new TaskMessage { OrchestrationInstance = parent.OrchestrationInstance, Event = failed };
        _toParent = new InboxMessage(message, store.AddToInbox(key, StoredHistory.Write(failed)));
    }

    public override void Committed()
    {
        if (_toParent is { } message)
            deliver(message.Message.OrchestrationInstance.InstanceId, message);
    }

    /// <summary>It was logged when it was loaded, and is tried again at the next start.</summary>
    public override void Failed(Exception reason)
    {
    }
}
