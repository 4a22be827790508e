using System.Text.Json;
using DurableTask.Core;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Entities;
using Microsoft.Extensions.Logging;

namespace Jobs.Local.Durable;

/// <summary>
/// What an orchestrator is given: the shim's context with what the Functions worker's Durable extension adds to it. The input
/// becomes whatever type is asked for, where the shim only casts; and a call from another thread than the orchestrator's is
/// refused, because it comes after an await of something that is not durable.
/// </summary>
internal sealed class OrchestratorContext(TaskOrchestrationContext inner, DurableWorkerOptions options) : TaskOrchestrationContext
{
    /// <summary>The extension's words.</summary>
    public const string NonDurableAwait =
        "An invalid asynchronous invocation was detected. This can be caused by awaiting non-durable tasks in an orchestrator function's implementation or by middleware that invokes asynchronous code.";

    /// <summary>Whether the orchestrator has asked for anything yet: one that waits without having done so waits for nothing durable.</summary>
    public bool IsAccessed { get; private set; }

    public override TaskName Name => inner.Name;

    public override string InstanceId => inner.InstanceId;

    public override DateTime CurrentUtcDateTime => inner.CurrentUtcDateTime;

    public override bool IsReplaying => inner.IsReplaying;

    public override ParentOrchestrationInstance? Parent => inner.Parent;

    public override string Version => inner.Version;

    public override IReadOnlyDictionary<string, object?> Properties => inner.Properties;

    public override TaskOrchestrationEntityFeature Entities => inner.Entities;

    protected override ILoggerFactory LoggerFactory => options.LoggerFactory;

    /// <exception cref="InvalidOperationException">This is not the orchestrator's thread.</exception>
    public void ThrowIfIllegalAccess()
    {
        if (!OrchestrationContext.IsOrchestratorThread)
            throw new InvalidOperationException(NonDurableAwait);
    }

    public override T? GetInput<T>()
        where T : default
    {
        var input = Durable().GetInput<object>();
        return input switch
        {
            T typed => typed,
            null => default,
            JsonElement json => json.Deserialize<T>(options.Json),
            _ => options.DataConverter.Deserialize<T>(options.DataConverter.Serialize(input)),
        };
    }

    public override Guid NewGuid() => Durable().NewGuid();

    public override Task<T> CallActivityAsync<T>(TaskName name, object? input = null, TaskOptions? options = null) =>
        Durable().CallActivityAsync<T>(name, input, options);

    public override Task<TResult> CallSubOrchestratorAsync<TResult>(TaskName orchestratorName, object? input = null, TaskOptions? options = null) =>
        Durable().CallSubOrchestratorAsync<TResult>(orchestratorName, input, options);

    public override void ContinueAsNew(object? newInput = null, bool preserveUnprocessedEvents = true) =>
        Durable().ContinueAsNew(newInput, preserveUnprocessedEvents);

    public override void ContinueAsNew(Microsoft.DurableTask.ContinueAsNewOptions options) => Durable().ContinueAsNew(options);

    public override Task CreateTimer(DateTime fireAt, CancellationToken cancellationToken) => Durable().CreateTimer(fireAt, cancellationToken);

    public override void SetCustomStatus(object? customStatus) => Durable().SetCustomStatus(customStatus);

    public override void SendEvent(string instanceId, string eventName, object payload) => Durable().SendEvent(instanceId, eventName, payload);

    public override Task<T> WaitForExternalEvent<T>(string eventName, CancellationToken cancellationToken = default) =>
        Durable().WaitForExternalEvent<T>(eventName, cancellationToken);

    private TaskOrchestrationContext Durable()
    {
        ThrowIfIllegalAccess();
        IsAccessed = true;
        return inner;
    }
}
