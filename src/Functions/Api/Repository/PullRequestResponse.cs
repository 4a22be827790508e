using System.Text.Json.Serialization;
using Jobs.Domain.Jobs;
using Jobs.Domain.Repositories;
using Jobs.Functions.Repositories;

namespace Jobs.Functions.Api.Repository;

/// <summary>What the page of our own pull request shows.</summary>
/// <param name="Title">The title of the commit; the instruction's first line until there is one.</param>
/// <param name="Status">The job's state.</param>
/// <param name="Instruction">What was asked for.</param>
/// <param name="Description">What was done, in the agent's words; null until it is.</param>
/// <param name="Repository">The repository.</param>
/// <param name="Branch">The branch.</param>
/// <param name="BaseRef">What it is to be merged into.</param>
/// <param name="HeadSha">Where the branch is; null until it is made.</param>
/// <param name="PrStatus"><c>open</c>, <c>closed</c> or <c>merged</c>; null where there is no pull request.</param>
/// <param name="Check">The repository's check; null where it has none.</param>
/// <param name="NotMergeable">Why it cannot be merged now; null when it can be tried.</param>
/// <param name="NotMerged">Why the last attempt did not merge it; null when there was none.</param>
/// <param name="Diff">What the branch changes; null where there is nothing to show.</param>
/// <param name="DiffProblem">Why that cannot be shown; null when it can.</param>
public sealed record PullRequestResponse(
    string Title,
    string Status,
    string Instruction,
    string? Description,
    string Repository,
    string Branch,
    [property: JsonPropertyName("base_ref")] string BaseRef,
    [property: JsonPropertyName("head_sha")] string? HeadSha,
    [property: JsonPropertyName("pr_status")] string? PrStatus,
    PullRequestCheck? Check,
    [property: JsonPropertyName("not_mergeable")] string? NotMergeable,
    [property: JsonPropertyName("not_merged")] string? NotMerged,
    PullRequestDiff? Diff,
    [property: JsonPropertyName("diff_problem")] string? DiffProblem)
{
    /// <summary>The answer for a job.</summary>
    public static PullRequestResponse From(PullRequestView view)
    {
        var branch = view.Job.Repository!;
        return new PullRequestResponse(
            view.Title,
            RepositoryResponses.StatusOf(view.Job.Status),
            view.Instruction,
            view.Description,
            branch.Name,
            branch.Branch,
            branch.BaseRef,
            branch.HeadSha,
            branch.PullRequest is { } opened ? WordOf(opened.Status) : null,
            view.CheckCommand is { } command ? new PullRequestCheck(branch.HasPassedCheck, command) : null,
            view.Job.Status is JobStatus.Merged ? "It is merged." : RepositoryJobs.WhyNotMergeable(view.Job),
            branch.NotMerged,
            view.Diff is { } diff ? new PullRequestDiff([.. diff.Files.Select(PullRequestFile.From)], diff.Total) : null,
            view.DiffProblem);
    }

    private static string WordOf(ForgePullRequestStatus status) => status switch
    {
        ForgePullRequestStatus.Open => "open",
        ForgePullRequestStatus.Closed => "closed",
        ForgePullRequestStatus.Merged => "merged",
    };
}

/// <summary>The repository's check.</summary>
/// <param name="Passed">Whether it has; null when it has not run.</param>
/// <param name="Command">The command.</param>
public sealed record PullRequestCheck(bool? Passed, string Command);

/// <summary>What a branch changes.</summary>
/// <param name="Files">The files, or the first of them.</param>
/// <param name="Total">How many there are.</param>
public sealed record PullRequestDiff(IReadOnlyList<PullRequestFile> Files, int Total);

/// <summary>What becomes of a file.</summary>
public sealed record PullRequestFile(
    string Path,
    [property: JsonPropertyName("old_path")] string? OldPath,
    string Change,
    int Added,
    int Deleted,
    string? Patch,
    bool Binary)
{
    internal static PullRequestFile From(FileDiff file) => new(
        file.Path,
        file.OldPath,
        file.Change switch
        {
            FileChange.Added => "added",
            FileChange.Modified => "modified",
            FileChange.Deleted => "deleted",
            FileChange.Renamed => "renamed",
        },
        file.Added,
        file.Deleted,
        file.Patch,
        file.IsBinary);
}
