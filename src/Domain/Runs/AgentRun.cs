namespace Jobs.Domain.Runs;

/// <summary>
/// One run of an agent: everything that a poll needs but its output and logs, which are one artifact. It is changed by <see cref="RunTransitions.Apply"/> and by nothing else.
/// </summary>
public sealed record AgentRun
{
    /// <summary><c>run_&lt;epoch ms&gt;_&lt;12 hex&gt;</c>; also the id of its orchestration instance and of what the ledger holds for it.</summary>
    public required string Id { get; init; }

    /// <summary>The agent.</summary>
    public required string AgentId { get; init; }

    /// <summary>The organisation that owns it; from the credential or the agent, never from a request.</summary>
    public required string Tenant { get; init; }

    /// <summary>The user or key that asked for it; the trigger's word where nobody did.</summary>
    public required string Owner { get; init; }

    /// <summary>What started it.</summary>
    public required RunTrigger Trigger { get; init; }

    /// <summary>The tick that a scheduled run is for; null for others.</summary>
    public DateTimeOffset? ScheduledFor { get; init; }

    /// <summary>The artifact that holds the program: the one whose schema the input was checked against, also when the agent is built again meanwhile. Null for a run that was refused.</summary>
    public string? ProgramRef { get; init; }

    /// <summary>The artifact that holds the input. Null for a run that was refused.</summary>
    public string? InputRef { get; init; }

    /// <summary>The artifact that holds the output and the logs; null until it has ended, and when it ended without executing.</summary>
    public string? ResultRef { get; init; }

    /// <summary>The state.</summary>
    public RunStatus Status { get; init; } = RunStatus.Queued;

    /// <summary>Why it has no output; null unless it failed or was cancelled.</summary>
    public RunError? Error { get; init; }

    /// <summary>How many times the code was given to the sandbox; the fencing token of the latest.</summary>
    public int Attempts { get; init; }

    /// <summary>True once the code can have sent a request: it had a granted host when it was given to the sandbox.</summary>
    public bool HadNetwork { get; init; }

    /// <summary>True when the code was, or can have been, executed: then the run has used its token.</summary>
    public bool WasExecuted { get; init; }

    /// <summary>True once somebody asked to stop it.</summary>
    public bool CancelRequested { get; init; }

    /// <summary>The trace that it was created in, as W3C Trace Context writes it (<c>traceparent</c>); its step is a part of it. Null where nothing was traced.</summary>
    public string? TraceParent { get; init; }

    /// <summary>When it was created.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the code was first given to the sandbox.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it last changed; never goes back.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? CompletedAt { get; init; }

    /// <summary>From the request to the sandbox to the start of the code.</summary>
    public TimeSpan? StartUp { get; init; }

    /// <summary>From the start of the code to its end.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>Grows by one with every applied event; the strong ETag of every representation.</summary>
    public long Sequence { get; init; }

    /// <summary>True in a state that it can no longer leave.</summary>
    public bool HasEnded => Status switch
    {
        RunStatus.Queued or RunStatus.Running => false,
        RunStatus.Completed or RunStatus.Failed or RunStatus.Cancelled => true,
    };
}

/// <summary>What started a run.</summary>
public enum RunTrigger
{
    /// <summary>A request with an API key.</summary>
    Manual,

    /// <summary>The agent's schedule.</summary>
    Schedule,

    /// <summary>A request to the agent's webhook.</summary>
    Webhook,
}

/// <summary>The states of a run.</summary>
public enum RunStatus
{
    /// <summary>Its code was not executed yet, and is not being.</summary>
    Queued,

    /// <summary>Its code was given to the sandbox.</summary>
    Running,

    /// <summary>It has an output.</summary>
    Completed,

    /// <summary>It has none: <see cref="AgentRun.Error"/> says why.</summary>
    Failed,

    /// <summary>It was stopped on request, or its agent was deleted.</summary>
    Cancelled,
}

/// <summary>Why a run has no output.</summary>
/// <param name="Code">What kind of failure.</param>
/// <param name="Message">For the agent's owner; no secret, at most <see cref="MaxMessageLength"/> characters.</param>
public sealed record RunError(RunErrorCode Code, string Message)
{
    /// <summary>The most characters of a message that are kept.</summary>
    public const int MaxMessageLength = Sandbox.SandboxLimits.MaxErrorLength;
}

/// <summary>The kinds of failures of a run: those of <see cref="Sandbox.SandboxErrorCode"/>, which are the code's own, and what kept the code from running to its end.</summary>
public enum RunErrorCode
{
    /// <summary><see cref="Sandbox.SandboxErrorCode.InvalidProgram"/>.</summary>
    InvalidProgram,

    /// <summary><see cref="Sandbox.SandboxErrorCode.Threw"/>.</summary>
    Threw,

    /// <summary><see cref="Sandbox.SandboxErrorCode.Ended"/>.</summary>
    Ended,

    /// <summary><see cref="Sandbox.SandboxErrorCode.OutOfTime"/>.</summary>
    OutOfTime,

    /// <summary><see cref="Sandbox.SandboxErrorCode.OutOfMemory"/>.</summary>
    OutOfMemory,

    /// <summary><see cref="Sandbox.SandboxErrorCode.OutputTooLarge"/>.</summary>
    OutputTooLarge,

    /// <summary><see cref="Sandbox.SandboxErrorCode.InvalidOutput"/>.</summary>
    InvalidOutput,

    /// <summary>Whoever executed it died. It was not executed again, because the requests that it may have made would be made twice.</summary>
    Interrupted,

    /// <summary>It was stopped on request, or its agent was deleted.</summary>
    Cancelled,

    /// <summary>The code could not be started: a fault of ours.</summary>
    Unavailable,

    /// <summary>A scheduled run for which the organisation had no token.</summary>
    InsufficientTokens,

    /// <summary>A scheduled run of an agent that is not built, or does not take an empty input.</summary>
    NotRunnable,
}
