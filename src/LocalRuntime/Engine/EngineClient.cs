using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Jobs.LocalRuntime.Engine;

/// <summary>The engine as the app's orchestration client.</summary>
internal sealed class EngineClient(DurableEngine engine) : DurableTaskClient("local")
{
    public override Task<string> ScheduleNewOrchestrationInstanceAsync(
        TaskName orchestratorName, object? input = null, StartOrchestrationOptions? options = null, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        return engine.ScheduleAsync(orchestratorName, input, options);
    }

    public override Task RaiseEventAsync(
        string instanceId, string eventName, object? eventPayload = null, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        return engine.SendAsync(instanceId, new HistoryEvent.EventRaised(eventName, engine.Write(eventPayload)));
    }

    public override Task TerminateInstanceAsync(
        string instanceId, TerminateInstanceOptions? options = null, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        return engine.SendAsync(instanceId, new HistoryEvent.Terminated(engine.Write(options?.Output)));
    }

    public override Task<OrchestrationMetadata?> GetInstanceAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) =>
        Task.FromResult(engine.Find(instanceId, getInputsAndOutputs));

    public override Task<OrchestrationMetadata> WaitForInstanceCompletionAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) =>
        engine.WaitForCompletionAsync(instanceId, getInputsAndOutputs, cancellation);

    public override Task<PurgeResult> PurgeInstanceAsync(
        string instanceId, PurgeInstanceOptions? options = null, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        return engine.PurgeAsync(instanceId);
    }

    /// <summary>Nothing: the engine is its owner's to end.</summary>
    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
