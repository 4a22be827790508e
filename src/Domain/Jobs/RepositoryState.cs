using Jobs.Domain.Repositories;

namespace Jobs.Domain.Jobs;

/// <summary>The branch of a repository's job, and what became of it: all that a poll needs, small enough for the status row. What can be large is an artifact, named here.</summary>
/// <param name="Name">What requests call the repository.</param>
/// <param name="Kind">Where it is.</param>
/// <param name="Key">Which repository it is, whatever it is called: <see cref="KeyOf"/>.</param>
/// <param name="Branch">The branch.</param>
/// <param name="BaseRef">The branch that it begins at and is merged into.</param>
/// <param name="AutoMerge">True to merge it when all went well.</param>
/// <param name="CreatePullRequest">True to open a pull request for it.</param>
/// <param name="Round">The number of the job on this branch, from 0.</param>
public sealed record RepositoryState(
    string Name,
    RepositoryKind Kind,
    string Key,
    string Branch,
    string BaseRef,
    bool AutoMerge,
    bool CreatePullRequest,
    int Round = 0)
{
    /// <summary>The most characters of a log that the status row itself holds: its end.</summary>
    public const int MaxLogLength = 4_000;

    /// <summary>The most changed files that the status row itself holds.</summary>
    public const int MaxFiles = 100;

    /// <summary>The most characters that the paths of those files have together.</summary>
    public const int MaxFilesLength = 3_000;

    /// <summary>The most characters of a reason for not merging that are kept.</summary>
    public const int MaxReasonLength = 500;

    /// <summary>What a branch's name begins with; the id of its first job follows.</summary>
    public const string BranchPrefix = "job/";

    /// <summary>The job that was on this branch before; null for the first.</summary>
    public string? PreviousJobId { get; init; }

    /// <summary>The latest run of the workflow that was on the branch before this job: nothing that is told of it, or of an older one, is about this job.</summary>
    public long EarlierRunId { get; init; }

    /// <summary>The number of the pull request that was closed or merged before this job, likewise.</summary>
    public int EarlierPullRequest { get; init; }

    /// <summary>The number of the pull request that was open already when this job was created; 0 where none was.</summary>
    public int InheritedPullRequest { get; init; }

    /// <summary>The commit at which that one stood, as far as the job before knew.</summary>
    public string? InheritedSha { get; init; }

    /// <summary>The commit of the base that the branch began at; null until it is made.</summary>
    public string? BaseSha { get; init; }

    /// <summary>Where the branch was when this job began on it.</summary>
    public string? StartSha { get; init; }

    /// <summary>Where it is.</summary>
    public string? HeadSha { get; init; }

    /// <summary>The run of the workflow that does the work; null where it is done here, and until there is one.</summary>
    public ForgeRun? Run { get; init; }

    /// <summary>The pull request; null until there is one. Our own has the number 0, and as its address a path of this service.</summary>
    public ForgePullRequest? PullRequest { get; init; }

    /// <summary>True once the forge has told that the branch was deleted, which may be after a merge.</summary>
    public bool IsGone { get; init; }

    /// <summary>Whether the repository's check has passed; null where there is none, or it has not run.</summary>
    public bool? HasPassedCheck { get; init; }

    /// <summary>What was written of the work.</summary>
    public BranchLog? Log { get; init; }

    /// <summary>What the job has changed; null until that is known.</summary>
    public BranchFiles? Files { get; init; }

    /// <summary>Why it was not merged, in a sentence; null when it was, and when nobody tried.</summary>
    public string? NotMerged { get; init; }

    /// <summary>Which repository this is, whatever an organisation calls it: 64 lower-case hex digits. A path of the server is not to be read from it.</summary>
    public static string KeyOf(RepositoryKind kind, string location)
    {
        // GitHub's names are the same in either case.
        var text = kind is RepositoryKind.GitHub ? location.ToLowerInvariant() : location;
        return Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes($"{kind}|{text}")));
    }

    /// <summary>True when the job's work was merged. While it is not known where the job began, a pull request of before it may be merged without its work.</summary>
    internal bool IsMerged => PullRequest is { Status: ForgePullRequestStatus.Merged } merged && (merged.Number != InheritedPullRequest || merged.HeadSha is null || StartSha is not null);

    /// <summary>The state with what is new in <paramref name="facts"/>; the same where nothing is.</summary>
    internal RepositoryState With(BranchFacts? facts) => facts is null ? this : (this with
    {
        BaseSha = BaseSha ?? facts.BaseSha,
        StartSha = StartSha ?? facts.StartSha,
        HeadSha = facts.HeadSha ?? HeadSha,
        Run = Later(Run, facts.Run),
        PullRequest = Later(PullRequest, facts.PullRequest),
        IsGone = IsGone || facts.IsGone,
        HasPassedCheck = facts.HasPassedCheck ?? HasPassedCheck,
        Log = facts.Log ?? Log,
        Files = facts.Files ?? Files,
        NotMerged = facts.NotMerged is { } reason ? Texts.Cut(reason, MaxReasonLength) : NotMerged,
    }).WithoutEarlierMerge();

    /// <summary>A pull request that was merged as the job before had left it has nothing of this job's work in it, which gets another.</summary>
    private RepositoryState WithoutEarlierMerge() =>
        PullRequest is { Status: ForgePullRequestStatus.Merged, HeadSha: { } head } merged
        && merged.Number == InheritedPullRequest
        && StartSha is not null
        && (head == StartSha || head == InheritedSha)
            ? this with { PullRequest = null, EarlierPullRequest = merged.Number }
            : this;

    private ForgeRun? Later(ForgeRun? known, ForgeRun? told) =>
        told is null || told.Id <= EarlierRunId ? known
        : known is null ? told
        : (told.Id, told.Attempt, RankOf(told.Status)).CompareTo((known.Id, known.Attempt, RankOf(known.Status))) > 0 ? told
        : known;

    private ForgePullRequest? Later(ForgePullRequest? known, ForgePullRequest? told) =>
        told is null || (told.Number > 0 && told.Number <= EarlierPullRequest) ? known
        : known is null ? told
        : known.Status is ForgePullRequestStatus.Merged ? known
        : (told.Number, RankOf(told.Status)).CompareTo((known.Number, RankOf(known.Status))) > 0 ? told
        : known;

    private static int RankOf(ForgeRunStatus status) => status switch
    {
        ForgeRunStatus.Queued => 0,
        ForgeRunStatus.Running => 1,
        ForgeRunStatus.Succeeded or ForgeRunStatus.Failed or ForgeRunStatus.Cancelled => 2,
    };

    private static int RankOf(ForgePullRequestStatus status) => status switch
    {
        ForgePullRequestStatus.Open => 0,
        ForgePullRequestStatus.Closed => 1,
        ForgePullRequestStatus.Merged => 2,
    };
}

