using Jobs.Domain.Repositories;
using Octokit;

namespace Jobs.Repositories.GitHub;

/// <summary>GitHub's words for where a run or a pull request is, as ours.</summary>
internal static class RunStatuses
{
    /// <summary>Which workflow's runs count.</summary>
    public const string WorkflowFile = "run-job.yml";

    /// <summary>What must have started them.</summary>
    public const string WorkflowEvent = "push";

    /// <summary>
    /// Where a run is. A status that we do not know is one of a run that has not ended, because <c>completed</c> is the only one that has; a conclusion that we do not know is no success.
    /// </summary>
    public static ForgeRunStatus Of(string? status, string? conclusion) =>
        !TryParse<WorkflowRunStatus>(status, out var known) ? ForgeRunStatus.Running
        : known switch
        {
            WorkflowRunStatus.Requested => ForgeRunStatus.Queued,
            WorkflowRunStatus.Queued => ForgeRunStatus.Queued,
            WorkflowRunStatus.Waiting => ForgeRunStatus.Queued,
            WorkflowRunStatus.Pending => ForgeRunStatus.Queued,
            WorkflowRunStatus.InProgress => ForgeRunStatus.Running,
            // It can be so for a moment.
            WorkflowRunStatus.Completed when string.IsNullOrEmpty(conclusion) => ForgeRunStatus.Running,
            WorkflowRunStatus.Completed => Of(conclusion),
        };

    /// <summary>Where a pull request is.</summary>
    public static ForgePullRequestStatus Of(string? state, bool isMerged) =>
        isMerged ? ForgePullRequestStatus.Merged
        : TryParse<ItemState>(state, out var known) ? known switch
        {
            ItemState.Open => ForgePullRequestStatus.Open,
            ItemState.Closed => ForgePullRequestStatus.Closed,
        }
        : ForgePullRequestStatus.Open;

    /// <summary>Whether a run is one of the workflow: its path may have the branch behind it.</summary>
    public static bool IsOurWorkflow(string? path) => path?.Split('@')[0] == $".github/workflows/{WorkflowFile}";

    private static ForgeRunStatus Of(string? conclusion) =>
        !TryParse<WorkflowRunConclusion>(conclusion, out var known) ? ForgeRunStatus.Failed
        : known switch
        {
            WorkflowRunConclusion.Success => ForgeRunStatus.Succeeded,
            WorkflowRunConclusion.Neutral => ForgeRunStatus.Succeeded,
            WorkflowRunConclusion.Cancelled => ForgeRunStatus.Cancelled,
            WorkflowRunConclusion.Failure => ForgeRunStatus.Failed,
            WorkflowRunConclusion.TimedOut => ForgeRunStatus.Failed,
            WorkflowRunConclusion.StartupFailure => ForgeRunStatus.Failed,
            // Nobody will let it run, it was given up, or all of it was left out: nothing was done.
            WorkflowRunConclusion.ActionRequired => ForgeRunStatus.Failed,
            WorkflowRunConclusion.Stale => ForgeRunStatus.Failed,
            WorkflowRunConclusion.Skipped => ForgeRunStatus.Failed,
        };

    private static bool TryParse<T>(string? word, out T value)
        where T : struct, Enum
    {
        value = default;
        return !string.IsNullOrEmpty(word) && char.IsAsciiLetter(word[0]) && new StringEnum<T>(word).TryParse(out value) && Enum.IsDefined(value);
    }
}
