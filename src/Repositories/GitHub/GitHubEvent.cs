using Jobs.Domain.Repositories;

namespace Jobs.Repositories.GitHub;

/// <summary>What a webhook's delivery was.</summary>
public abstract record GitHubDelivery
{
    private GitHubDelivery()
    {
    }

    /// <summary>It is not taken: nothing in it was believed.</summary>
    public sealed record Refused(GitHubRefusal Reason) : GitHubDelivery;

    /// <summary>It is GitHub's, and nothing to us: another event, another branch, a fork's, another workflow's.</summary>
    public sealed record Ignored(string DeliveryId) : GitHubDelivery;

    /// <summary>It is the one that GitHub sends when a webhook is set up.</summary>
    public sealed record Ping(string DeliveryId) : GitHubDelivery;

    /// <summary>It says something of a job's branch.</summary>
    public sealed record Received(GitHubEvent Event) : GitHubDelivery;
}

/// <summary>Why a delivery is not taken.</summary>
public enum GitHubRefusal
{
    /// <summary>No secret is set, so nobody can prove to be GitHub: 404.</summary>
    NotConfigured,

    /// <summary>The signature is missing, of another algorithm, or wrong: 401.</summary>
    NotSigned,

    /// <summary>It has more than <see cref="GitHubLimits.WebhookBytes"/>: 413.</summary>
    TooLarge,

    /// <summary>It is signed, and not of the documented shape: 400.</summary>
    Unreadable,
}

/// <summary>
/// Something that happened to a job's branch. Deliveries come late, twice and in any order, and their id is not signed: so an event is a reason to look, and what it says holds only where
/// nothing newer is known.
/// </summary>
/// <param name="DeliveryId">The delivery's id: the same when it is sent again.</param>
/// <param name="Repository">The repository, <c>owner/name</c> as GitHub spells it: letters may differ in case from what was registered.</param>
/// <param name="Branch">The branch, which begins with <c>job/</c>.</param>
/// <param name="HappenedAt">When, by GitHub's clock, to the second. Of two facts of one kind the one with the later time is newer; of runs, that of the later run or attempt.</param>
/// <param name="Fact">What.</param>
public sealed record GitHubEvent(string DeliveryId, string Repository, string Branch, DateTimeOffset HappenedAt, GitHubFact Fact);

/// <summary>What happened to a branch.</summary>
public abstract record GitHubFact
{
    private GitHubFact()
    {
    }

    /// <summary>A run of the workflow is in this state.</summary>
    /// <param name="Run">The run; its attempt counts on when it is started again.</param>
    /// <param name="Number">The number of the run among those of the workflow: a later run has a larger one.</param>
    public sealed record RunChanged(ForgeRun Run, long Number) : GitHubFact;

    /// <summary>A pull request of the branch is in this state.</summary>
    /// <param name="PullRequest">The pull request.</param>
    public sealed record PullRequestChanged(ForgePullRequest PullRequest) : GitHubFact;

    /// <summary>The branch is at this commit.</summary>
    public sealed record BranchMoved(string HeadSha) : GitHubFact;

    /// <summary>The branch is gone.</summary>
    public sealed record BranchDeleted : GitHubFact;
}
