using Jobs.Domain;
using Jobs.Domain.Repositories;
using LibGit2Sharp;
using GitRepository = LibGit2Sharp.Repository;

namespace Jobs.Repositories.Local;

/// <summary>Brings a commit into a branch.</summary>
internal sealed class BranchMerge(LibGit2 git, GitFolder folder, GitRepository repository)
{
    /// <summary>How often a merge is made anew because the branch has moved in between.</summary>
    private const int MaxAttempts = 5;

    /// <summary>How many files are compared with each other to find out which were renamed.</summary>
    private const int RenameLimit = 200;

    /// <summary>How far back a merge that was made before is looked for.</summary>
    private const int MaxHistory = 10_000;

    /// <summary>Merges. What was merged before is found.</summary>
    public MergeOutcome Merge(MergeOrder order, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (TryMerge(order, cancellationToken) is { } outcome)
            {
                return outcome;
            }
        }

        throw new ForgeException($"The branch '{order.BaseRef}' moves too fast to be merged into.", isTransient: true);
    }

    private MergeOutcome? TryMerge(MergeOrder order, CancellationToken cancellationToken)
    {
        if (LocalBranch.Find(repository, order.BaseRef) is not { } id || repository.Lookup<Commit>(id) is not { } target)
        {
            return new MergeOutcome.Refused($"There is no branch '{order.BaseRef}' (any more).");
        }

        if (LocalBranch.FindCommit(repository, order.HeadSha) is not { } head)
        {
            return new MergeOutcome.Refused("The commit to be merged is gone.");
        }

        var common = repository.ObjectDatabase.FindMergeBase(target, head);
        if (common is null)
        {
            return new MergeOutcome.Refused("The histories of both branches have nothing in common.");
        }

        if (common.Id == head.Id)
        {
            return FindMerged(target, head, cancellationToken);
        }

        var isFastForward = common.Id == target.Id;
        var merged = head;
        if (!isFastForward)
        {
            var result = repository.ObjectDatabase.MergeCommits(target, head, new MergeTreeOptions { FindRenames = true, TargetLimit = RenameLimit });
            if (result.Status != MergeTreeStatus.Succeeded)
            {
                return new MergeOutcome.Conflict(PathsOf(result.Conflicts));
            }

            var author = CommitAuthor.At(order.At);
            merged = repository.ObjectDatabase.CreateCommit(author, author, CommitMessage.Clean(order.Message), result.Tree, [target, head], prettifyMessage: true);
        }

        var message = isFastForward ? "merge: Fast-forward" : "merge: Merge made by a job";
        return BranchMove.Move(git, folder, repository, order.BaseRef, target, merged, message, cancellationToken) switch
        {
            BranchMove.Moved => new MergeOutcome.Merged(merged.Sha, isFastForward),
            BranchMove.Refused refused => new MergeOutcome.Refused(refused.Reason),
            _ => null,
        };
    }

    /// <summary>How a commit came into a branch that has it: the branch was moved to it, or a merge commit took it in.</summary>
    private MergeOutcome.Merged FindMerged(Commit target, Commit head, CancellationToken cancellationToken)
    {
        foreach (var commit in repository.Commits.QueryBy(new CommitFilter { IncludeReachableFrom = target, FirstParentOnly = true }).Take(MaxHistory))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (commit.Id == head.Id)
            {
                break;
            }

            if (commit.Parents.Skip(1).Any(parent => parent.Id == head.Id))
            {
                return new MergeOutcome.Merged(commit.Sha, IsFastForward: false);
            }
        }

        return new MergeOutcome.Merged(head.Sha, IsFastForward: true);
    }

    private static IReadOnlyList<string> PathsOf(IEnumerable<Conflict> conflicts) =>
    [
        .. conflicts
            .SelectMany(static conflict => new[] { conflict.Ours?.Path, conflict.Theirs?.Path, conflict.Ancestor?.Path })
            .OfType<string>()
            .Select(Texts.Plain)
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal)
            .Take(ForgeLimits.MaxConflictPaths),
    ];
}
