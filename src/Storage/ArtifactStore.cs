using System.Security.Cryptography;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace Jobs.Storage;

/// <summary>
/// The blobs: prompts, sources, bundles, programs, inputs and outputs. An artifact belongs to one widget or agent and is addressed by the SHA-256 of its content, so it never changes
/// and writing it twice is harmless. Its blob is <c>{tenant}/{resource id}/{hash}</c>: no name is shared between tenants, and a resource's artifacts are one prefix.
/// </summary>
public sealed class ArtifactStore(StorageAccount storage)
{
    private readonly BlobContainerClient _container = storage.Artifacts;

    /// <summary>Stores <paramref name="content"/> and gives its reference: the hash, in lower-case hex.</summary>
    public async Task<string> WriteAsync(string tenant, string resourceId, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var reference = Convert.ToHexStringLower(SHA256.HashData(content.Span));
        try
        {
            await Blob(tenant, resourceId, reference).UploadAsync(
                BinaryData.FromBytes(content),
                new BlobUploadOptions { Conditions = new BlobRequestConditions { IfNoneMatch = ETag.All } },
                cancellationToken);
        }
        catch (RequestFailedException error) when (error.IsConflict() || error.IsStale())
        {
            // The same content is there already.
        }

        return reference;
    }

    /// <summary>Reads an artifact; null when it is not there.</summary>
    public async Task<BinaryData?> FindAsync(string tenant, string resourceId, string reference, CancellationToken cancellationToken)
    {
        try
        {
            return (await Blob(tenant, resourceId, reference).DownloadContentAsync(cancellationToken)).Value.Content;
        }
        catch (RequestFailedException error) when (error.IsNotFound())
        {
            return null;
        }
    }

    /// <summary>Reads an artifact that a row names. Throws <see cref="InvalidDataException"/> when it is not there: its resource was deleted meanwhile, or storage has lost it.</summary>
    public async Task<BinaryData> ReadAsync(string tenant, string resourceId, string reference, CancellationToken cancellationToken) =>
        await FindAsync(tenant, resourceId, reference, cancellationToken)
        ?? throw new InvalidDataException($"The artifact {reference} of {resourceId} is missing.");

    /// <summary>Removes an artifact that nothing names any more; nothing happens when it is not there.</summary>
    public Task DeleteAsync(string tenant, string resourceId, string reference, CancellationToken cancellationToken) =>
        Blob(tenant, resourceId, reference).DeleteIfExistsAsync(cancellationToken: cancellationToken);

    /// <summary>Removes every artifact of a resource.</summary>
    public async Task DeleteAllAsync(string tenant, string resourceId, CancellationToken cancellationToken)
    {
        await foreach (var blob in _container.GetBlobsAsync(BlobTraits.None, BlobStates.None, $"{tenant}/{resourceId}/", cancellationToken))
        {
            await _container.DeleteBlobIfExistsAsync(blob.Name, cancellationToken: cancellationToken);
        }
    }

    private BlobClient Blob(string tenant, string resourceId, string reference) => _container.GetBlobClient($"{tenant}/{resourceId}/{reference}");
}
