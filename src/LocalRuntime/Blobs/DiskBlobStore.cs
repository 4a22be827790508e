using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Azure;
using Azure.Storage.Blobs.Models;

namespace Jobs.LocalRuntime.Blobs;

/// <summary>
/// Blobs as files: a folder for each container, a file for each blob. A file is written under a temporary name, synced, moved to its own name, and the
/// folder synced, so that a blob is whole or absent whatever happens. The file begins with a header (its length, then JSON with the blob's name, type,
/// version and time), because content and header must change together; the content follows.
/// </summary>
internal sealed class DiskBlobStore : IBlobStore
{
    private const string TemporaryFolder = ".writing";
    private const int MaxHeaderBytes = 64 * 1024;
    private static readonly TimeSpan AbandonedAfter = TimeSpan.FromHours(1);

    private readonly string _root;
    private readonly ConcurrentDictionary<string, bool> _containers = new(StringComparer.Ordinal);
    private long _lastTicks;

    /// <summary>Opens or makes the folder and removes what crashed writers left.</summary>
    public DiskBlobStore(string root)
    {
        _root = root;
        var temporary = Path.Combine(root, TemporaryFolder);
        Directory.CreateDirectory(temporary);
        foreach (var file in Directory.EnumerateFiles(temporary).Where(file => File.GetLastWriteTimeUtc(file) < DateTime.UtcNow - AbandonedAfter))
            File.Delete(file);
    }

    /// <inheritdoc/>
    public Task<bool> CreateContainerAsync(string container, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var folder = Path.Combine(_root, container);
        lock (_containers)
        {
            var created = !Directory.Exists(folder);
            Directory.CreateDirectory(folder);
            DurableFiles.SyncFolder(_root);
            return Task.FromResult(created);
        }
    }

    /// <inheritdoc/>
    public async Task<BlobContentInfo> UploadAsync(string container, string name, BinaryData content, string contentType, bool createOnly, CancellationToken cancellationToken)
    {
        var folder = Folder(container);
        var target = Path.Combine(folder, BlobFileName.Of(name));
        if (createOnly && File.Exists(target))
            throw BlobErrors.BlobAlreadyExists();
        var header = new Header(name, contentType, NextTicks());
        var temporary = Path.Combine(_root, TemporaryFolder, Guid.NewGuid().ToString("N"));
        try
        {
            await using (var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, 4096, FileOptions.Asynchronous))
            {
                var json = JsonSerializer.SerializeToUtf8Bytes(header);
                var prefix = new byte[sizeof(int) + json.Length];
                BinaryPrimitives.WriteInt32LittleEndian(prefix, json.Length);
                json.CopyTo(prefix, sizeof(int));
                await file.WriteAsync(prefix, cancellationToken).ConfigureAwait(false);
                await file.WriteAsync(content.ToMemory(), cancellationToken).ConfigureAwait(false);
                file.Flush(flushToDisk: true);
            }

            DurableFiles.Move(temporary, target, overwrite: !createOnly);
        }
        catch (IOException) when (createOnly && File.Exists(target))
        {
            throw BlobErrors.BlobAlreadyExists();
        }
        finally
        {
            File.Delete(temporary);
        }

        DurableFiles.SyncFolder(folder);
        return new BlobContentInfo(header.ETag, header.LastModified);
    }

    /// <inheritdoc/>
    public async Task<BlobDownloadResult> DownloadAsync(string container, string name, CancellationToken cancellationToken)
    {
        var path = Path.Combine(Folder(container), BlobFileName.Of(name));
        byte[] bytes;
        try
        {
            bytes = await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false);
        }
        catch (FileNotFoundException)
        {
            throw BlobErrors.BlobNotFound();
        }

        var contentStart = sizeof(int) + HeaderLength(bytes, path);
        var header = JsonSerializer.Deserialize<Header>(bytes.AsSpan(sizeof(int)..contentStart))!;
        var content = new BinaryData(bytes.AsMemory(contentStart));
        return new BlobDownloadResult(content, new BlobDownloadDetails(header.ContentType, header.ETag, bytes.Length - contentStart));
    }

    /// <inheritdoc/>
    public Task<bool> ExistsAsync(string container, string name, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(File.Exists(Path.Combine(_root, container, BlobFileName.Of(name))));
    }

    /// <inheritdoc/>
    public Task<bool> DeleteAsync(string container, string name, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var folder = Path.Combine(_root, container);
        var deleted = DurableFiles.Delete(Path.Combine(folder, BlobFileName.Of(name)));
        if (deleted)
            DurableFiles.SyncFolder(folder);
        return Task.FromResult(deleted);
    }

    /// <inheritdoc/>
    public async Task<Page<BlobItem>> ListAsync(string container, string prefix, int take, string? continuation, CancellationToken cancellationToken)
    {
        // Every header is read for every page: a listing is rare here, and the names in the headers are the truth.
        var items = new List<BlobItem>();
        foreach (var file in Directory.EnumerateFiles(Folder(container), BlobFileName.Pattern(prefix)))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (await ReadItemAsync(file, cancellationToken).ConfigureAwait(false) is { } item && item.Name.StartsWith(prefix, StringComparison.Ordinal))
                items.Add(item);
        }

        items.Sort((left, right) => string.CompareOrdinal(left.Name, right.Name));
        var start = continuation is null ? 0 : items.FindIndex(item => string.CompareOrdinal(item.Name, continuation) >= 0);
        var page = start < 0 ? [] : items.Skip(start).Take(take).ToList();
        var next = start >= 0 && start + take < items.Count ? items[start + take].Name : null;
        return Page<BlobItem>.FromValues(page, next, new Storage.StoredResponse(200));
    }

    private static async Task<BlobItem?> ReadItemAsync(string file, CancellationToken cancellationToken)
    {
        try
        {
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1024, FileOptions.Asynchronous);
            var length = new byte[sizeof(int)];
            await stream.ReadExactlyAsync(length, cancellationToken).ConfigureAwait(false);
            var headerLength = HeaderLength(length, file);
            var json = new byte[headerLength];
            await stream.ReadExactlyAsync(json, cancellationToken).ConfigureAwait(false);
            var header = JsonSerializer.Deserialize<Header>(json)!;
            return new BlobItem(header.Name, new BlobItemProperties(stream.Length - sizeof(int) - headerLength, header.LastModified));
        }
        catch (FileNotFoundException)
        {
            // Deleted since the folder was read.
            return null;
        }
    }

    private static int HeaderLength(ReadOnlySpan<byte> file, string path) =>
        BinaryPrimitives.TryReadInt32LittleEndian(file, out var length) && length is > 0 and <= MaxHeaderBytes
            ? length
            : throw new InvalidDataException($"{path} is not a blob of this store.");

    private string Folder(string container)
    {
        var folder = Path.Combine(_root, container);
        return Directory.Exists(folder) ? folder : throw BlobErrors.ContainerNotFound();
    }

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

    private sealed record Header(string Name, string ContentType, long Ticks)
    {
        [System.Text.Json.Serialization.JsonIgnore]
        public ETag ETag => new($"\"0x{Ticks.ToString("X", CultureInfo.InvariantCulture)}\"");

        [System.Text.Json.Serialization.JsonIgnore]
        public DateTimeOffset LastModified => new(Ticks, TimeSpan.Zero);
    }
}
