#nullable disable

using Azure.Storage.Blobs.Models;
using Jobs.LocalRuntime.Blobs;
using Jobs.LocalRuntime.Storage;

namespace Azure.Storage.Blobs.Specialized;

/// <summary>What clients of every kind of blob can do.</summary>
public class BlobBaseClient
{
    internal BlobBaseClient(IBlobStore store, string container, string name)
    {
        BlobLimits.CheckBlobName(name);
        (Store, Container, Name) = (store, container, name);
    }

    /// <summary>For a test's own client.</summary>
    protected BlobBaseClient()
    {
    }

    /// <summary>The blob's name.</summary>
    public virtual string Name { get; }

    internal IBlobStore Store { get; }

    internal string Container { get; }

    /// <summary>Reads the whole blob. 404 BlobNotFound or ContainerNotFound.</summary>
    public virtual async Task<Response<BlobDownloadResult>> DownloadContentAsync(CancellationToken cancellationToken) =>
        Response.FromValue(await Store.DownloadAsync(Container, Name, cancellationToken).ConfigureAwait(false), new StoredResponse(200));

    /// <summary>Whether the blob, and its container, is there.</summary>
    public virtual async Task<Response<bool>> ExistsAsync(CancellationToken cancellationToken = default)
    {
        var exists = await Store.ExistsAsync(Container, Name, cancellationToken).ConfigureAwait(false);
        return Response.FromValue(exists, new StoredResponse(exists ? 200 : 404));
    }

    /// <summary>Deletes the blob; false when there was none.</summary>
    public virtual async Task<Response<bool>> DeleteIfExistsAsync(
        DeleteSnapshotsOption snapshotsOption = DeleteSnapshotsOption.None,
        BlobRequestConditions conditions = default,
        CancellationToken cancellationToken = default)
    {
        Unsupported.If(snapshotsOption != DeleteSnapshotsOption.None, nameof(snapshotsOption));
        Unsupported.If(conditions is not null, nameof(conditions));
        var deleted = await Store.DeleteAsync(Container, Name, cancellationToken).ConfigureAwait(false);
        return Response.FromValue(deleted, new StoredResponse(deleted ? 202 : 404));
    }
}
