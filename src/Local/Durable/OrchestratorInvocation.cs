using Microsoft.DurableTask;
using Microsoft.Extensions.Logging;

namespace Jobs.Local.Durable;

/// <summary>One run of an orchestrator through its history, guarded as the Functions worker's Durable extension guards it.</summary>
internal sealed class OrchestratorInvocation(DurableOrchestrator orchestrator, DurableWorkerOptions options, ILogger log) : ITaskOrchestrator
{
    /// <summary>The orchestrator asks the context for the type that it wants.</summary>
    public Type InputType => typeof(object);

    public Type OutputType => typeof(object);

    public async Task<object?> RunAsync(TaskOrchestrationContext context, object? input)
    {
        var guarded = new OrchestratorContext(context, options);
        var running = orchestrator.Run(guarded);
        if (!running.IsCompleted && !guarded.IsAccessed)
            throw new InvalidOperationException(OrchestratorContext.NonDurableAwait);
        // What an orchestrator throws after a non-durable await is seen by nobody else: its turn is over.
        try
        {
            var result = await running;
            guarded.ThrowIfIllegalAccess();
            return result;
        }
        catch (InvalidOperationException e) when (e.Message == OrchestratorContext.NonDurableAwait)
        {
            log.LogError(e, "The orchestrator {Name} of {Instance} awaited something that is not durable.", orchestrator.Name, context.InstanceId);
            throw;
        }
    }
}
