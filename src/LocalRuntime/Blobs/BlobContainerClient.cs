#nullable disable

using Azure.Storage.Blobs.Models;
using Jobs.LocalRuntime.Blobs;
using Jobs.LocalRuntime.Storage;

namespace Azure.Storage.Blobs;

/// <summary>One container.</summary>
public class BlobContainerClient
{
    private readonly IBlobStore _store;

    internal BlobContainerClient(IBlobStore store, string name)
    {
        BlobLimits.CheckContainerName(name);
        (_store, Name) = (store, name);
    }

    /// <summary>For a test's own client.</summary>
    protected BlobContainerClient()
    {
    }

    /// <summary>The container's name.</summary>
    public virtual string Name { get; }

    /// <summary>Makes the container, private, unless it is there; the response has no value then.</summary>
    public virtual async Task<Response<BlobContainerInfo>> CreateIfNotExistsAsync(
        PublicAccessType publicAccessType = PublicAccessType.None,
        IDictionary<string, string> metadata = default,
        BlobContainerEncryptionScopeOptions encryptionScopeOptions = default,
        CancellationToken cancellationToken = default)
    {
        Unsupported.If(publicAccessType != PublicAccessType.None, nameof(publicAccessType));
        Unsupported.If(metadata is not null, nameof(metadata));
        Unsupported.If(encryptionScopeOptions is not null, nameof(encryptionScopeOptions));
        return await _store.CreateContainerAsync(Name, cancellationToken).ConfigureAwait(false)
            ? Response.FromValue(new BlobContainerInfo(), new StoredResponse(201))
            : null;
    }

    /// <summary>One blob; nothing is sent.</summary>
    public virtual BlobClient GetBlobClient(string blobName) => new(_store, Name, blobName);

    /// <summary>The blobs whose names begin with <paramref name="prefix"/>, in the order of their names.</summary>
    public virtual AsyncPageable<BlobItem> GetBlobsAsync(BlobTraits traits, BlobStates states, string prefix, CancellationToken cancellationToken)
    {
        Unsupported.If(traits != BlobTraits.None, nameof(traits));
        Unsupported.If(states != BlobStates.None, nameof(states));
        return new BlobPages(_store, Name, prefix ?? "", cancellationToken);
    }

    /// <summary>Deletes a blob; false when there was none.</summary>
    public virtual Task<Response<bool>> DeleteBlobIfExistsAsync(
        string blobName,
        DeleteSnapshotsOption snapshotsOption = DeleteSnapshotsOption.None,
        BlobRequestConditions conditions = default,
        CancellationToken cancellationToken = default) => GetBlobClient(blobName).DeleteIfExistsAsync(snapshotsOption, conditions, cancellationToken);
}
