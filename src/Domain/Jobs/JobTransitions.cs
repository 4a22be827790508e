using System.Globalization;
using Jobs.Domain.Compilation;
using Jobs.Domain.Repositories;

namespace Jobs.Domain.Jobs;

/// <summary>What became of an event: <see cref="Applied"/> or <see cref="Refused"/>.</summary>
public abstract record Transition
{
    private Transition()
    {
    }

    /// <summary>The event changed the job.</summary>
    public sealed record Applied(Job Job) : Transition;

    /// <summary>The event is illegal in the job's state; nothing changed.</summary>
    public sealed record Refused(string Reason) : Transition;
}

/// <summary>The one function that changes a job. It is total: every event in every state has an answer.</summary>
public static class JobTransitions
{
    private const string CancelledMessage = "Build cancelled";
    private const string CancelledError = "The build was cancelled.";
    private const string WorkCancelledMessage = "Job cancelled";
    private const string WorkCancelledError = "The job was cancelled.";

    /// <summary>Applies <paramref name="change"/>; an applied event raises <see cref="Job.Sequence"/> by one and never moves <see cref="Job.UpdatedAt"/> back.</summary>
    public static Transition Apply(Job job, JobEvent change)
    {
        var (next, reason) = change switch
        {
            JobEvent.AttemptStarted e => AttemptStarted(job, e),
            JobEvent.Progressed e => Progressed(job, e),
            JobEvent.TurnTaken e => TurnTaken(job, e),
            JobEvent.UsageCounted e => UsageCounted(job, e),
            JobEvent.QuestionAsked e => QuestionAsked(job, e),
            JobEvent.QuestionAnswered e => QuestionAnswered(job, e),
            JobEvent.QuestionExpired e => QuestionExpired(job, e),
            JobEvent.FilesGenerated e => FilesGenerated(job, e),
            JobEvent.Succeeded e => Succeeded(job, e),
            JobEvent.WorkPlanned e => WorkPlanned(job, e),
            JobEvent.WorkAdvanced e => WorkAdvanced(job, e),
            JobEvent.WorkSucceeded e => WorkSucceeded(job, e),
            JobEvent.Failed e => Failed(job, e),
            JobEvent.CancelAsked => CancelAsked(job),
            JobEvent.Cancelled => Cancelled(job),
            JobEvent.Merged e => Merged(job, e),
            JobEvent.BranchAdvanced e => BranchAdvanced(job, e),
            JobEvent.MergeStarted e => MergeStarted(job, e),
            JobEvent.BranchSucceeded e => BranchSucceeded(job, e),
            JobEvent.ForgeReported e => ForgeReported(job, e),
            JobEvent.CompileStarted => CompileStarted(job),
            JobEvent.CompilePhaseEntered e => CompilePhaseEntered(job, e),
            JobEvent.CompileSucceeded e => CompileSucceeded(job, e),
            JobEvent.CompileFailed e => CompileFailed(job, e),
            _ => Refuse($"{change.GetType().Name} is not an event of a job"),
        };

        if (next is null)
        {
            return new Transition.Refused(reason!);
        }

        var at = change.At < job.UpdatedAt ? job.UpdatedAt : change.At;
        return new Transition.Applied(next with
        {
            Sequence = job.Sequence + 1,
            UpdatedAt = at,
            Message = Texts.Cut(next.Message, Job.MaxMessageLength),
            StartedAt = next.Status is JobStatus.Running ? next.StartedAt ?? at : next.StartedAt,
            CompletedAt = next.IsTerminal ? next.CompletedAt ?? at : null,
            Compile = job.Compile == next.Compile ? next.Compile : next.Compile! with
            {
                StartedAt = job.Compile?.StartedAt ?? at,
                EndedAt = next.Compile.Status is CompileStatus.InProgress ? null : at,
            },
        });
    }

