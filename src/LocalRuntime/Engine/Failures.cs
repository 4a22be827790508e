using Microsoft.DurableTask;

namespace Jobs.LocalRuntime.Engine;

/// <summary>Exceptions as they are stored.</summary>
internal static class Failures
{
    /// <summary>The real host loses an activity's exception type; so do we, or code could come to depend on it here.</summary>
    private const string UnknownType = "(unknown)";

    public static TaskFailureDetails OfActivity(string message) => new(UnknownType, message, null, null, null);

    public static TaskFailureDetails OfOrchestrator(Exception exception) => new(
        exception.GetType().ToString(),
        exception.Message,
        exception.StackTrace,
        exception is TaskFailedException failed ? failed.FailureDetails : exception.InnerException is { } inner ? OfOrchestrator(inner) : null,
        null);
}
