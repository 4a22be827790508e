namespace Microsoft.DurableTask.Client;

/// <summary>Starts, reads and steers orchestration instances.</summary>
/// <remarks>
/// The shorter overloads are here although they only forward: without them a call such as (name, options) would
/// bind to <c>object? input</c> here and to another overload in the real package.
/// </remarks>
public abstract class DurableTaskClient : IAsyncDisposable
{
    protected DurableTaskClient(string name) => Name = name;

    public string Name { get; }

    /// <summary>Stores a new instance and returns its id; it runs soon after. An exception means "unknown", not "not started".</summary>
    /// <exception cref="ArgumentException">There is no orchestrator of that name.</exception>
    /// <exception cref="InvalidOperationException">An instance of that id is unfinished, or in one of the dedupe statuses.</exception>
    public abstract Task<string> ScheduleNewOrchestrationInstanceAsync(
        TaskName orchestratorName,
        object? input = null,
        StartOrchestrationOptions? options = null,
        CancellationToken cancellation = default);

    public virtual Task<string> ScheduleNewOrchestrationInstanceAsync(TaskName orchestratorName, CancellationToken cancellation) =>
        ScheduleNewOrchestrationInstanceAsync(orchestratorName, null, null, cancellation);

    public virtual Task<string> ScheduleNewOrchestrationInstanceAsync(
        TaskName orchestratorName, object? input, CancellationToken cancellation) =>
        ScheduleNewOrchestrationInstanceAsync(orchestratorName, input, null, cancellation);

    public virtual Task<string> ScheduleNewOrchestrationInstanceAsync(
        TaskName orchestratorName, StartOrchestrationOptions options, CancellationToken cancellation = default) =>
        ScheduleNewOrchestrationInstanceAsync(orchestratorName, null, options, cancellation);

    /// <summary>Stores an event for an instance, which need not wait for it yet.</summary>
    /// <exception cref="ArgumentException">There is no instance of that id.</exception>
    /// <exception cref="InvalidOperationException">The instance has finished.</exception>
    public abstract Task RaiseEventAsync(
        string instanceId, string eventName, object? eventPayload = null, CancellationToken cancellation = default);

    public virtual Task RaiseEventAsync(string instanceId, string eventName, CancellationToken cancellation) =>
        RaiseEventAsync(instanceId, eventName, null, cancellation);

    /// <summary>The instance, or null if there is none of that id.</summary>
    public abstract Task<OrchestrationMetadata?> GetInstanceAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default);

    /// <summary>Ends once the instance has finished.</summary>
    /// <exception cref="ArgumentException">There is no instance of that id.</exception>
    public abstract Task<OrchestrationMetadata> WaitForInstanceCompletionAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default);

    /// <summary>Ends an instance where it stands. An activity that is already running runs on; its result is dropped.</summary>
    /// <exception cref="ArgumentException">There is no instance of that id.</exception>
    /// <exception cref="InvalidOperationException">The instance has finished.</exception>
    public abstract Task TerminateInstanceAsync(
        string instanceId, TerminateInstanceOptions? options = null, CancellationToken cancellation = default);

    /// <summary>Deletes a finished instance. The count is 0 where there is none of that id or it is unfinished.</summary>
    public abstract Task<PurgeResult> PurgeInstanceAsync(
        string instanceId, PurgeInstanceOptions? options = null, CancellationToken cancellation = default);

    public abstract ValueTask DisposeAsync();
}