    private static (Job?, string?) AttemptStarted(Job job, JobEvent.AttemptStarted e) => job switch
    {
        { Status: JobStatus.Queued or JobStatus.Running, CancelRequested: true } => Refuse("the job is being cancelled"),
        { Status: JobStatus.Queued or JobStatus.Running } =>
            Accept(job with
            {
                Status = JobStatus.Running,
                Step = job.Step is JobStep.Merging ? JobStep.Merging
                    : job.Work is not null || job.Repository is not null ? JobStep.Working
                    : job.SourcesRef is null ? JobStep.Generating
                    : JobStep.Compiling,
                Message = e.Message,
                Attempts = job.Attempts + 1,
                AnsweredAt = null,
            }),
        _ => RefuseIn(job, "start an attempt"),
    };

    private static (Job?, string?) Progressed(Job job, JobEvent.Progressed e) =>
        Fence(job, e.Attempt, "report progress") ?? Accept(job with { Message = e.Message });

    private static (Job?, string?) TurnTaken(Job job, JobEvent.TurnTaken e) => Fence(job, e.Attempt, "take a turn") ?? (job switch
    {
        { Kind: JobKind.Work } => Refuse("work goes on in batches"),
        { SourcesRef: not null } => Refuse("the files are there: there is nothing left to generate"),
        { Turns: >= Job.MaxTurns } => Refuse($"the job has taken {Job.MaxTurns} turns already"),
        _ => Accept(job with { Turns = job.Turns + 1, TurnRef = e.TurnRef ?? job.TurnRef, Message = e.Message, Usage = job.Usage + e.Usage }),
    });

    private static (Job?, string?) UsageCounted(Job job, JobEvent.UsageCounted e) =>
        Fence(job, e.Attempt, "count what a model took") ?? Accept(job with { Usage = job.Usage + e.Usage });

    private static (Job?, string?) QuestionAsked(Job job, JobEvent.QuestionAsked e) => Fence(job, e.Attempt, "ask a question") ?? (job switch
    {
        { Kind: JobKind.Work } => Refuse("work asks nothing"),
        { Kind: JobKind.Repository } => Refuse("a repository's job asks nothing"),
        { SourcesRef: not null } => Refuse("the files are there: there is nothing left to ask"),
        { Questions: >= Job.MaxQuestions } => Refuse($"the job has asked {Job.MaxQuestions} questions already"),
        _ => Accept(job with
        {
            Status = JobStatus.WaitingForInput,
            Step = JobStep.WaitingForInput,
            Message = "Waiting for an answer",
            Questions = job.Questions + 1,
            QuestionExpiresAt = e.ExpiresAt,
        }),
    });

    private static (Job?, string?) QuestionAnswered(Job job, JobEvent.QuestionAnswered e) =>
        Open(job, e.Number, "be answered") ?? (e.At >= job.QuestionExpiresAt
            ? Refuse($"question {e.Number} has expired")
            : Accept(job with
            {
                Status = JobStatus.Running,
                Step = JobStep.Generating,
                Message = "Continuing with the answer",
                // Whoever asked may still be executing somewhere.
                Attempts = job.Attempts + 1,
                QuestionExpiresAt = null,
                AnsweredAt = e.At,
            }));

    private static (Job?, string?) QuestionExpired(Job job, JobEvent.QuestionExpired e) =>
        Open(job, e.Number, "expire") ?? (e.At < job.QuestionExpiresAt
            ? Refuse($"question {e.Number} has not expired yet")
            : Fail(job, $"Nobody answered the build's question within {Job.QuestionLifetime.TotalDays:0} days; build again."));

    private static (Job?, string?) FilesGenerated(Job job, JobEvent.FilesGenerated e) => job.Kind switch
    {
        JobKind.Work => Refuse("work has no files to compile"),
        JobKind.WidgetBuild => Refuse("a widget's files are compiled after its job has succeeded"),
        JobKind.AgentBuild => Fence(job, e.Attempt, "have files") ?? Accept(job with
        {
            Step = JobStep.Compiling,
            Message = "Checking types",
            SourcesRef = e.SourcesRef,
        }),
        JobKind.Repository => Fence(job, e.Attempt, "have edits") ?? (job.SourcesRef is not null
            ? Refuse("the edits are there already")
            : Accept(job with { Message = "Committing", SourcesRef = e.SourcesRef })),
    };

