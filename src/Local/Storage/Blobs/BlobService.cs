using Jobs.Local.Storage.Protocol;

namespace Jobs.Local.Storage.Blobs;

/// <summary>The Blob service's REST protocol over a <see cref="DiskBlobStore"/>: block blobs, without leases, snapshots, versions and copies.</summary>
internal sealed class BlobService(DiskBlobStore store)
{
    private readonly ContainerOperations _containers = new(store);
    private readonly BlobReads _reads = new(store);
    private readonly BlobWrites _writes = new(store);
    private readonly BlockOperations _blocks = new(store);

    /// <summary>Answers a request. A refusal is a <see cref="StorageError"/>.</summary>
    public async ValueTask<StorageResponse> HandleAsync(StorageRequest request, CancellationToken cancellationToken)
    {
        var resource = request.Resource();
        if (resource.Length == 0)
            return _containers.OfService(request);
        var slash = resource.IndexOf('/');
        var container = Uri.UnescapeDataString(slash < 0 ? resource : resource[..slash]);
        BlobLimits.CheckContainerName(container);
        if (slash < 0 || slash == resource.Length - 1)
            return _containers.OfContainer(request, container, cancellationToken);

        // Clients escape the slashes inside a name or leave them; both name the same blob.
        var name = Uri.UnescapeDataString(resource[(slash + 1)..]);
        BlobLimits.CheckBlobName(name);
        foreach (var unknown in new[] { "snapshot", "versionid" })
        {
            if (request.Query[unknown] is not null)
                throw StorageError.NotImplemented($"{unknown} of a blob");
        }

        return (request.Method, request.Query["comp"]) switch
        {
            ("GET", null) => _reads.Get(request, container, name),
            ("HEAD", null) or ("HEAD" or "GET", "metadata") => _reads.Head(request, container, name),
            ("PUT", null) => await _writes.PutAsync(request, container, name, cancellationToken).ConfigureAwait(false),
            ("PUT", "metadata") => await _writes.SetMetadataAsync(request, container, name, cancellationToken).ConfigureAwait(false),
            ("PUT", "properties") => await _writes.SetHeadersAsync(request, container, name, cancellationToken).ConfigureAwait(false),
            ("DELETE", null) => await _writes.DeleteAsync(request, container, name, cancellationToken).ConfigureAwait(false),
            ("PUT", "block") => await _blocks.PutBlockAsync(request, container, name, cancellationToken).ConfigureAwait(false),
            ("PUT", "blocklist") => await _blocks.PutBlockListAsync(request, container, name, cancellationToken).ConfigureAwait(false),
            ("GET", "blocklist") => _blocks.GetBlockList(request, container, name),
            (_, null) => throw StorageError.MethodNotAllowed(),
            (_, { } component) => throw StorageError.NotImplemented($"comp={component} of a blob"),
        };
    }
}
