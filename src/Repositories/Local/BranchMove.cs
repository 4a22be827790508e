using System.Diagnostics;
using Jobs.Domain.Repositories;
using LibGit2Sharp;
using GitRepository = LibGit2Sharp.Repository;

namespace Jobs.Repositories.Local;

/// <summary>What came of moving a branch.</summary>
internal abstract record BranchMove
{
    private BranchMove()
    {
    }

    /// <summary>It is where it is wanted.</summary>
    public sealed record Moved : BranchMove;

    /// <summary>It was not where it was expected; nothing happened.</summary>
    public sealed record Changed : BranchMove;

    /// <summary>It must not be moved, for this reason; nothing happened.</summary>
    public sealed record Refused(string Reason) : BranchMove;

    /// <summary>Moves a branch from a commit to another, and brings the repository's own working folder up to date where it has the branch checked out.</summary>
    public static BranchMove Move(LibGit2 git, GitFolder folder, GitRepository repository, string branch, Commit from, Commit to, string message, CancellationToken cancellationToken)
    {
        var name = LocalBranch.FullName(branch);
        if (WorkingFolder.IsInLinkedFolder(folder, name))
        {
            return new Refused($"The branch '{branch}' is checked out in a linked working folder, which would be left out of date.");
        }

        return WorkingFolder.Holds(folder, repository, name)
            ? new WorkingFolder(git, folder, repository, name).Move(from, to, message, cancellationToken)
            : MoveReference(folder, name, from.Id, to.Id, message);
    }

    /// <summary>Moves a reference alone. Where another moves it just now, waits a little for that to end.</summary>
    public static BranchMove MoveReference(GitFolder folder, string name, ObjectId? from, ObjectId to, string message)
    {
        // Git holds such a lock for as long as it takes to write forty letters.
        var waited = Stopwatch.StartNew();
        while (true)
        {
            switch (NativeReferences.Move(folder.Folder, name, from, to, message))
            {
                case NativeReferences.Outcome.Moved:
                    return new Moved();
                case NativeReferences.Outcome.Changed:
                    return new Changed();
                case NativeReferences.Outcome.Busy when waited.Elapsed < TimeSpan.FromSeconds(5):
                    Thread.Sleep(20);
                    break;
                default:
                    throw new ForgeException("Another program holds the branch's lock.", isTransient: true);
            }
        }
    }
}