    private static (Job?, string?) Succeeded(Job job, JobEvent.Succeeded e) =>
        Fence(job, e.Attempt, "succeed") ?? (job.Kind switch
        {
            JobKind.Work => Refuse("work succeeds with its result"),
            JobKind.Repository => Refuse("a repository's job succeeds with its branch"),
            JobKind.WidgetBuild => Accept(job with
            {
                Status = JobStatus.Succeeded,
                Step = JobStep.Compiling,
                Message = e.Message,
                SourcesRef = e.SourcesRef,
                Compile = new CompileState(CompileStatus.InProgress, CompilePhase.Submitted, Attempts: 0, e.At),
            }),
            JobKind.AgentBuild => Accept(job with
            {
                Status = JobStatus.Succeeded,
                Step = JobStep.Complete,
                Message = e.Message,
                SourcesRef = e.SourcesRef,
            }),
        });

    private static (Job?, string?) WorkPlanned(Job job, JobEvent.WorkPlanned e) => Working(job, e.Attempt, "be planned") ?? (job.Work!.PlanRef is not null
        ? Refuse("the work is planned already")
        : Accept(job with { Work = job.Work with { PlanRef = e.PlanRef, Known = e.Known }, Message = MessageOf(0, e.Known) }));

    private static (Job?, string?) WorkAdvanced(Job job, JobEvent.WorkAdvanced e)
    {
        if (Planned(job, e.Attempt, "advance") is { } refusal)
        {
            return refusal;
        }

        var done = job.Work!.Done + e.Done;
        var work = job.Work.With(done, job.Work.Errors + e.Errors, e.Left is { } left ? done + left : job.Work.Known);
        return Accept(job with { Work = work, Message = MessageOf(work.Done, work.Known) });
    }

    private static (Job?, string?) WorkSucceeded(Job job, JobEvent.WorkSucceeded e) => Planned(job, e.Attempt, "succeed") ?? Accept(job with
    {
        Status = JobStatus.Succeeded,
        Step = JobStep.Complete,
        Message = MessageOf(e.Done, job.Work!.Known),
        Work = job.Work with { Done = e.Done, Errors = e.Errors, Progress = 100, Result = e.Result, ResultRef = e.ResultRef },
    });

    /// <summary>Whoever asked to cancel a job was told that it stops: no failure that comes later is told instead.</summary>
    private static (Job?, string?) Failed(Job job, JobEvent.Failed e) => job switch
    {
        { IsTerminal: true } => RefuseIn(job, "fail"),
        { CancelRequested: true } => Cancel(job),
        _ => Fail(job, e.Error),
    };

    /// <summary>A job that waits for an answer has nobody at work who would notice: it is cancelled at once.</summary>
    private static (Job?, string?) CancelAsked(Job job) => job switch
    {
        { IsSettled: true } => RefuseIn(job, "be cancelled"),
        { CancelRequested: true } => Refuse("the job is being cancelled already"),
        { Step: JobStep.Merging } => Refuse("the job is being merged"),
        { Status: JobStatus.WaitingForInput } => Cancel(job with { CancelRequested = true }),
        _ => Accept(job with { CancelRequested = true }),
    };

    private static (Job?, string?) Cancelled(Job job) => job switch
    {
        { IsSettled: true } => RefuseIn(job, "be cancelled"),
        { CancelRequested: false } => Refuse("nobody asked to cancel the job"),
        { IsTerminal: true } => CancelCompile(job),
        _ => Cancel(job),
    };

    private static (Job?, string?) Merged(Job job, JobEvent.Merged e) => job.Kind switch
    {
        JobKind.WidgetBuild or JobKind.AgentBuild => Refuse("a build has no branch to merge"),
        JobKind.Work => Refuse("work has no branch to merge"),
        JobKind.Repository => job is { Status: JobStatus.Succeeded } or { Status: JobStatus.Running, Step: JobStep.Merging }
            ? Merge(job, job.Repository!.With(e.Facts))
            : RefuseIn(job, "be merged"),
    };

