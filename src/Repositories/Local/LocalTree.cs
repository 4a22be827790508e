using Jobs.Domain.Repositories;
using LibGit2Sharp;
using GitRepository = LibGit2Sharp.Repository;
using GitTreeEntry = LibGit2Sharp.TreeEntry;
using TreeEntry = Jobs.Domain.Repositories.TreeEntry;

namespace Jobs.Repositories.Local;

/// <summary>The files of a commit of a local repository. A read opens one object, of at most the bytes that are asked for.</summary>
internal sealed class LocalTree : IRepositoryTree
{
    private readonly GitRepository _repository;
    private readonly Dictionary<string, ObjectId> _files;
    private readonly Lock _reading = new();

    private LocalTree(GitRepository repository, IReadOnlyList<TreeEntry> entries, Dictionary<string, ObjectId> files) =>
        (_repository, Entries, _files) = (repository, entries, files);

    /// <inheritdoc/>
    public IReadOnlyList<TreeEntry> Entries { get; }

    /// <summary>Opens a commit's tree, and keeps the repository open until it is disposed.</summary>
    public static LocalTree Open(GitRepository repository, Commit commit, CancellationToken cancellationToken)
    {
        var entries = new List<TreeEntry>();
        var files = new Dictionary<string, ObjectId>(StringComparer.Ordinal);
        foreach (var (path, entry) in Walk(commit.Tree, cancellationToken))
        {
            var kind = KindOf(entry.Mode);
            var isFile = kind is TreeEntryKind.File or TreeEntryKind.Executable;
            entries.Add(new TreeEntry(path, kind, isFile ? repository.ObjectDatabase.RetrieveObjectMetadata(entry.Target.Id).Size : 0));
            if (isFile)
            {
                files.TryAdd(path, entry.Target.Id);
            }
        }

        entries.Sort(static (one, other) => string.CompareOrdinal(one.Path, other.Path));
        return new LocalTree(repository, entries, files);
    }

    /// <summary>Everything in a tree but its folders, each with its path. Throws <see cref="ForgeException"/> beyond the limits.</summary>
    public static IEnumerable<(string Path, GitTreeEntry Entry)> Walk(Tree root, CancellationToken cancellationToken)
    {
        var files = 0;
        var folders = 0;
        var pending = new Stack<(string Prefix, Tree Tree, int Depth)>([("", root, 1)]);
        while (pending.TryPop(out var folder))
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var entry in folder.Tree)
            {
                // A tree may name another one many times, so that a small repository has endless paths.
                var isFolder = entry.Mode == Mode.Directory;
                if (isFolder ? ++folders > ForgeLimits.MaxTreeEntries || folder.Depth == ForgeLimits.MaxTreeDepth : ++files > ForgeLimits.MaxTreeEntries)
                {
                    throw TooLarge();
                }

                if (isFolder)
                {
                    pending.Push((folder.Prefix + entry.Name + "/", (Tree)entry.Target, folder.Depth + 1));
                }
                else
                {
                    yield return (folder.Prefix + entry.Name, entry);
                }
            }
        }
    }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte>? Read(string path, int maxBytes)
    {
        if (!_files.TryGetValue(path, out var id))
        {
            return null;
        }

        lock (_reading)
        {
            if (_repository.ObjectDatabase.RetrieveObjectMetadata(id).Size > maxBytes || _repository.Lookup<Blob>(id) is not { } blob)
            {
                return null;
            }

            var bytes = new byte[blob.Size];
            using var content = blob.GetContentStream();
            content.ReadExactly(bytes);
            return bytes;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_reading)
        {
            _repository.Dispose();
        }
    }

    private static ForgeException TooLarge() => new(
        $"The repository has more than {ForgeLimits.MaxTreeEntries:N0} files, or folders deeper than {ForgeLimits.MaxTreeDepth} within each other, which is beyond what jobs read.",
        isTransient: false);

    private static TreeEntryKind KindOf(Mode mode) => mode switch
    {
        Mode.ExecutableFile => TreeEntryKind.Executable,
        Mode.SymbolicLink => TreeEntryKind.Link,
        Mode.GitLink => TreeEntryKind.Submodule,
        _ => TreeEntryKind.File,
    };
}
