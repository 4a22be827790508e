using System.Globalization;
using Jobs.Domain.Repositories;

namespace Jobs.Generation.Repositories;

/// <summary>
/// A repository's files with changes that nothing but <see cref="Changes"/> tells of. Each change is checked: what is wrong with one is said in a sentence, and changes nothing. Links and
/// submodules are left alone.
/// </summary>
internal sealed class EditedTree
{
    private readonly IRepositoryTree _tree;
    private readonly PathGlobs _allowed;
    private readonly long _maxChangedBytes;
    private readonly Dictionary<string, TreeEntry> _originals;
    private readonly SortedDictionary<string, EditedFile> _files = new(StringComparer.Ordinal);

    /// <param name="tree">The files as they are.</param>
    /// <param name="allowedPaths">Globs of the paths that may be changed; empty for all.</param>
    /// <param name="maxChangedBytes">The most bytes of all contents that are written.</param>
    public EditedTree(IRepositoryTree tree, IReadOnlyList<string> allowedPaths, long maxChangedBytes)
    {
        (_tree, _allowed, _maxChangedBytes) = (tree, new PathGlobs(allowedPaths), maxChangedBytes);
        _originals = tree.Entries.ToDictionary(entry => entry.Path, StringComparer.Ordinal);
        foreach (var entry in tree.Entries)
        {
            _files[entry.Path] = new EditedFile(entry.Path, entry.Kind, entry.Size, entry.Path, null);
        }
    }

    /// <summary>Everything that is there now, in the order of the paths.</summary>
    public IEnumerable<EditedFile> All => _files.Values;

    /// <summary>The files that are there now, in the order of their paths.</summary>
    public IEnumerable<EditedFile> Files => _files.Values.Where(file => file.IsFile);

    /// <summary>Whether there is a file of this path now.</summary>
    public bool HasFile(string path) => _files.TryGetValue(path, out var file) && file.IsFile;

    /// <summary>Whether there is a folder of this path now.</summary>
    public bool HasFolder(string path) => _files.Keys.Any(other => other.Length > path.Length && other[path.Length] == '/' && other.StartsWith(path, StringComparison.Ordinal));

    /// <summary>Whether the path may be changed.</summary>
    public bool Allows(string path) => _allowed.Allow(path);

    /// <summary>A file's bytes as they are now; null where there is no such file, or it has more than <see cref="EditLimits.MaxFileBytes"/>.</summary>
    public ReadOnlyMemory<byte>? Read(string path)
    {
        if (!_files.TryGetValue(path, out var file) || !file.IsFile || file.Size > EditLimits.MaxFileBytes)
        {
            return null;
        }

        return file.Content ?? (file.Origin is { } origin ? _tree.Read(origin, EditLimits.MaxFileBytes) : null);
    }

    /// <summary>Makes a file, or gives one another content; what is wrong with that, or null.</summary>
    public string? Write(string path, ReadOnlyMemory<byte> content)
    {
        if (FaultOfChange(path) is { } fault)
        {
            return fault;
        }

        if (content.Length > EditLimits.MaxFileBytes)
        {
            return $"\"{path}\" would have more than {EditLimits.MaxFileBytes / 1024} KiB";
        }

        var old = _files.GetValueOrDefault(path);
        if (old is null && FaultOfNew(path, instead: null) is { } clash)
        {
            return clash;
        }

        var written = _files.Values.Sum(file => file.Path == path ? 0L : file.Content?.Length ?? 0) + content.Length;
        if (written > _maxChangedBytes)
        {
            return string.Create(CultureInfo.InvariantCulture, $"All that is written would have more than {_maxChangedBytes / 1024:N0} KiB");
        }

        // What is written as it was is no change.
        var isSame = old?.Origin is { } origin && _originals[origin].Size == content.Length
            && _tree.Read(origin, EditLimits.MaxFileBytes) is { } before && before.Span.SequenceEqual(content.Span);
        var now = (old ?? new EditedFile(path, TreeEntryKind.File, 0, null, null)) with { Size = content.Length, Content = isSame ? (ReadOnlyMemory<byte>?)null : content };
        return Put(path, now);
    }

    /// <summary>Takes a file away; what is wrong with that, or null.</summary>
    public string? Delete(string path)
    {
        if ((FaultOfChange(path) ?? FaultOfMissing(path)) is { } fault)
        {
            return fault;
        }

        var old = _files[path];
        _files.Remove(path);
        if (CountChanges() > EditLimits.MaxChangedFiles)
        {
            _files[path] = old;
            return TooManyChanges;
        }

        return null;
    }