    private static (Job?, string?) BranchAdvanced(Job job, JobEvent.BranchAdvanced e) => job.Repository is null
        ? Refuse("only a repository's job has a branch")
        : Fence(job, e.Attempt, "advance") ?? Accept(job with { Repository = job.Repository.With(e.Facts), Message = e.Message });

    private static (Job?, string?) MergeStarted(Job job, JobEvent.MergeStarted e) => job.Repository is null
        ? Refuse("only a repository's job has a branch")
        : Fence(job, e.Attempt, "merge") ?? Accept(job with { Step = JobStep.Merging, Message = "Merging" });

    private static (Job?, string?) BranchSucceeded(Job job, JobEvent.BranchSucceeded e)
    {
        if (job.Repository is not { } known)
        {
            return Refuse("only a repository's job has a branch");
        }

        if (e.Attempt is { } attempt && Fence(job, attempt, "succeed") is { } refusal)
        {
            return refusal;
        }

        var branch = known.With(e.Facts);
        return job switch
        {
            { Status: not (JobStatus.Queued or JobStatus.Running) } => RefuseIn(job, "succeed"),
            { CancelRequested: true } => Refuse("the job is being cancelled"),
            _ when branch.IsMerged => Merge(job, branch),
            _ => Accept(job with { Status = JobStatus.Succeeded, Step = JobStep.Complete, Message = e.Message, Repository = branch }),
        };
    }

    /// <summary>Facts come from elsewhere, in any order: they complete what is known, and move the job forward only.</summary>
    private static (Job?, string?) ForgeReported(Job job, JobEvent.ForgeReported e)
    {
        if (job.Repository is not { } known)
        {
            return Refuse("only a repository's job has a branch");
        }

        var branch = known.With(e.Facts);
        return job switch
        {
            { Status: JobStatus.Cancelled } => RefuseIn(job, "learn of its branch"),
            { CancelRequested: true } => Refuse("the job is being cancelled"),
            _ when branch == known => Refuse("nothing of it is new"),
            { Status: not JobStatus.Merged } when branch.IsMerged => Merge(job, branch),
            { Status: JobStatus.Queued } when branch.Run is { Status: not ForgeRunStatus.Queued } =>
                Accept(job with { Status = JobStatus.Running, Step = JobStep.Working, Message = "Running", Repository = branch }),
            _ => Accept(job with { Repository = branch }),
        };
    }

    private static (Job?, string?) Merge(Job job, RepositoryState branch) => Accept(job with
    {
        Status = JobStatus.Merged,
        Step = JobStep.Complete,
        Message = "Merged",
        Repository = branch with { NotMerged = null },
    });

    private static (Job?, string?) CompileStarted(Job job) => Compiling(job, "start a compile", attempt: null) ?? (job.CancelRequested
        ? Refuse("the job is being cancelled")
        : Accept(job with
        {
            Message = "Checking types",
            Compile = job.Compile! with { Attempts = job.Compile.Attempts + 1, Phase = CompilePhase.PreBuild },
        }));

    private static (Job?, string?) CompilePhaseEntered(Job job, JobEvent.CompilePhaseEntered e) => Compiling(job, "enter a phase", e.Attempt) ?? (
        e.Phase <= job.Compile!.Phase || e.Phase is CompilePhase.Completed
            ? Refuse($"the compile cannot go from {job.Compile.Phase} to {e.Phase}")
            : Accept(job with
            {
                Message = e.Phase switch
                {
                    CompilePhase.Submitted => "Waiting for the compiler",
                    CompilePhase.PreBuild => "Checking types",
                    CompilePhase.Build => "Bundling",
                    CompilePhase.UploadArtifacts => "Storing the bundle",
                    CompilePhase.Completed => "Build complete",
                },
                Compile = job.Compile with { Phase = e.Phase },
            }));

    /// <summary>Also when the compiler was faster than whoever asked to cancel: what it gave is dropped.</summary>
    private static (Job?, string?) CompileSucceeded(Job job, JobEvent.CompileSucceeded e) => Compiling(job, "finish a compile", e.Attempt) ?? (job.CancelRequested
        ? CancelCompile(job)
        : Accept(job with
        {
            Step = JobStep.Complete,
            Message = "Build complete",
            Compile = job.Compile! with { Status = CompileStatus.Succeeded, Phase = CompilePhase.Completed, Bundle = e.Bundle },
        }));

