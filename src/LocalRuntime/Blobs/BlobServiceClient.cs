#nullable disable

using Azure.Core;
using Jobs.LocalRuntime.Blobs;
using Jobs.LocalRuntime.Storage;

namespace Azure.Storage.Blobs;

/// <summary>The blobs of one account.</summary>
public class BlobServiceClient
{
    private readonly IBlobStore _store;

    /// <summary>By connection string; <c>LocalFolder=/absolute/path</c> selects the files in that folder.</summary>
    public BlobServiceClient(string connectionString)
    {
        var account = StorageConnectionString.Parse(connectionString);
        _store = account.LocalFolder is { } folder ? LocalStores.Blobs(folder) : RestBlobStore.WithSharedKey(account, new BlobClientOptions());
    }

    /// <summary>By address and identity.</summary>
    public BlobServiceClient(Uri serviceUri, TokenCredential credential, BlobClientOptions options = default)
    {
        ArgumentNullException.ThrowIfNull(serviceUri);
        ArgumentNullException.ThrowIfNull(credential);
        _store = RestBlobStore.WithIdentity(serviceUri, credential, options ?? new BlobClientOptions());
    }

    /// <summary>One container; nothing is sent.</summary>
    public virtual BlobContainerClient GetBlobContainerClient(string blobContainerName) => new(_store, blobContainerName);
}
