using Jobs.Domain;
using Jobs.Domain.Repositories;
using LibGit2Sharp;
using GitRepository = LibGit2Sharp.Repository;

namespace Jobs.Repositories.Local;

/// <summary>A commit's tree with edits, of which only the folders that an edit is about are ever read.</summary>
internal sealed class TreeWriter
{
    private readonly GitRepository _repository;
    private readonly Folder _root;

    private TreeWriter(GitRepository repository, Tree tree) => (_repository, _root) = (repository, new Folder(repository, tree.Id));

    /// <summary>Writes the tree that a tree becomes by edits. Throws <see cref="ForgeException"/> for an edit that is not allowed.</summary>
    public static Tree Apply(GitRepository repository, Tree tree, IReadOnlyList<FileEdit> edits, PathGlobs allowed, CancellationToken cancellationToken)
    {
        Validate(edits, allowed);
        var edited = new TreeWriter(repository, tree);
        foreach (var edit in edits)
        {
            cancellationToken.ThrowIfCancellationRequested();
            edited.Apply(edit);
        }

        return edited._root.Write(repository);
    }

    private static void Validate(IReadOnlyList<FileEdit> edits, PathGlobs allowed)
    {
        if (edits.Count > ForgeLimits.MaxEdits)
        {
            throw Refused($"A commit has at most {ForgeLimits.MaxEdits:N0} edits, and this one has {edits.Count:N0}.");
        }

        var total = 0L;
        foreach (var edit in edits)
        {
            foreach (var path in PathsOf(edit))
            {
                if (RepositoryPath.FaultOf(path) is { } fault)
                {
                    throw Refused(fault + ".");
                }

                if (!allowed.Allow(path))
                {
                    throw Refused($"\"{Shown(path)}\" is not among the paths that jobs may change in this repository.");
                }
            }

            if (edit is FileEdit.Write write)
            {
                if (write.Content.Length > ForgeLimits.MaxFileBytes)
                {
                    throw Refused($"\"{Shown(write.Path)}\" has more than {ForgeLimits.MaxFileBytes:N0} bytes.");
                }

                total += write.Content.Length;
            }
        }

        if (total > ForgeLimits.MaxCommitBytes)
        {
            throw Refused($"The edits write more than {ForgeLimits.MaxCommitBytes:N0} bytes.");
        }
    }

    private static string[] PathsOf(FileEdit edit) => edit switch
    {
        FileEdit.Write write => [write.Path],
        FileEdit.Delete delete => [delete.Path],
        FileEdit.Rename rename => [rename.From, rename.To],
        _ => throw new ArgumentOutOfRangeException(nameof(edit)),
    };

    private static string Shown(string path) => Texts.Cut(path, 200);

    private static ForgeException Refused(string message) => new(message, isTransient: false);

    private static bool IsFile(Mode mode) => mode is Mode.NonExecutableFile or Mode.NonExecutableGroupWritableFile or Mode.ExecutableFile;

