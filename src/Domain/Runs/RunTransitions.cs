namespace Jobs.Domain.Runs;

/// <summary>What an event did to a run.</summary>
public abstract record RunTransition
{
    private RunTransition()
    {
    }

    /// <summary>The run as the event left it.</summary>
    public sealed record Applied(AgentRun Run) : RunTransition;

    /// <summary>The event is illegal in the run's state; nothing changed.</summary>
    public sealed record Refused(string Reason) : RunTransition;
}

/// <summary>The one function that changes a run. It is total: every event in every state has an answer.</summary>
public static class RunTransitions
{
    /// <summary>
    /// True when the code may be executed although it was, or can have been, executed before: nothing outside of the sandbox can have noticed. A run without the network is a
    /// function of its input; one with it may have sent an e-mail.
    /// </summary>
    public static bool MayExecuteAgain(AgentRun run) => !run.HadNetwork;

    /// <summary>Applies <paramref name="change"/>; an applied event raises <see cref="AgentRun.Sequence"/> by one and never moves <see cref="AgentRun.UpdatedAt"/> back.</summary>
    public static RunTransition Apply(AgentRun run, RunEvent change)
    {
        var (next, reason) = change switch
        {
            RunEvent.Started e => Started(run, e),
            RunEvent.NotStarted e => NotStarted(run, e),
            RunEvent.Ended e => Ended(run, e),
            RunEvent.Failed e => Failed(run, e),
            RunEvent.CancelAsked => CancelAsked(run),
            RunEvent.Cancelled => Cancelled(run),
            _ => Refuse($"{change.GetType().Name} is not an event of a run"),
        };

        if (next is null)
        {
            return new RunTransition.Refused(reason!);
        }

        var at = change.At < run.UpdatedAt ? run.UpdatedAt : change.At;
        return new RunTransition.Applied(next with
        {
            Sequence = run.Sequence + 1,
            UpdatedAt = at,
            Error = next.Error is { } error ? error with { Message = Texts.Cut(error.Message, RunError.MaxMessageLength) } : null,
            StartedAt = next.Status is RunStatus.Running ? next.StartedAt ?? at : next.StartedAt,
            CompletedAt = next.HasEnded ? at : null,
        });
    }

    private static (AgentRun?, string?) Started(AgentRun run, RunEvent.Started e) => run switch
    {
        { HasEnded: true } => RefuseIn(run, "start"),
        { CancelRequested: true } => Refuse("the run is being cancelled"),
        { Status: RunStatus.Running } when !MayExecuteAgain(run) => Refuse("the requests of an earlier execution may have been made"),
        _ => Accept(run with
        {
            Status = RunStatus.Running,
            Attempts = run.Attempts + 1,
            HadNetwork = run.HadNetwork || e.HasNetwork,
            // Nobody said that the earlier execution did not start.
            WasExecuted = run.WasExecuted || run.Status is RunStatus.Running,
        }),
    };

    private static (AgentRun?, string?) NotStarted(AgentRun run, RunEvent.NotStarted e) => Fence(run, e.Attempt, "go back") ?? (
        run.CancelRequested ? Accept(Cancel(run with { Status = RunStatus.Queued }))
        // With the network an execution was the first, so that none has made a request.
        : Accept(run with { Status = RunStatus.Queued, HadNetwork = false }));

    /// <summary>Whoever asked to stop it was told that it stops: also when the code was faster, it is cancelled, and what it gave is dropped.</summary>
    private static (AgentRun?, string?) Ended(AgentRun run, RunEvent.Ended e) => Fence(run, e.Attempt, "end") ?? Accept(run.CancelRequested
        ? Cancel(run)
        : End(run, e.Error is null ? RunStatus.Completed : RunStatus.Failed, e.Error) with
        {
            ResultRef = e.ResultRef,
            StartUp = e.StartUp,
            Duration = e.Duration,
        });

    private static (AgentRun?, string?) Failed(AgentRun run, RunEvent.Failed e) => run switch
    {
        { HasEnded: true } => RefuseIn(run, "fail"),
        { CancelRequested: true } => Accept(Cancel(run)),
        _ => Accept(End(run, RunStatus.Failed, e.Error)),
    };

    /// <summary>A run whose code was not given to the sandbox has nobody at work who would notice: it is cancelled at once.</summary>
    private static (AgentRun?, string?) CancelAsked(AgentRun run) => run switch
    {
        { HasEnded: true } => RefuseIn(run, "be cancelled"),
        { CancelRequested: true } => Refuse("the run is being cancelled already"),
        { Status: RunStatus.Queued } => Accept(Cancel(run with { CancelRequested = true })),
        _ => Accept(run with { CancelRequested = true }),
    };

    private static (AgentRun?, string?) Cancelled(AgentRun run) => run switch
    {
        { HasEnded: true } => RefuseIn(run, "be cancelled"),
        { CancelRequested: false } => Refuse("nobody asked to cancel the run"),
        _ => Accept(Cancel(run)),
    };

    private static AgentRun Cancel(AgentRun run) => End(run, RunStatus.Cancelled, new RunError(RunErrorCode.Cancelled, "The run was cancelled."));

    private static AgentRun End(AgentRun run, RunStatus status, RunError? error) =>
        run with { Status = status, Error = error, WasExecuted = run.WasExecuted || run.Status is RunStatus.Running };

    /// <summary>Null when execution <paramref name="attempt"/> may write to the run; the refusal otherwise.</summary>
    private static (AgentRun?, string?)? Fence(AgentRun run, int attempt, string what) => run switch
    {
        { Status: not RunStatus.Running } => RefuseIn(run, what),
        _ when run.Attempts != attempt => Refuse($"execution {attempt} is no longer current: execution {run.Attempts} is"),
        _ => null,
    };

    private static (AgentRun?, string?) Accept(AgentRun run) => (run, null);

    private static (AgentRun?, string?) Refuse(string reason) => (null, reason);

    private static (AgentRun?, string?) RefuseIn(AgentRun run, string what) => Refuse($"a run that is {run.Status} cannot {what}");
}
