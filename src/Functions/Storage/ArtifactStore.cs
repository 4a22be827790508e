using System.Security.Cryptography;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace Jobs.Functions.Storage;

/// <summary>
/// The blobs: prompts, sources and bundles. An artifact belongs to one widget and is addressed by the SHA-256 of its content, so it never changes
/// and writing it twice is harmless. Its blob is <c>{tenant}/{widget id}/{hash}</c>: no name is shared between tenants, and a widget's artifacts are one prefix.
/// </summary>
public sealed class ArtifactStore(StorageAccount storage)
{
    private readonly BlobContainerClient _container = storage.Artifacts;

    /// <summary>Stores <paramref name="content"/> and gives its reference: the hash, in lower-case hex.</summary>
    public async Task<string> WriteAsync(string tenant, string widgetId, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var reference = Convert.ToHexStringLower(SHA256.HashData(content.Span));
        try
        {
            await Blob(tenant, widgetId, reference).UploadAsync(
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
    public async Task<BinaryData?> FindAsync(string tenant, string widgetId, string reference, CancellationToken cancellationToken)
    {
        try
        {
            return (await Blob(tenant, widgetId, reference).DownloadContentAsync(cancellationToken)).Value.Content;
        }
        catch (RequestFailedException error) when (error.IsNotFound())
        {
            return null;
        }
    }

    /// <summary>Reads an artifact that a row names. Throws <see cref="InvalidDataException"/> when it is not there: its widget was deleted meanwhile, or storage has lost it.</summary>
    public async Task<BinaryData> ReadAsync(string tenant, string widgetId, string reference, CancellationToken cancellationToken) =>
        await FindAsync(tenant, widgetId, reference, cancellationToken)
        ?? throw new InvalidDataException($"The artifact {reference} of widget {widgetId} is missing.");

    /// <summary>Removes every artifact of a widget.</summary>
    public async Task DeleteAllAsync(string tenant, string widgetId, CancellationToken cancellationToken)
    {
        await foreach (var blob in _container.GetBlobsAsync(BlobTraits.None, BlobStates.None, $"{tenant}/{widgetId}/", cancellationToken))
        {
            await _container.DeleteBlobIfExistsAsync(blob.Name, cancellationToken: cancellationToken);
        }
    }

    private BlobClient Blob(string tenant, string widgetId, string reference) => _container.GetBlobClient($"{tenant}/{widgetId}/{reference}");
}