    private void Apply(FileEdit edit)
    {
        switch (edit)
        {
            case FileEdit.Write write:
                using (var content = new MemoryStream(write.Content.ToArray(), writable: false))
                {
                    // Without a path no attribute applies, so the bytes are stored as they are.
                    var id = _repository.ObjectDatabase.CreateBlob(content).Id;
                    Put(write.Path, existing => new Entry(id, existing?.Mode ?? Mode.NonExecutableFile), mustBeFree: false);
                }

                break;
            case FileEdit.Delete delete:
                Take(delete.Path);
                break;
            case FileEdit.Rename rename:
                var moved = Take(rename.From) ?? throw Refused($"There is no file \"{Shown(rename.From)}\" that could be renamed.");
                Put(rename.To, _ => moved, mustBeFree: true);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(edit));
        }
    }

    private void Put(string path, Func<Entry?, Entry> entryOf, bool mustBeFree)
    {
        var names = path.Split('/');
        if (names.Length > ForgeLimits.MaxTreeDepth)
        {
            throw Refused($"\"{Shown(path)}\" lies in more than {ForgeLimits.MaxTreeDepth} folders.");
        }

        var folder = _root;
        foreach (var name in names.AsSpan(..^1))
        {
            folder = folder.Enter(name, path);
        }

        var existing = folder.Find(names[^1]);
        if (existing is { Folder: not null })
        {
            throw Refused($"\"{Shown(path)}\" is a folder.");
        }

        if (existing is { } entry && !IsFile(entry.Mode))
        {
            throw Refused($"\"{Shown(path)}\" is a link or a submodule, which jobs leave alone.");
        }

        if (existing is not null && mustBeFree)
        {
            throw Refused($"\"{Shown(path)}\" is there already.");
        }

        folder.Put(names[^1], entryOf(existing), path);
    }

    /// <summary>Takes a file away, and the folders that are empty then; null where there is none.</summary>
    private Entry? Take(string path)
    {
        var names = path.Split('/');
        var folders = new List<Folder> { _root };
        foreach (var name in names.AsSpan(..^1))
        {
            if (folders[^1].Find(name)?.Folder is not { } next)
            {
                return null;
            }

            folders.Add(next);
        }

        if (folders[^1].Find(names[^1]) is not { } entry)
        {
            return null;
        }

        if (entry.Folder is not null || !IsFile(entry.Mode))
        {
            throw Refused($"\"{Shown(path)}\" is no file: folders, links and submodules are left alone.");
        }

        for (var depth = names.Length - 1; depth >= 0; depth--)
        {
            folders[depth].Remove(names[depth]);
            if (depth > 0 && !folders[depth].IsEmpty)
            {
                break;
            }
        }

        foreach (var folder in folders)
        {
            folder.IsChanged = true;
        }

        return entry;
    }

    /// <summary>An entry of a folder: an object, or a folder that was looked into.</summary>
    private sealed record Entry(ObjectId Id, Mode Mode, Folder? Folder = null);

    /// <summary>A folder's entries, by their names and by what a file system that ignores case takes for them.</summary>
    private sealed class Folder
    {
        private readonly GitRepository _repository;
        private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
        private readonly Dictionary<string, string> _folded = new(StringComparer.Ordinal);
        private readonly bool _hasForeignNames;

        public Folder(GitRepository repository, ObjectId? id)
        {
            _repository = repository;
            if (id is null)
            {
                return;
            }

            var tree = repository.Lookup<Tree>(id) ?? throw Refused("A part of the repository is missing.");
            foreach (var entry in tree)
            {
                if (!_entries.TryAdd(entry.Name, new Entry(entry.Target.Id, entry.Mode)))
                {
                    // Two names that differ in bytes that are no text, or a tree that is broken.
                    _hasForeignNames = true;
                }

                _folded.TryAdd(Fold(entry.Name), entry.Name);
                _hasForeignNames |= entry.Name.Contains('\uFFFD');
            }
        }

        public bool IsChanged { get; set; }

        public bool IsEmpty => _entries.Count == 0;

        /// <summary>An entry, and what is in it where it is a folder.</summary>
        public Entry? Find(string name)
        {
            if (!_entries.TryGetValue(name, out var entry))
            {
                return null;
            }

            if (entry is { Mode: Mode.Directory, Folder: null })
            {
                entry = entry with { Folder = new Folder(_repository, entry.Id) };
                _entries[name] = entry;
            }

            return entry;
        }

        /// <summary>The folder of this name, new where there is none.</summary>
        public Folder Enter(string name, string path)
        {
            switch (Find(name))
            {
                case { Folder: { } folder }:
                    return folder;
                case null:
                    var added = new Folder(_repository, null);
                    Put(name, new Entry(ObjectId.Zero, Mode.Directory, added), path);
                    return added;
                default:
                    throw Refused($"\"{Shown(path)}\" lies in what is no folder but a file, a link or a submodule.");
            }
        }

        public void Put(string name, Entry entry, string path)
        {
            var folded = Fold(name);
            if (!_entries.ContainsKey(name) && _folded.TryGetValue(folded, out var other) && _entries.ContainsKey(other))
            {
                throw Refused($"\"{Shown(path)}\" differs from \"{Shown(other)}\" in upper and lower case only, which some file systems cannot hold.");
            }

            _entries[name] = entry;
            _folded[folded] = name;
            IsChanged = true;
        }

        public void Remove(string name)
        {
            _entries.Remove(name);
            IsChanged = true;
        }

        /// <summary>Writes what has changed in it.</summary>
        public Tree Write(GitRepository repository)
        {
            if (_hasForeignNames)
            {
                throw Refused("A folder that is to be changed holds a name that is no UTF-8, which would not survive.");
            }

            var definition = new TreeDefinition();
            foreach (var (name, entry) in _entries)
            {
                _ = entry switch
                {
                    { Folder: { HasChanges: true } folder } => definition.Add(name, folder.Write(repository)),
                    { Mode: Mode.Directory } => definition.Add(name, repository.Lookup<Tree>(entry.Id)),
                    { Mode: Mode.GitLink } => definition.AddGitLink(name, entry.Id),
                    _ => definition.Add(name, entry.Id, entry.Mode),
                };
            }

            return repository.ObjectDatabase.CreateTree(definition);
        }

        private bool HasChanges => IsChanged || _entries.Values.Any(static entry => entry.Folder is { HasChanges: true });

        private static string Fold(string name) => name.ToUpperInvariant();
    }
}
