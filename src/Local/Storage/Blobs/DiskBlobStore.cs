namespace Jobs.Local.Storage.Blobs;

/// <summary>
/// Blobs as files: a folder for each container, a file for each blob (<see cref="BlobFile"/>). A file is written under a temporary name, synced, moved to its
/// own name, and the folder synced, so that a blob is whole or absent whatever happens.
/// </summary>
internal sealed class DiskBlobStore
{
    /// <summary>Where files are written; begins with a dot, as no container does.</summary>
    private const string TemporaryFolder = ".writing";

    private const int Locks = 64;
    private static readonly TimeSpan AbandonedAfter = TimeSpan.FromHours(1);

    private readonly string _root;
    private readonly SemaphoreSlim[] _locks = [.. Enumerable.Range(0, Locks).Select(_ => new SemaphoreSlim(1))];
    private long _lastTicks;

    /// <summary>Opens or makes the folder and removes what crashed writers left.</summary>
    public DiskBlobStore(string root)
    {
        _root = root;
        Directory.CreateDirectory(Path.Combine(root, TemporaryFolder));
        foreach (var entry in new DirectoryInfo(Path.Combine(root, TemporaryFolder)).EnumerateFileSystemInfos())
        {
            if (entry.LastWriteTimeUtc >= DateTime.UtcNow - AbandonedAfter)
                continue;
            if (entry is DirectoryInfo folder)
                folder.Delete(recursive: true);
            else
                entry.Delete();
        }

        Containers = new DiskContainers(root, NewTemporaryPath, NextTicks);
        Blocks = new BlockStaging(root, NewTemporaryPath);
    }

    /// <summary>The containers.</summary>
    public DiskContainers Containers { get; }

    /// <summary>Blocks that belong to no blob yet.</summary>
    public BlockStaging Blocks { get; }

    /// <summary>
    /// Writes a blob and gives it as it was stored. <paramref name="write"/> writes the content; what it gives is the blob to keep, whose header must be as
    /// long as the first one's: a hash of the content may have been filled in.
    /// </summary>
    public async Task<StoredBlob> PutAsync(
        string container, StoredBlob blob, BlobConditions conditions, Func<Stream, StoredBlob, Task<StoredBlob>> write, CancellationToken cancellationToken)
    {
        var folder = Containers.Folder(container);
        var target = Path.Combine(folder, BlobFileName.Of(blob.Name));
        conditions.CheckWrite(Peek(target));
        var temporary = NewTemporaryPath();
        try
        {
            await using (var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, 4096, FileOptions.Asynchronous))
            {
                var now = NextTicks();
                blob = blob with { Ticks = now, CreatedTicks = blob.CreatedTicks ?? now };
                BlobFile.WriteHeader(file, blob);
                var written = await write(file, blob).ConfigureAwait(false);
                if (!ReferenceEquals(written, blob))
                    BlobFile.WriteHeader(file, blob = written);
                file.Flush(flushToDisk: true);
            }

            using (await LockAsync(container, blob.Name, cancellationToken).ConfigureAwait(false))
            {
                // Both may have changed while the content came in.
                Containers.Folder(container);
                conditions.CheckWrite(Peek(target));
                File.Move(temporary, target, overwrite: true);
            }
        }
        finally
        {
            File.Delete(temporary);
        }

        DurableFiles.SyncFolder(folder);
        return blob;
    }

    /// <summary>Opens a blob for reading. 404 when it is not there.</summary>
    public OpenBlob Open(string container, string name) =>
        BlobFile.Open(Path.Combine(Containers.Folder(container), BlobFileName.Of(name))) ?? throw BlobErrors.BlobNotFound();

    /// <summary>Removes a blob. 404 when it is not there.</summary>
    public async Task DeleteAsync(string container, string name, BlobConditions conditions, CancellationToken cancellationToken)
    {
        var folder = Containers.Folder(container);
        var path = Path.Combine(folder, BlobFileName.Of(name));
        using (await LockAsync(container, name, cancellationToken).ConfigureAwait(false))
        {
            conditions.CheckWrite(Peek(path) ?? throw BlobErrors.BlobNotFound());
            File.Delete(path);
        }

        DurableFiles.SyncFolder(folder);
    }

    /// <summary>The names of the blobs that begin with a prefix, in order.</summary>
    public List<string> List(string container, string prefix, CancellationToken cancellationToken)
    {
        var names = new List<string>();
        foreach (var path in Directory.EnumerateFiles(Containers.Folder(container), BlobFileName.Pattern(prefix)))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var file = Path.GetFileName(path);
            if (file == DiskContainers.PropertiesFile)
                continue;

            // A file that is gone was deleted since the folder was read.
            var name = BlobFileName.NameOf(file) ?? Peek(path)?.Name;
            if (name is not null && name.StartsWith(prefix, StringComparison.Ordinal))
                names.Add(name);
        }

        names.Sort(string.CompareOrdinal);
        return names;
    }

    /// <summary>What is known of a blob and how long it is; null when it is not there.</summary>
    public (StoredBlob Blob, long Length)? Find(string container, string name)
    {
        using var open = BlobFile.Open(Path.Combine(Containers.Folder(container), BlobFileName.Of(name)));
        return open is null ? null : (open.Blob, open.Length);
    }

    private static StoredBlob? Peek(string path)
    {
        using var open = BlobFile.Open(path);
        return open?.Blob;
    }

    private string NewTemporaryPath() => Path.Combine(_root, TemporaryFolder, Guid.NewGuid().ToString("N"));

    /// <summary>What is decided about a blob is decided by one caller at a time.</summary>
    private async Task<IDisposable> LockAsync(string container, string name, CancellationToken cancellationToken)
    {
        var semaphore = _locks[(uint)HashCode.Combine(container, name) % Locks];
        await semaphore.WaitAsync(cancellationToken).ConfigureAwait(false);
        return new Release(semaphore);
    }

    /// <summary>The time, later than every one given before.</summary>
    private long NextTicks()
    {
        while (true)
        {
            var last = Volatile.Read(ref _lastTicks);
            var next = Math.Max(DateTime.UtcNow.Ticks, last + 1);
            if (Interlocked.CompareExchange(ref _lastTicks, next, last) == last)
                return next;
        }
    }

    private sealed class Release(SemaphoreSlim semaphore) : IDisposable
    {
        public void Dispose() => semaphore.Release();
    }
}