    private static (Job?, string?) CompileFailed(Job job, JobEvent.CompileFailed e) => Compiling(job, "fail a compile", e.Attempt) ?? (job.CancelRequested
        ? CancelCompile(job)
        : FailCompile(job, "The files were generated but do not compile", e.Details));

    /// <summary>The files are there and the job has succeeded: what can still be cancelled is the compile, which is told as one that failed.</summary>
    private static (Job?, string?) CancelCompile(Job job) => FailCompile(job, CancelledMessage, CancelledError);

    private static (Job?, string?) FailCompile(Job job, string message, string details) => Accept(job with
    {
        Step = JobStep.CompileFailed,
        Message = message,
        Compile = job.Compile! with { Status = CompileStatus.Failed, FailureDetails = Texts.Cut(details, CompileResult.MaxDetailsLength) },
    });

    private static (Job?, string?) Fail(Job job, string error) => Accept(job with
    {
        Status = JobStatus.Failed,
        Step = JobStep.Failed,
        Message = IsBuild(job) ? "Build failed" : "Job failed",
        Error = Texts.Cut(error, Job.MaxErrorLength),
        QuestionExpiresAt = null,
    });

    private static (Job?, string?) Cancel(Job job) => Accept(job with
    {
        Status = JobStatus.Cancelled,
        Step = JobStep.Cancelled,
        Message = IsBuild(job) ? CancelledMessage : WorkCancelledMessage,
        Error = IsBuild(job) ? CancelledError : WorkCancelledError,
        QuestionExpiresAt = null,
    });

    private static bool IsBuild(Job job) => job.Kind is JobKind.WidgetBuild or JobKind.AgentBuild;

    /// <summary>Null when question <paramref name="number"/> is open; the refusal otherwise.</summary>
    private static (Job?, string?)? Open(Job job, int number, string what) => job switch
    {
        { Status: not JobStatus.WaitingForInput } => RefuseIn(job, what),
        _ when job.Questions != number => Refuse($"question {number} is not open: question {job.Questions} is"),
        _ => null,
    };

    /// <summary>Null when <paramref name="attempt"/> may write to the running job; the refusal otherwise.</summary>
    private static (Job?, string?)? Fence(Job job, int attempt, string what) => job switch
    {
        { Status: not JobStatus.Running } => RefuseIn(job, what),
        { CancelRequested: true } => Refuse("the job is being cancelled"),
        _ when job.Attempts != attempt => Refuse($"attempt {attempt} is no longer current: attempt {job.Attempts} is"),
        _ => null,
    };

    /// <summary>Null when <paramref name="attempt"/> may write to work that is being done; the refusal otherwise.</summary>
    private static (Job?, string?)? Working(Job job, int attempt, string what) => job.Work is null ? Refuse($"what is no work cannot {what}") : Fence(job, attempt, what);

    private static (Job?, string?)? Planned(Job job, int attempt, string what) =>
        Working(job, attempt, what) ?? (job.Work!.PlanRef is null ? Refuse($"work that is not planned yet cannot {what}") : null);

    private static string MessageOf(int done, int known) => string.Create(CultureInfo.InvariantCulture, $"{done:N0} of {known:N0} done");

    private static (Job?, string?)? Compiling(Job job, string what, int? attempt) => job.Compile switch
    {
        null => Refuse($"a job without a compile cannot {what}"),
        { Status: not CompileStatus.InProgress } => Refuse($"a compile that has {job.Compile.Status} cannot {what}"),
        _ when attempt is { } number && job.Compile.Attempts != number =>
            Refuse($"compile attempt {attempt} is no longer current: attempt {job.Compile.Attempts} is"),
        _ => null,
    };

    private static (Job?, string?) Accept(Job job) => (job, null);

    private static (Job?, string?) Refuse(string reason) => (null, reason);

    private static (Job?, string?) RefuseIn(Job job, string what) => Refuse($"a job that is {job.Status} cannot {what}");
}
