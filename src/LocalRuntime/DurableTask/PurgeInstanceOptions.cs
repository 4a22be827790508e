namespace Microsoft.DurableTask.Client;

/// <summary>Options of a purge. There are no sub-orchestrations here, so <c>Recursive</c> changes nothing.</summary>
public record PurgeInstanceOptions(bool Recursive = false);
