namespace Jobs.Domain.Repositories;

/// <summary>
/// Port: where branches live. Every member may be called more than once for the same thing, on any host, and comes out the same; each throws <see cref="ForgeException"/>.
/// </summary>
public interface IForge
{
    /// <summary>The kind of repositories that it serves.</summary>
    RepositoryKind Kind { get; }

    /// <summary>Looks at a repository that is to be registered. What is not there, or not to be touched, is refused in words that do not tell which.</summary>
    Task<RepositoryFacts> InspectAsync(string location, CancellationToken cancellationToken);

    /// <summary>
    /// Makes the job's branch at the head of its base, or finds the one that it made before. At GitHub it holds the file with the job's instruction, which starts the workflow. A branch of
    /// that name which is not this job's is refused.
    /// </summary>
    Task<BranchStart> StartAsync(BranchOrder order, CancellationToken cancellationToken);

    /// <summary>What has become of a branch.</summary>
    /// <param name="repository">Where it is.</param>
    /// <param name="branch">Its name.</param>
    /// <param name="known">What the last look has left, so that a forge that can be asked for changes is asked for no more.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<BranchReport> LookAsync(Repository repository, string branch, string? known, CancellationToken cancellationToken);

    /// <summary>The files that differ between a branch and where it began, at most so many from an offset on, in the order of their paths; and how many there are.</summary>
    Task<ChangedFiles> ListChangedFilesAsync(Repository repository, BranchStart start, string headSha, int offset, int limit, CancellationToken cancellationToken);

    /// <summary>The log of a run, at most so many characters of its end; null where there is none (any more).</summary>
    Task<string?> ReadLogAsync(Repository repository, long runId, int maxCharacters, CancellationToken cancellationToken);

    /// <summary>Stops a run that goes on elsewhere. Nothing happens to one that has ended.</summary>
    Task StopAsync(Repository repository, long runId, CancellationToken cancellationToken);
}

/// <summary>
/// Port: repositories in folders of this machine. Nothing is ever checked out for a job: trees are read from, and commits are written to, the repository's own objects, so that no hook,
/// filter or diff program, no attribute, link or submodule of it is ever followed or run.
/// </summary>
public interface ILocalForge : IForge
{
    /// <summary>The files of a commit.</summary>
    Task<IRepositoryTree> OpenTreeAsync(Repository repository, string sha, CancellationToken cancellationToken);

    /// <summary>
    /// Puts edits on the job's branch as one commit, and gives its hash; the parent's where they change nothing. The same order makes the same commit, bit by bit, so that repeating it after a
    /// crash finds it done. Refused where the branch has moved on otherwise, or an edit's path is not allowed.
    /// </summary>
    Task<string> CommitAsync(CommitOrder order, CancellationToken cancellationToken);

    /// <summary>What a branch changes, to be read by a person.</summary>
    Task<BranchDiff> CompareAsync(Repository repository, string baseSha, string headSha, CancellationToken cancellationToken);

    /// <summary>Brings a commit into the base branch, by moving that forward where it can and by a merge commit otherwise. Merging again finds it merged.</summary>
    Task<MergeOutcome> MergeAsync(MergeOrder order, CancellationToken cancellationToken);
}

/// <summary>What there is to know of a repository.</summary>
/// <param name="DefaultBranch">The branch that its head names.</param>
public sealed record RepositoryFacts(string DefaultBranch);

/// <summary>A branch that is wanted.</summary>
/// <param name="Repository">Where.</param>
/// <param name="JobId">The job whose it is.</param>
/// <param name="Branch">Its name.</param>
/// <param name="BaseRef">The branch that it begins at.</param>
/// <param name="Instruction">What the job is to do.</param>
/// <param name="AutoMerge">True to merge it when all went well.</param>
/// <param name="CreatePullRequest">True to open a pull request for it.</param>
/// <param name="CreatedAt">When the job was created: the time of what is written.</param>
public sealed record BranchOrder(
    Repository Repository,
    string JobId,
    string Branch,
    string BaseRef,
    string Instruction,
    bool AutoMerge,
    bool CreatePullRequest,
    DateTimeOffset CreatedAt)
{
    /// <summary>The number of the instruction on this branch, from 0: a follow-up goes on where the one before it has ended.</summary>
    public int Round { get; init; }
}

/// <summary>A branch that was made.</summary>
/// <param name="Branch">Its name.</param>
/// <param name="BaseSha">The commit of the base that it began at.</param>
/// <param name="HeadSha">Where it is now.</param>
public sealed record BranchStart(string Branch, string BaseSha, string HeadSha);

/// <summary>What a forge knows of a branch.</summary>
/// <param name="Exists">False when it was deleted.</param>
/// <param name="HeadSha">Where it is; null when it was deleted.</param>
/// <param name="Run">The latest run of the workflow on it; null where there is none.</param>
/// <param name="PullRequest">Its latest pull request; null where there is none.</param>
/// <param name="Known">What the next look is to be given.</param>
public sealed record BranchReport(bool Exists, string? HeadSha, ForgeRun? Run, ForgePullRequest? PullRequest, string? Known);

/// <summary>A run of a workflow.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Url">Its page.</param>
/// <param name="Status">Where it is.</param>
/// <param name="HeadSha">The commit that it runs on.</param>
/// <param name="Attempt">The number of the attempt, from 1.</param>
public sealed record ForgeRun(long Id, string Url, ForgeRunStatus Status, string HeadSha, int Attempt);

/// <summary>Where a run is.</summary>
public enum ForgeRunStatus
{
    /// <summary>It waits for a machine.</summary>
    Queued,

    /// <summary>It runs.</summary>
    Running,

    /// <summary>All went well.</summary>
    Succeeded,

    /// <summary>It has failed or ran out of time.</summary>
    Failed,

    /// <summary>Somebody stopped it.</summary>
    Cancelled,
}

/// <summary>A pull request.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Url">Its page.</param>
/// <param name="Status">Where it is.</param>
/// <param name="HeadSha">The latest commit of its branch: what was merged, once it is; null where the forge does not say.</param>
public sealed record ForgePullRequest(int Number, string Url, ForgePullRequestStatus Status, string? HeadSha = null);

/// <summary>Where a pull request is.</summary>
public enum ForgePullRequestStatus
{
    /// <summary>It can be merged or closed.</summary>
    Open,

    /// <summary>It was closed and not merged.</summary>
    Closed,

    /// <summary>It was merged.</summary>
    Merged,
}

/// <summary>Some of the files that a branch changes.</summary>
/// <param name="Paths">The paths; of a renamed file the new one.</param>
/// <param name="Total">How many there are in all; at GitHub at most what it lists.</param>
public sealed record ChangedFiles(IReadOnlyList<string> Paths, int Total);
