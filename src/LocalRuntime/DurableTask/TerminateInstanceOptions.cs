namespace Microsoft.DurableTask.Client;

/// <summary>
/// Options of a termination: <c>Output</c> becomes the instance's output. There are no sub-orchestrations here, so
/// <c>Recursive</c> changes nothing.
/// </summary>
public record TerminateInstanceOptions(object? Output = null, bool Recursive = false);
