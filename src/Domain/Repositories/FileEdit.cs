namespace Jobs.Domain.Repositories;

/// <summary>One change of a repository's files. Paths are relative, with <c>/</c> between their names.</summary>
public abstract record FileEdit
{
    private FileEdit()
    {
    }

    /// <summary>A file with this content, be it new or not; it keeps the mode that it has.</summary>
    public sealed record Write(string Path, ReadOnlyMemory<byte> Content) : FileEdit;

    /// <summary>No file of this path.</summary>
    public sealed record Delete(string Path) : FileEdit;

    /// <summary>The file under another path, which must be free.</summary>
    public sealed record Rename(string From, string To) : FileEdit;
}
