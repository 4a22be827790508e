namespace Jobs.Domain.Runs;

/// <summary>Something that happened to a run, at a time. Events that an execution writes carry its number: an execution that was overtaken is refused.</summary>
/// <param name="At">When it happened.</param>
public abstract record RunEvent(DateTimeOffset At)
{
    /// <summary>The code is given to the sandbox, now. It takes over from an execution before it, where that may be.</summary>
    /// <param name="At">When.</param>
    /// <param name="HasNetwork">Whether the code can send requests.</param>
    public sealed record Started(DateTimeOffset At, bool HasNetwork) : RunEvent(At);

    /// <summary>The sandbox could not start the code.</summary>
    public sealed record NotStarted(DateTimeOffset At, int Attempt) : RunEvent(At);

    /// <summary>The code has ended.</summary>
    /// <param name="At">When.</param>
    /// <param name="Attempt">The execution.</param>
    /// <param name="ResultRef">The artifact that holds the output and the logs.</param>
    /// <param name="Error">Why there is no output; null when there is.</param>
    /// <param name="StartUp">How long it took to start the code.</param>
    /// <param name="Duration">How long the code took.</param>
    public sealed record Ended(DateTimeOffset At, int Attempt, string ResultRef, RunError? Error, TimeSpan StartUp, TimeSpan Duration) : RunEvent(At);

    /// <summary>The run is given up.</summary>
    public sealed record Failed(DateTimeOffset At, RunError Error) : RunEvent(At);

    /// <summary>Somebody asked to stop it.</summary>
    public sealed record CancelAsked(DateTimeOffset At) : RunEvent(At);

    /// <summary>The code was stopped on request.</summary>
    public sealed record Cancelled(DateTimeOffset At) : RunEvent(At);
}
