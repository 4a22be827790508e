using Jobs.Local.Storage.Protocol;

namespace Jobs.Local.Storage.Blobs;

/// <summary>
/// Blocks that were sent and belong to no blob yet: a file each. They need no sync, because only the blob that they become is promised to last; what is
/// never committed is removed after a week, as the service does.
/// </summary>
internal sealed class BlockStaging
{
    private const string FolderName = ".blocks";
    private static readonly TimeSpan KeptFor = TimeSpan.FromDays(7);

    private readonly string _root;
    private readonly Func<string> _newTemporaryPath;

    /// <summary>Removes what was never committed.</summary>
    public BlockStaging(string root, Func<string> newTemporaryPath)
    {
        (_root, _newTemporaryPath) = (Path.Combine(root, FolderName), newTemporaryPath);
        if (!Directory.Exists(_root))
            return;
        foreach (var blob in new DirectoryInfo(_root).EnumerateDirectories().SelectMany(container => container.EnumerateDirectories()))
        {
            if (blob.LastWriteTimeUtc < DateTime.UtcNow - KeptFor)
                blob.Delete(recursive: true);
        }
    }

    /// <summary>Keeps a block. All blocks of a blob have ids of one length.</summary>
    public async Task StageAsync(string container, string blob, byte[] id, Func<Stream, Task> write)
    {
        var folder = Folder(container, blob);
        if (List(container, blob).FirstOrDefault() is { } other && Convert.FromBase64String(other.Id).Length != id.Length)
            throw new StorageError(400, "InvalidBlobOrBlock", "The specified blob or block content is invalid: the ids of its blocks differ in length.");
        var temporary = _newTemporaryPath();
        try
        {
            await using (var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, 4096, FileOptions.Asynchronous))
                await write(file).ConfigureAwait(false);
            Directory.CreateDirectory(folder);
            File.Move(temporary, Path.Combine(folder, Convert.ToHexStringLower(id)), overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>The blocks of a blob that were not committed.</summary>
    public List<StoredBlock> List(string container, string blob)
    {
        var folder = new DirectoryInfo(Folder(container, blob));
        return folder.Exists
            ? [.. folder.EnumerateFiles().Select(file => new StoredBlock(Convert.ToBase64String(Convert.FromHexString(file.Name)), file.Length)).OrderBy(block => block.Id, StringComparer.Ordinal)]
            : [];
    }

    /// <summary>Opens a block; null when it is not there.</summary>
    public FileStream? Open(string container, string blob, byte[] id)
    {
        var path = Path.Combine(Folder(container, blob), Convert.ToHexStringLower(id));
        return File.Exists(path) ? new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 4096, FileOptions.Asynchronous) : null;
    }

    /// <summary>Drops the blocks of a blob, which was committed or written anew.</summary>
    public void Clear(string container, string blob)
    {
        var folder = Folder(container, blob);
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }

    /// <summary>Drops the blocks of a container's blobs.</summary>
    public void ClearContainer(string container)
    {
        var folder = Path.Combine(_root, container);
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }

    private string Folder(string container, string blob) => Path.Combine(_root, container, BlobFileName.Of(blob));
}
