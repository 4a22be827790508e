namespace Jobs.Domain.Jobs;

/// <summary>The canonical states of a job; every contract maps them to its own words.</summary>
public enum JobStatus
{
    /// <summary>Created and stored; no attempt has started.</summary>
    Queued,

    /// <summary>An attempt is working.</summary>
    Running,

    /// <summary>Paused until somebody answers a question.</summary>
    WaitingForInput,

    /// <summary>The work is done. A widget's compile may still be moving: <see cref="Job.Compile"/>.</summary>
    Succeeded,

    /// <summary>The work could not be done: <see cref="Job.Error"/> says why.</summary>
    Failed,

    /// <summary>Stopped on request.</summary>
    Cancelled,

    /// <summary>Succeeded, and its result has been merged (repository jobs only).</summary>
    Merged,
}

/// <summary>What a job does.</summary>
public enum JobKind
{
    /// <summary>Generates the files of a widget, then compiles them.</summary>
    WidgetBuild,

    /// <summary>Generates the files of an agent, checks them and makes a program of them.</summary>
    AgentBuild,

    /// <summary>Does work of a type, in batches: <see cref="Job.Work"/>.</summary>
    Work,

    /// <summary>Changes a repository on a branch of its own: <see cref="Job.Repository"/>.</summary>
    Repository,
}

/// <summary>Where a job is, finer than <see cref="JobStatus"/>, for the caller's eyes.</summary>
public enum JobStep
{
    /// <summary>Waiting for a worker.</summary>
    Queued,

    /// <summary>The files are being generated.</summary>
    Generating,

    /// <summary>Work is being done.</summary>
    Working,

    /// <summary>A question is open.</summary>
    WaitingForInput,

    /// <summary>The files are there and are being checked or compiled.</summary>
    Compiling,

    /// <summary>The branch is being merged, which nobody can stop any more.</summary>
    Merging,

    /// <summary>Everything is done.</summary>
    Complete,

    /// <summary>The job failed.</summary>
    Failed,

    /// <summary>The files are there but do not compile.</summary>
    CompileFailed,

    /// <summary>The job was cancelled.</summary>
    Cancelled,
}
