using Jobs.Domain.Compilation;
using Jobs.Domain.Generation;

namespace Jobs.Domain.Jobs;

/// <summary>
/// Something that happened to a job, at a time. Events that an attempt writes carry its number: an attempt that is no longer the current one is refused.
/// </summary>
/// <param name="At">When it happened.</param>
public abstract record JobEvent(DateTimeOffset At)
{
    /// <summary>An attempt at the work starts: the first, or one after a failure. It takes over from any attempt before it.</summary>
    public sealed record AttemptStarted(DateTimeOffset At, string Message) : JobEvent(At);

    /// <summary>The current attempt reports where it is.</summary>
    public sealed record Progressed(DateTimeOffset At, int Attempt, string Message) : JobEvent(At);

    /// <summary>The current attempt has done a part of the work; the next goes on from <paramref name="TurnRef"/>, or from where this one did where it is null.</summary>
    public sealed record TurnTaken(DateTimeOffset At, int Attempt, string? TurnRef, string Message, ModelUsage Usage) : JobEvent(At);

    /// <summary>The current attempt has asked a model, and nothing came of it.</summary>
    public sealed record UsageCounted(DateTimeOffset At, int Attempt, ModelUsage Usage) : JobEvent(At);

    /// <summary>The current attempt needs an answer, which can be given until <paramref name="ExpiresAt"/>.</summary>
    public sealed record QuestionAsked(DateTimeOffset At, int Attempt, DateTimeOffset ExpiresAt) : JobEvent(At);

    /// <summary>Question <paramref name="Number"/> was answered; the attempt that asked it writes no more.</summary>
    public sealed record QuestionAnswered(DateTimeOffset At, int Number) : JobEvent(At);

    /// <summary>Nobody answered question <paramref name="Number"/> in time.</summary>
    public sealed record QuestionExpired(DateTimeOffset At, int Number) : JobEvent(At);

    /// <summary>The current attempt has generated an agent's files, which are checked next, or a repository's edits, which are committed next.</summary>
    public sealed record FilesGenerated(DateTimeOffset At, int Attempt, string SourcesRef) : JobEvent(At);

    /// <summary>The current attempt has the result. A widget's compile is submitted with it.</summary>
    public sealed record Succeeded(DateTimeOffset At, int Attempt, string SourcesRef, string Message) : JobEvent(At);

    /// <summary>The current attempt knows what there is to do: <paramref name="Known"/> items, in the batches that <paramref name="PlanRef"/> lists.</summary>
    public sealed record WorkPlanned(DateTimeOffset At, int Attempt, string PlanRef, int Known) : JobEvent(At);

    /// <summary>
    /// The current attempt has done so many items more, of which so many have an error. <paramref name="Left"/> are left where work finds out on its way how much there is; null where
    /// the plan said it.
    /// </summary>
    public sealed record WorkAdvanced(DateTimeOffset At, int Attempt, int Done, int Errors, int? Left = null) : JobEvent(At);

    /// <summary>The current attempt has done all that was planned. The result is either given or named, as in <see cref="WorkState"/>.</summary>
    public sealed record WorkSucceeded(DateTimeOffset At, int Attempt, string? Result, int Done, int Errors, string? ResultRef = null) : JobEvent(At);

    /// <summary>The work is given up.</summary>
    public sealed record Failed(DateTimeOffset At, string Error) : JobEvent(At);

    /// <summary>Somebody asked to stop.</summary>
    public sealed record CancelAsked(DateTimeOffset At) : JobEvent(At);

    /// <summary>The work has stopped on request.</summary>
    public sealed record Cancelled(DateTimeOffset At) : JobEvent(At);

    /// <summary>The result was merged, by ourselves.</summary>
    public sealed record Merged(DateTimeOffset At, BranchFacts? Facts = null) : JobEvent(At);

    /// <summary>The current attempt knows more of its branch.</summary>
    public sealed record BranchAdvanced(DateTimeOffset At, int Attempt, BranchFacts Facts, string Message) : JobEvent(At);

    /// <summary>The current attempt merges its branch: from here on the job cannot be cancelled.</summary>
    public sealed record MergeStarted(DateTimeOffset At, int Attempt) : JobEvent(At);

    /// <summary>The current attempt has done what there is to do on its branch; without an attempt, whoever does it elsewhere has.</summary>
    public sealed record BranchSucceeded(DateTimeOffset At, int? Attempt, BranchFacts Facts, string Message) : JobEvent(At);

    /// <summary>The forge has told something of the branch, in whatever order it comes. What is older than what is known, or the same, changes nothing.</summary>
    public sealed record ForgeReported(DateTimeOffset At, BranchFacts Facts) : JobEvent(At);

    /// <summary>An attempt to compile starts, with the type check. It takes over from any attempt before it.</summary>
    public sealed record CompileStarted(DateTimeOffset At) : JobEvent(At);

    /// <summary>The current compile enters a phase; phases do not go back within an attempt.</summary>
    public sealed record CompilePhaseEntered(DateTimeOffset At, int Attempt, CompilePhase Phase) : JobEvent(At);

    /// <summary>The bundle is stored.</summary>
    public sealed record CompileSucceeded(DateTimeOffset At, int Attempt, BundleRef Bundle) : JobEvent(At);

    /// <summary>The sources do not compile, as <paramref name="Attempt"/> found; or, without one, the compile was given up from outside.</summary>
    public sealed record CompileFailed(DateTimeOffset At, string Details, int? Attempt = null) : JobEvent(At);
}
