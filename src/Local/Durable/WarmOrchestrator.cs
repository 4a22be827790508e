using DurableTask.Core;

namespace Jobs.Local.Durable;

/// <summary>An orchestrator that waits in memory where its last turn left it, so that the next turn need not replay its history.</summary>
/// <param name="Executor">What goes on. It reads the new events of <paramref name="State"/>.</param>
/// <param name="State">The history, all of which the executor has been through.</param>
internal sealed record WarmOrchestrator(TaskOrchestrationExecutor Executor, OrchestrationRuntimeState State);
