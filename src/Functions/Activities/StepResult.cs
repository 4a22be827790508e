namespace Jobs.Functions.Activities;

/// <summary>How a step of an orchestration ended.</summary>
public enum StepOutcome
{
    /// <summary>The step is done, now or by an earlier execution.</summary>
    Done,

    /// <summary>A question is open; the step goes on once it is closed.</summary>
    NeedsInput,

    /// <summary>A part of the step is done; it goes on at once.</summary>
    Continues,

    /// <summary>There is no place for it now; it comes again when its turn has come.</summary>
    Waits,

    /// <summary>It failed in a way that another attempt may mend.</summary>
    FailedRetry,

    /// <summary>It failed in a way that no other attempt will mend.</summary>
    FailedFinal,

    /// <summary>The job has ended or was cancelled: there is nothing to do and nothing to report.</summary>
    Stopped,
}

/// <summary>A question that waits for its answer.</summary>
/// <param name="Number">Its number within the job, from 1.</param>
/// <param name="ExpiresAt">Until when it can be answered.</param>
public sealed record OpenQuestion(int Number, DateTimeOffset ExpiresAt);

/// <summary>
/// What an activity tells its orchestration: small, because it stays in the history. Whether to try again is said here and not by an exception's type, which does
/// not survive the way through the host.
/// </summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Error">Why it failed, for the caller's eyes.</param>
/// <param name="Question">The question that needs input.</param>
/// <param name="RetryAfter">How long to wait before another attempt at least.</param>
public sealed record StepResult(StepOutcome Outcome, string? Error = null, OpenQuestion? Question = null, TimeSpan? RetryAfter = null)
{
    /// <summary>Done.</summary>
    public static StepResult Done { get; } = new(StepOutcome.Done);

    /// <summary>Nothing to do.</summary>
    public static StepResult Stopped { get; } = new(StepOutcome.Stopped);

    /// <summary>More is to be done.</summary>
    public static StepResult Continues { get; } = new(StepOutcome.Continues);

    /// <summary>No place now.</summary>
    public static StepResult Waits { get; } = new(StepOutcome.Waits);

    /// <summary>The compiler cannot be run now. Why is in the log: paths and commands are the operator's and not the caller's.</summary>
    public static StepResult CompilerUnavailable { get; } = new(StepOutcome.FailedRetry, "The compiler is not available now.");

    /// <summary>Waits for the answer to a question.</summary>
    public static StepResult Asks(OpenQuestion question) => new(StepOutcome.NeedsInput, Question: question);
}
