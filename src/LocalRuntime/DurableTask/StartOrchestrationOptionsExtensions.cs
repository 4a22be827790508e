namespace Microsoft.DurableTask.Client;

/// <summary>Sets <see cref="StartOrchestrationOptions.DedupeStatuses"/> by status.</summary>
public static class StartOrchestrationOptionsExtensions
{
    public static StartOrchestrationOptions WithDedupeStatuses(
        this StartOrchestrationOptions options, params OrchestrationRuntimeStatus[] dedupeStatuses) =>
        options with { DedupeStatuses = [.. dedupeStatuses.Select(status => status.ToString())] };
}
