namespace Jobs.Domain.Repositories;

/// <summary>What a branch changes, up to the limits of a diff.</summary>
/// <param name="Files">The files, in the order of their paths.</param>
/// <param name="Total">How many there are in all.</param>
public sealed record BranchDiff(IReadOnlyList<FileDiff> Files, int Total);

/// <summary>What becomes of a file.</summary>
/// <param name="Path">Its path.</param>
/// <param name="OldPath">The path that it had; null where it is the same.</param>
/// <param name="Change">What happens to it.</param>
/// <param name="Added">How many lines are added.</param>
/// <param name="Deleted">How many lines are taken away.</param>
/// <param name="Patch">The hunks as Git writes them; null for a binary file, and for one whose hunks are beyond the limits.</param>
/// <param name="IsBinary">True for a binary file.</param>
public sealed record FileDiff(string Path, string? OldPath, FileChange Change, int Added, int Deleted, string? Patch, bool IsBinary);

/// <summary>What happens to a file.</summary>
public enum FileChange
{
    /// <summary>It is new.</summary>
    Added,

    /// <summary>Its content or mode changes.</summary>
    Modified,

    /// <summary>It goes.</summary>
    Deleted,

    /// <summary>It gets another path, and perhaps another content.</summary>
    Renamed,
}