/// <summary>What was written of the work on a branch.</summary>
/// <param name="Tail">All of it, or its last <see cref="RepositoryState.MaxLogLength"/> characters.</param>
/// <param name="Ref">The artifact that holds all of it; null where <paramref name="Tail"/> does.</param>
public sealed record BranchLog(string Tail, string? Ref = null);

/// <summary>The files that a job has changed.</summary>
/// <param name="First">All of them, or the first as far as <see cref="RepositoryState.MaxFiles"/> and <see cref="RepositoryState.MaxFilesLength"/> allow, in the order of their paths.</param>
/// <param name="Total">How many there are.</param>
/// <param name="Ref">The artifact that lists them; null where <paramref name="First"/> does.</param>
public sealed record BranchFiles(IReadOnlyList<string> First, int Total, string? Ref = null);

/// <summary>What somebody knows of a branch; what is null is not known, or as before.</summary>
public sealed record BranchFacts
{
    /// <inheritdoc cref="RepositoryState.BaseSha"/>
    public string? BaseSha { get; init; }

    /// <inheritdoc cref="RepositoryState.StartSha"/>
    public string? StartSha { get; init; }

    /// <inheritdoc cref="RepositoryState.HeadSha"/>
    public string? HeadSha { get; init; }

    /// <inheritdoc cref="RepositoryState.Run"/>
    public ForgeRun? Run { get; init; }

    /// <inheritdoc cref="RepositoryState.PullRequest"/>
    public ForgePullRequest? PullRequest { get; init; }

    /// <inheritdoc cref="RepositoryState.IsGone"/>
    public bool IsGone { get; init; }

    /// <inheritdoc cref="RepositoryState.HasPassedCheck"/>
    public bool? HasPassedCheck { get; init; }

    /// <inheritdoc cref="RepositoryState.Log"/>
    public BranchLog? Log { get; init; }

    /// <inheritdoc cref="RepositoryState.Files"/>
    public BranchFiles? Files { get; init; }

    /// <inheritdoc cref="RepositoryState.NotMerged"/>
    public string? NotMerged { get; init; }
}
