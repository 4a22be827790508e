using Jobs.Domain.Repositories;
using LibGit2Sharp;
using GitRepository = LibGit2Sharp.Repository;

namespace Jobs.Repositories.Local;

/// <summary>What differs between two commits.</summary>
internal static class BranchComparison
{
    /// <summary>How many files are compared with each other to find out which were renamed; beyond it a renamed file is a deleted and an added one.</summary>
    private const int RenameLimit = 200;

    private const int ContextLines = 3;

    /// <summary>The changes of files in the order of their paths, renames found.</summary>
    public static IReadOnlyList<TreeEntryChanges> List(GitRepository repository, Commit from, Commit to)
    {
        using var changes = repository.Diff.Compare<TreeChanges>(from.Tree, to.Tree, Options());
        return [.. changes.Where(static change => change.Status != ChangeKind.Unmodified).OrderBy(static change => change.Path, StringComparer.Ordinal)];
    }

    /// <summary>What a person is shown.</summary>
    public static BranchDiff Show(GitRepository repository, Commit from, Commit to, CancellationToken cancellationToken)
    {
        var changes = List(repository, from, to);
        var files = new List<FileDiff>();
        var characters = 0;
        foreach (var change in changes.Take(ForgeLimits.MaxDiffFiles))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var file = Show(repository, change);
            if (file.Patch is { } patch && (characters += patch.Length) > ForgeLimits.MaxDiffCharacters)
            {
                characters -= patch.Length;
                file = file with { Patch = null };
            }

            files.Add(file);
        }

        return new BranchDiff(files, changes.Count);
    }

    private static CompareOptions Options() => new()
    {
        ContextLines = ContextLines,
        IndentHeuristic = true,
        Similarity = new SimilarityOptions { RenameDetectionMode = RenameDetectionMode.Renames, RenameLimit = RenameLimit },
    };

    private static FileDiff Show(GitRepository repository, TreeEntryChanges change)
    {
        var kind = change.Status switch
        {
            ChangeKind.Added => FileChange.Added,
            ChangeKind.Deleted => FileChange.Deleted,
            ChangeKind.Renamed => FileChange.Renamed,
            _ => FileChange.Modified,
        };
        var oldPath = kind == FileChange.Renamed ? change.OldPath : null;
        var (old, isOldSmall) = BlobOf(repository, change.OldExists, change.OldMode, change.OldOid);
        var (@new, isNewSmall) = BlobOf(repository, change.Exists, change.Mode, change.Oid);
        if (!isOldSmall || !isNewSmall || (old is null && @new is null))
        {
            return new FileDiff(change.Path, oldPath, kind, 0, 0, null, IsBinary: false);
        }

        var content = repository.Diff.Compare(old, @new, Options());
        if (content.IsBinaryComparison)
        {
            return new FileDiff(change.Path, oldPath, kind, 0, 0, null, IsBinary: true);
        }

        var isShown = content.LinesAdded + content.LinesDeleted <= ForgeLimits.MaxDiffFileLines;
        var patch = isShown ? content.Patch : null;
        return new FileDiff(
            change.Path,
            oldPath,
            kind,
            content.LinesAdded,
            content.LinesDeleted,
            patch?.Length <= ForgeLimits.MaxDiffCharacters ? patch : null,
            IsBinary: false);
    }

    /// <summary>One side of a file's change; a submodule has none.</summary>
    private static (Blob? Blob, bool IsSmall) BlobOf(GitRepository repository, bool exists, Mode mode, ObjectId id)
    {
        if (!exists || mode == Mode.GitLink)
        {
            return (null, true);
        }

        return repository.ObjectDatabase.RetrieveObjectMetadata(id).Size <= ForgeLimits.MaxDiffFileBytes ? (repository.Lookup<Blob>(id), true) : (null, false);
    }
}
