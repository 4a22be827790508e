using Jobs.Domain.Generation;

namespace Jobs.Domain.Jobs;

/// <summary>
/// One job: everything that a poll needs. It is changed by <see cref="JobTransitions.Apply"/> and by nothing else; what can be large
/// (the prompt, files, bundles) is an artifact, named here and kept elsewhere.
/// </summary>
public sealed record Job
{
    /// <summary>How long a question can be answered.</summary>
    public static readonly TimeSpan QuestionLifetime = TimeSpan.FromDays(7);

    /// <summary>The most questions that one job may ask.</summary>
    public const int MaxQuestions = 10;

    /// <summary>The most parts that the work of one job may have.</summary>
    public const int MaxTurns = 100;

    /// <summary>The most characters of an error that are kept, so that the status row stays far below 32 KB.</summary>
    public const int MaxErrorLength = 2_000;

    /// <summary>The most characters of a progress message that are kept.</summary>
    public const int MaxMessageLength = 500;

    /// <summary>Of one of the forms that <see cref="Ids"/> issues; also the id of its orchestration instance.</summary>
    public required string Id { get; init; }

    /// <summary>The organisation that owns it; from the credential, never from a request.</summary>
    public required string Tenant { get; init; }

    /// <summary>The user or key that created it.</summary>
    public required string Owner { get; init; }

    /// <summary>What it does.</summary>
    public required JobKind Kind { get; init; }

    /// <summary>What its artifacts belong to: the widget or agent that it builds, as <see cref="Kind"/> says; for work the job itself; for a repository's job an id of its creation.</summary>
    public required string ResourceId { get; init; }

    /// <summary>The id of a widget's build: <c>EmbeddableAppBuilder:&lt;uuid&gt;</c>; null for anything else (contract 000).</summary>
    public string? BuildId { get; init; }

    /// <summary>The artifact that holds the prompt, the input of work, or what is to be done in a repository.</summary>
    public required string InputRef { get; init; }

    /// <summary>The state.</summary>
    public JobStatus Status { get; init; } = JobStatus.Queued;

    /// <summary>The finer state.</summary>
    public JobStep Step { get; init; } = JobStep.Queued;

    /// <summary>One sentence for the caller; no secret, at most <see cref="MaxMessageLength"/> characters.</summary>
    public required string Message { get; init; }

    /// <summary>How many attempts at the work have started; the fencing token of the latest.</summary>
    public int Attempts { get; init; }

    /// <summary>The artifact that holds the generated files, or a repository's edits; an agent's are there before it has succeeded, because they are checked first.</summary>
    public string? SourcesRef { get; init; }

    /// <summary>How many parts of the work are done, where it is done in parts.</summary>
    public int Turns { get; init; }

    /// <summary>The artifact that holds what the generator goes on from; null where it has left nothing.</summary>
    public string? TurnRef { get; init; }

    /// <summary>What models have taken for it.</summary>
    public ModelUsage Usage { get; init; }

    /// <summary>Why it failed or was cancelled; no secret, at most <see cref="MaxErrorLength"/> characters.</summary>
    public string? Error { get; init; }

    /// <summary>How many questions were asked; the number of the open one, while waiting for input.</summary>
    public int Questions { get; init; }

    /// <summary>Until when the open question can be answered; null while none is open.</summary>
    public DateTimeOffset? QuestionExpiresAt { get; init; }

    /// <summary>When the last question was answered; null again once the work has gone on with it.</summary>
    public DateTimeOffset? AnsweredAt { get; init; }

    /// <summary>A widget's compile; null until the files are there, and for an agent.</summary>
    public CompileState? Compile { get; init; }

    /// <summary>What there is to do, and how much of it is done; null for anything but work.</summary>
    public WorkState? Work { get; init; }

    /// <summary>The branch and what became of it; null for anything but a repository's job.</summary>
    public RepositoryState? Repository { get; init; }

    /// <summary>True once somebody asked to stop it; the work stops at its next check.</summary>
    public bool CancelRequested { get; init; }

    /// <summary>The trace that it was created in, as W3C Trace Context writes it (<c>traceparent</c>); its steps are parts of it. Null where nothing was traced.</summary>
    public string? TraceParent { get; init; }

    /// <summary>When it was created.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When its first attempt started.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it last changed; never goes back.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>When it reached a terminal state.</summary>
    public DateTimeOffset? CompletedAt { get; init; }

    /// <summary>Grows by one with every applied event; the strong ETag of every representation.</summary>
    public long Sequence { get; init; }

    /// <summary>True in a state that the work itself can no longer leave.</summary>
    public bool IsTerminal => Status switch
    {
        JobStatus.Queued or JobStatus.Running or JobStatus.WaitingForInput => false,
        JobStatus.Succeeded or JobStatus.Failed or JobStatus.Cancelled or JobStatus.Merged => true,
    };

    /// <summary>True once there is nothing left to do for the job, its compile included.</summary>
    public bool IsSettled => IsTerminal && Compile is not { Status: CompileStatus.InProgress };

    /// <summary>True once nothing of the job can change any more. A branch may be merged long after its job has ended.</summary>
    public bool IsFinal => IsSettled && Repository is null;
}
