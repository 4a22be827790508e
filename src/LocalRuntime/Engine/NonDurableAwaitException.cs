namespace Jobs.LocalRuntime.Engine;

/// <summary>An orchestrator awaited, or was continued by, something that is not in its history.</summary>
internal sealed class NonDurableAwaitException() : Exception(
    "Non-durable await: an orchestrator may only await tasks of its TaskOrchestrationContext. It must not use Task.Delay, " +
    "Task.Run, I/O or ConfigureAwait(false); such work belongs in an activity.");
