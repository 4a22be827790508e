using DurableTask.Core;
using Microsoft.Extensions.Logging;

namespace Jobs.Local.Durable;

/// <summary>The <see cref="EmbeddedEngine"/> as DurableTask's dispatchers see it: where they take turns and activities from, and give back what came of them.</summary>
/// <remarks>Nothing expires and nothing is renewed, because one process owns the store. There is no extended session: every turn replays the whole history, and so finds an orchestrator that is not deterministic.</remarks>
internal sealed class EmbeddedOrchestrationService(EmbeddedEngine engine) : IOrchestrationService, IDrainable
{
    private const int SecondsAfterFetchError = 1;

    public int TaskOrchestrationDispatcherCount => 1;

    /// <summary>No limit of the dispatcher's: the engine hands out no more at once than its options say.</summary>
    public int MaxConcurrentTaskOrchestrationWorkItems => int.MaxValue;

    public BehaviorOnContinueAsNew EventBehaviourForContinueAsNew => BehaviorOnContinueAsNew.Carryover;

    public int TaskActivityDispatcherCount => 1;

    /// <summary>No limit of the dispatcher's: the engine hands out no more at once than its options say.</summary>
    public int MaxConcurrentTaskActivityWorkItems => int.MaxValue;

    public Task StartAsync()
    {
        engine.Start();
        return Task.CompletedTask;
    }

    public Task StopAsync() => StopAsync(isForced: false);

    public Task StopAsync(bool isForced) => engine.DisposeAsync().AsTask();

    /// <summary>Nothing: the start creates what is missing.</summary>
    public Task CreateAsync() => Task.CompletedTask;

    public Task CreateAsync(bool recreateInstanceStore) =>
        recreateInstanceStore ? throw NotDeletable() : Task.CompletedTask;

    /// <summary>Nothing: the start creates what is missing.</summary>
    public Task CreateIfNotExistsAsync() => Task.CompletedTask;

    public Task DeleteAsync() => throw NotDeletable();

    public Task DeleteAsync(bool deleteInstanceStore) => throw NotDeletable();

    public bool IsMaxMessageCountExceeded(int currentMessageCount, OrchestrationRuntimeState runtimeState) => false;

    /// <summary>Logs. One work item that cannot be processed is no reason to delay the others.</summary>
    public int GetDelayInSecondsAfterOnProcessException(Exception exception)
    {
        engine.Log.LogError(exception, "A turn or an activity could not be processed.");
        return 0;
    }

    /// <summary>Logs.</summary>
    public int GetDelayInSecondsAfterOnFetchException(Exception exception)
    {
        engine.Log.LogError(exception, "The next turn or activity could not be taken.");
        return SecondsAfterFetchError;
    }

    public Task<TaskOrchestrationWorkItem> LockNextTaskOrchestrationWorkItemAsync(TimeSpan receiveTimeout, CancellationToken cancellationToken) =>
        engine.TakeTurnAsync(cancellationToken)!;

    public Task RenewTaskOrchestrationWorkItemLockAsync(TaskOrchestrationWorkItem workItem) => Task.CompletedTask;

    public Task CompleteTaskOrchestrationWorkItemAsync(
        TaskOrchestrationWorkItem workItem,
        OrchestrationRuntimeState newOrchestrationRuntimeState,
        IList<TaskMessage> outboundMessages,
        IList<TaskMessage> orchestratorMessages,
        IList<TaskMessage> timerMessages,
        TaskMessage continuedAsNewMessage,
        OrchestrationState orchestrationState)
    {
        engine.CompleteTurn(
            (TurnWorkItem)workItem, newOrchestrationRuntimeState, orchestrationState, outboundMessages, orchestratorMessages, timerMessages);
        return Task.CompletedTask;
    }

    public Task AbandonTaskOrchestrationWorkItemAsync(TaskOrchestrationWorkItem workItem) => engine.AbandonTurnAsync((TurnWorkItem)workItem);

    /// <summary>Nothing: the instance is free once its turn is stored.</summary>
    public Task ReleaseTaskOrchestrationWorkItemAsync(TaskOrchestrationWorkItem workItem) => Task.CompletedTask;

    public Task<TaskActivityWorkItem> LockNextTaskActivityWorkItem(TimeSpan receiveTimeout, CancellationToken cancellationToken) =>
        engine.TakeActivityAsync(cancellationToken)!;

    public Task<TaskActivityWorkItem> RenewTaskActivityWorkItemLockAsync(TaskActivityWorkItem workItem) => Task.FromResult(workItem);

    public Task CompleteTaskActivityWorkItemAsync(TaskActivityWorkItem workItem, TaskMessage responseMessage)
    {
        engine.CompleteActivity((EmbeddedActivityWorkItem)workItem, responseMessage);
        return Task.CompletedTask;
    }

    public Task AbandonTaskActivityWorkItemAsync(TaskActivityWorkItem workItem)
    {
        engine.AbandonActivity((EmbeddedActivityWorkItem)workItem);
        return Task.CompletedTask;
    }

    public Task DrainAsync() => engine.DrainAsync();

    private static NotSupportedException NotDeletable() => new("The store is a file; who wants it gone deletes it while nothing runs.");
}
