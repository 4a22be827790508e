using System.Globalization;
using Jobs.Domain;
using Jobs.Domain.Jobs;
using Jobs.Domain.Repositories;

namespace Jobs.Functions.Repositories;

/// <summary>What is written of the work on a branch: the messages of commits and the lines of a log.</summary>
internal static class BranchTexts
{
    /// <summary>The most characters of the title of a commit.</summary>
    public const int MaxTitleLength = 72;

    private const int MaxConflicts = 10;

    /// <summary>The commit of a job's edits: the same whoever makes it, and whenever.</summary>
    public static CommitOrder CommitOrderOf(Job job, Repository repository, StoredEdits edits)
    {
        return new CommitOrder(
            repository, job.Repository!.Branch, job.Repository.StartSha!, edits.ToEdits(), $"{TitleOf(edits.Title)}\n\n{Texts.Plain(edits.Summary).Trim()}\n\nJob: {job.Id}\n", job.CreatedAt);
    }

    /// <summary>The merge of a job's branch, likewise.</summary>
    public static MergeOrder MergeOrderOf(Job job, Repository repository) => new(
        repository, job.Repository!.BaseRef, job.Repository.HeadSha!, $"Merge branch '{job.Repository.Branch}' into {job.Repository.BaseRef}\n\nJob: {job.Id}\n", job.CreatedAt);

    /// <summary>What came of a merge, in a sentence.</summary>
    public static string Describe(MergeOutcome outcome, string baseRef) => outcome switch
    {
        MergeOutcome.Merged { IsFastForward: true } merged => $"Merged into {baseRef}, which is now {Short(merged.Sha)}.",
        MergeOutcome.Merged merged => $"Merged into {baseRef} by the commit {Short(merged.Sha)}.",
        MergeOutcome.Conflict conflict => $"Not merged: {baseRef} has changed in the same places of {Names(conflict.Paths)}.",
        MergeOutcome.Refused refused => $"Not merged: {refused.Reason}",
        _ => throw new ArgumentException($"{outcome.GetType().Name} is no outcome that we know.", nameof(outcome)),
    };

    /// <summary>What the job learns of a merge.</summary>
    public static BranchFacts FactsOf(MergeOutcome outcome, Job job, BranchLog log) => new()
    {
        Log = log,
        PullRequest = outcome is MergeOutcome.Merged && job.Repository!.PullRequest is { } opened ? opened with { Status = ForgePullRequestStatus.Merged } : null,
        NotMerged = outcome is MergeOutcome.Merged ? null : Describe(outcome, job.Repository!.BaseRef),
    };

    /// <summary>A text as a title: one line, cut where it is too long.</summary>
    public static string TitleOf(string text) => Texts.Cut(Line(text), MaxTitleLength);

    /// <summary>The first characters of a hash, as Git shows it.</summary>
    public static string Short(string sha) => sha.Length > 7 ? sha[..7] : sha;

    /// <summary>So many files.</summary>
    public static string Files(int count) => count == 1 ? "1 file" : string.Create(CultureInfo.InvariantCulture, $"{count:N0} files");

    private static string Line(string text) => string.Join(' ', Texts.Plain(text).Split((char[])['\n', '\t', ' '], StringSplitOptions.RemoveEmptyEntries));

    private static string Names(IReadOnlyList<string> paths) =>
        string.Join(", ", paths.Take(MaxConflicts)) + (paths.Count > MaxConflicts ? string.Create(CultureInfo.InvariantCulture, $" and {paths.Count - MaxConflicts:N0} more") : "");
}
