namespace Jobs.Domain.Repositories;

/// <summary>The files of a commit. Links and submodules are listed and cannot be read.</summary>
public interface IRepositoryTree : IDisposable
{
    /// <summary>Everything that is in it, in the order of the paths, up to the limit of a tree; more is a <see cref="ForgeException"/> when it is opened.</summary>
    IReadOnlyList<TreeEntry> Entries { get; }

    /// <summary>A file's bytes; null when there is no file of this path, or it is larger than <paramref name="maxBytes"/>.</summary>
    ReadOnlyMemory<byte>? Read(string path, int maxBytes);
}

/// <summary>An entry of a tree.</summary>
/// <param name="Path">Its path, with <c>/</c> between the names.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Size">Its bytes; 0 for what is no file.</param>
public sealed record TreeEntry(string Path, TreeEntryKind Kind, long Size);

/// <summary>What an entry of a tree is.</summary>
public enum TreeEntryKind
{
    /// <summary>A file.</summary>
    File,

    /// <summary>A file that may be run.</summary>
    Executable,

    /// <summary>A symbolic link.</summary>
    Link,

    /// <summary>Another repository.</summary>
    Submodule,
}
