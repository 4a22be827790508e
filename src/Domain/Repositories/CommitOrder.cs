namespace Jobs.Domain.Repositories;

/// <summary>A commit that is wanted.</summary>
/// <param name="Repository">Where.</param>
/// <param name="Branch">The branch that it goes on.</param>
/// <param name="ParentSha">What it follows: where the branch must be, unless the commit is there already.</param>
/// <param name="Edits">What it changes.</param>
/// <param name="Message">Its message: a title, an empty line and a text.</param>
/// <param name="At">The time of author and committer.</param>
public sealed record CommitOrder(Repository Repository, string Branch, string ParentSha, IReadOnlyList<FileEdit> Edits, string Message, DateTimeOffset At);

/// <summary>A merge that is wanted.</summary>
/// <param name="Repository">Where.</param>
/// <param name="BaseRef">The branch that is to have the commit.</param>
/// <param name="HeadSha">The commit.</param>
/// <param name="Message">The message of a merge commit, where there must be one.</param>
/// <param name="At">The time of author and committer.</param>
public sealed record MergeOrder(Repository Repository, string BaseRef, string HeadSha, string Message, DateTimeOffset At);

/// <summary>What came of a merge.</summary>
public abstract record MergeOutcome
{
    private MergeOutcome()
    {
    }

    /// <summary>The base branch has the commit, now or from before.</summary>
    public sealed record Merged(string Sha, bool IsFastForward) : MergeOutcome;

    /// <summary>Both sides have changed the same; nothing was merged.</summary>
    public sealed record Conflict(IReadOnlyList<string> Paths) : MergeOutcome;

    /// <summary>It cannot be merged for another reason, in a sentence for the caller; nothing was merged.</summary>
    public sealed record Refused(string Reason) : MergeOutcome;
}