    /// <summary>Gives a file another path; what is wrong with that, or null.</summary>
    public string? Rename(string from, string to)
    {
        if ((FaultOfChange(from) ?? FaultOfMissing(from) ?? FaultOfChange(to)) is { } fault)
        {
            return fault;
        }

        if (_files.ContainsKey(to))
        {
            return $"There is a file \"{to}\" already";
        }

        var file = _files[from];
        if (file.Origin != to && _files.Values.Any(other => other.Origin == to))
        {
            // So that renames can be done in any order.
            return $"\"{to}\" was the name of a file that has another one now";
        }

        if (FaultOfNew(to, instead: from) is { } clash)
        {
            return clash;
        }

        _files.Remove(from);
        if (Put(to, file with { Path = to }) is not { } tooMany)
        {
            return null;
        }

        _files[from] = file;
        return tooMany;
    }

    /// <summary>All changes, in an order in which they can be done one after another: what goes, then what gets another name, then what is written.</summary>
    public IReadOnlyList<FileEdit> Changes()
    {
        var renamed = _files.Values.Where(file => file.Origin is { } origin && origin != file.Path).ToList();
        var origins = renamed.Select(file => file.Origin!).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. _originals.Keys.Where(path => !origins.Contains(path) && (!_files.TryGetValue(path, out var now) || now.Origin is { } origin && origin != path))
                .Order(StringComparer.Ordinal).Select(path => new FileEdit.Delete(path)),
            .. renamed.Select(file => new FileEdit.Rename(file.Origin!, file.Path)),
            .. _files.Values.Where(file => file.Content is not null).Select(file => new FileEdit.Write(file.Path, file.Content!.Value)),
        ];
    }

    /// <summary>Does what <see cref="Changes"/> has told. Throws <see cref="InvalidOperationException"/> where it is none of this tree's.</summary>
    public void Apply(IEnumerable<FileEdit> changes)
    {
        foreach (var change in changes)
        {
            var fault = change switch
            {
                FileEdit.Write write => Write(write.Path, write.Content),
                FileEdit.Delete delete => Delete(delete.Path),
                FileEdit.Rename rename => Rename(rename.From, rename.To),
                _ => throw new InvalidOperationException($"{change.GetType().Name} is no change."),
            };
            if (fault is not null)
            {
                throw new InvalidOperationException($"A change was let in that breaks a rule: {fault}.");
            }
        }
    }

    private static string TooManyChanges => $"More than {EditLimits.MaxChangedFiles} files would be changed";

    private string? Put(string path, EditedFile file)
    {
        var old = _files.GetValueOrDefault(path);
        _files[path] = file;
        if (CountChanges() <= EditLimits.MaxChangedFiles)
        {
            return null;
        }

        if (old is null)
        {
            _files.Remove(path);
        }
        else
        {
            _files[path] = old;
        }

        return TooManyChanges;
    }

    private int CountChanges() =>
        _files.Values.Count(file => file.Content is not null || file.Origin != file.Path) + Math.Max(0, _originals.Count - _files.Values.Count(file => file.Origin is not null));

    private string? FaultOfChange(string path) =>
        RepositoryPath.FaultOf(path)
        ?? (!_allowed.Allow(path) ? $"\"{path}\" may not be changed: it is none of the paths that are allowed in this repository"
            : _files.TryGetValue(path, out var file) && !file.IsFile ? $"\"{path}\" is a link or a submodule, which is left alone"
            : null);

    private string? FaultOfMissing(string path) => _files.ContainsKey(path) ? null : $"There is no file \"{path}\"";

    /// <summary>What is in the way of a path that is new.</summary>
    private string? FaultOfNew(string path, string? instead)
    {
        for (var end = path.IndexOf('/'); end >= 0; end = path.IndexOf('/', end + 1))
        {
            if (_files.ContainsKey(path[..end]) && path[..end] != instead)
            {
                return $"\"{path[..end]}\" is no folder";
            }
        }

        if (HasFolder(path))
        {
            return $"\"{path}\" is a folder";
        }

        return _files.Keys.FirstOrDefault(other => other != instead && other.Equals(path, StringComparison.OrdinalIgnoreCase)) is { } twin
            ? $"\"{path}\" and \"{twin}\" would differ by upper and lower case alone"
            : null;
    }
}

/// <summary>An entry of an edited tree.</summary>
/// <param name="Path">Its path now.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Size">Its bytes now.</param>
/// <param name="Origin">The path that it had at first; null for a new file.</param>
/// <param name="Content">Its content where that was changed.</param>
internal sealed record EditedFile(string Path, TreeEntryKind Kind, long Size, string? Origin, ReadOnlyMemory<byte>? Content)
{
    /// <summary>Whether it is a file.</summary>
    public bool IsFile => Kind is TreeEntryKind.File or TreeEntryKind.Executable;
}
