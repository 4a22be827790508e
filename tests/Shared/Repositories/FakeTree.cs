using System.Text;
using Jobs.Domain.Repositories;

namespace Jobs.Testing;

/// <summary>A tree of a test.</summary>
internal sealed class FakeTree : IRepositoryTree
{
    private readonly SortedDictionary<string, (TreeEntryKind Kind, byte[] Content, long Size)> _entries = new(StringComparer.Ordinal);

    public IReadOnlyList<TreeEntry> Entries => [.. _entries.Select(entry => new TreeEntry(entry.Key, entry.Value.Kind, entry.Value.Size))];

    /// <summary>Is told of each reading.</summary>
    public Action OnRead { get; init; } = () => { };

    public FakeTree Add(string path, string content = "", TreeEntryKind kind = TreeEntryKind.File) => Add(path, Encoding.UTF8.GetBytes(content), kind);

    public FakeTree Add(string path, byte[] bytes, TreeEntryKind kind = TreeEntryKind.File)
    {
        _entries[path] = (kind, bytes, kind is TreeEntryKind.File or TreeEntryKind.Executable ? bytes.Length : 0);
        return this;
    }

    /// <summary>An empty file that says that it is so large.</summary>
    public FakeTree Claim(string path, long size)
    {
        _entries[path] = (TreeEntryKind.File, [], size);
        return this;
    }

    public ReadOnlyMemory<byte>? Read(string path, int maxBytes)
    {
        OnRead();
        return _entries.TryGetValue(path, out var entry) && entry.Kind is TreeEntryKind.File or TreeEntryKind.Executable && entry.Content.Length <= maxBytes ? entry.Content : null;
    }

    public void Dispose()
    {
    }
}
