namespace Microsoft.DurableTask.Client;

/// <summary>Where an instance stands. All the real names are here because their numbers count; the engine sets five of them.</summary>
public enum OrchestrationRuntimeStatus
{
    Running,
    Completed,
    [Obsolete("Exists for compatibility only.")]
    ContinuedAsNew,
    Failed,
    [Obsolete("Exists for compatibility only.")]
    Canceled,
    Terminated,
    Pending,
    Suspended,
}
