using DurableTask.Core;

namespace Jobs.Local.Durable;

/// <summary>A turn that is due: one replay of an orchestrator, with what has been sent to it since the last.</summary>
internal sealed class TurnWorkItem : TaskOrchestrationWorkItem
{
    public TurnWorkItem(LiveInstance instance, List<InboxMessage> inbox)
    {
        Instance = instance;
        Inbox = inbox;
        InstanceId = instance.Id;
        OrchestrationRuntimeState = new OrchestrationRuntimeState(instance.History);
        NewMessages = inbox.ConvertAll(message => message.Message);
        // One process owns the store: nothing expires.
        LockedUntilUtc = DateTime.MaxValue;
    }

    public LiveInstance Instance { get; }

    /// <summary>What the turn takes, with the rows to remove when it is stored.</summary>
    public List<InboxMessage> Inbox { get; }
}

/// <summary>An activity that is due.</summary>
internal sealed class EmbeddedActivityWorkItem : TaskActivityWorkItem
{
    public EmbeddedActivityWorkItem(LiveInstance instance, TaskMessage call)
    {
        Instance = instance;
        Id = instance.Id;
        TaskMessage = call;
        LockedUntilUtc = DateTime.MaxValue;
    }

    public LiveInstance Instance { get; }
}
