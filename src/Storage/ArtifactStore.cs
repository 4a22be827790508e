using System.IO.Pipelines;
using System.Security.Cryptography;
using Azure;
using Azure.Storage;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace Jobs.Storage;

/// <summary>
/// The blobs: prompts, sources, bundles, programs, inputs and outputs. An artifact belongs to one widget or agent and is addressed by the SHA-256 of its content, so it never changes,
/// but that what was deleted is taken out of it (<see cref="TakeOutAsync"/>), and writing it twice is harmless. Its blob is <c>{tenant}/{resource id}/{hash}</c>: no name is shared between tenants, and a resource's artifacts are one prefix.
/// </summary>
public sealed class ArtifactStore(StorageAccount storage)
{
    /// <summary>How much of a large artifact is in memory, and is sent or fetched in one request: 4 MiB.</summary>
    private const int PieceBytes = 4 * 1024 * 1024;

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

    /// <summary>
    /// Stores what <paramref name="write"/> writes, whatever its size, under the reference that it is known to have, with a few MiB in memory. Nothing is stored when that was written already,
    /// or when <paramref name="write"/> throws.
    /// </summary>
    public async Task WriteAsync(string tenant, string resourceId, string reference, Func<Stream, CancellationToken, Task> write, CancellationToken cancellationToken)
    {
        var blob = Blob(tenant, resourceId, reference);
        if (await blob.ExistsAsync(cancellationToken))
        {
            return;
        }

        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: PieceBytes, resumeWriterThreshold: PieceBytes / 2));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var writing = FillAsync();
        try
        {
            await blob.UploadAsync(
                pipe.Reader.AsStream(),
                new BlobUploadOptions
                {
                    Conditions = new BlobRequestConditions { IfNoneMatch = ETag.All },
                    TransferOptions = new StorageTransferOptions { InitialTransferSize = PieceBytes, MaximumTransferSize = PieceBytes, MaximumConcurrency = 1 },
                },
                cancellationToken);
        }
        catch (RequestFailedException error) when (error.IsConflict() || error.IsStale() || error.ErrorCode == BlobErrorCode.InvalidBlockList)
        {
            // Somebody else was faster with the same content: whoever makes a blob of its blocks takes those of others away.
            if (!await blob.ExistsAsync(cancellationToken))
            {
                throw;
            }
        }
        finally
        {
            await stop.CancelAsync();
            await pipe.Reader.CompleteAsync();
            await writing;
        }

        async Task FillAsync()
        {
            Exception? failure = null;
            try
            {
                await using var stream = pipe.Writer.AsStream(leaveOpen: true);
                await write(stream, stop.Token);
            }
            catch (Exception error)
            {
                // Who reads gets it, and with it whoever wants the content stored.
                failure = error;
            }

            await pipe.Writer.CompleteAsync(failure);
        }
    }

    /// <summary>Opens an artifact to be read piece by piece; null when it is not there.</summary>
    public async Task<Stream?> OpenReadAsync(string tenant, string resourceId, string reference, CancellationToken cancellationToken)
    {
        try
        {
            return await Blob(tenant, resourceId, reference).OpenReadAsync(new BlobOpenReadOptions(allowModifications: false) { BufferSize = PieceBytes }, cancellationToken);
        }
        catch (RequestFailedException error) when (error.IsNotFound())
        {
            return null;
        }
    }

    /// <summary>Stores an artifact, over one with the same content that is there: whoever is about to remove what was there does not remove this (<see cref="FindVersionAsync"/>).</summary>
    public async Task<string> ReplaceAsync(string tenant, string resourceId, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var reference = Convert.ToHexStringLower(SHA256.HashData(content.Span));
        await Blob(tenant, resourceId, reference).UploadAsync(BinaryData.FromBytes(content), overwrite: true, cancellationToken);
        return reference;
    }

    /// <summary>Which version of an artifact there is; null when there is none.</summary>
    public async Task<ETag?> FindVersionAsync(string tenant, string resourceId, string reference, CancellationToken cancellationToken)
    {
        try
        {
            return (await Blob(tenant, resourceId, reference).GetPropertiesAsync(cancellationToken: cancellationToken)).Value.ETag;
        }
        catch (RequestFailedException error) when (error.IsNotFound())
        {
            return null;
        }
    }

    /// <summary>Removes one version of an artifact; nothing happens when it is not there any more.</summary>
    public async Task DeleteAsync(string tenant, string resourceId, string reference, ETag version, CancellationToken cancellationToken)
    {
        try
        {
            await Blob(tenant, resourceId, reference).DeleteIfExistsAsync(conditions: new BlobRequestConditions { IfMatch = version }, cancellationToken: cancellationToken);
        }
        catch (RequestFailedException error) when (error.IsStale())
        {
        }
    }

    /// <summary>Removes an artifact that nothing names any more; nothing happens when it is not there.</summary>
    public Task DeleteAsync(string tenant, string resourceId, string reference, CancellationToken cancellationToken) =>
        Blob(tenant, resourceId, reference).DeleteIfExistsAsync(cancellationToken: cancellationToken);

    /// <summary>
    /// Takes something out of an artifact that keeps its reference all the same. Nothing happens when it is not there. Others that do the same at once lose nothing.
    /// </summary>
    /// <param name="tenant">Whose it is.</param>
    /// <param name="resourceId">What it belongs to.</param>
    /// <param name="reference">The artifact.</param>
    /// <param name="leave">Gives what is left of the content: the same when there is nothing to take out, and null when nothing is left, which removes the artifact.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task TakeOutAsync(string tenant, string resourceId, string reference, Func<BinaryData, BinaryData?> leave, CancellationToken cancellationToken)
    {
        var blob = Blob(tenant, resourceId, reference);
        while (true)
        {
            try
            {
                var read = (await blob.DownloadContentAsync(cancellationToken)).Value;
                var left = leave(read.Content);
                var asRead = new BlobRequestConditions { IfMatch = read.Details.ETag };
                if (left is null)
                {
                    await blob.DeleteIfExistsAsync(conditions: asRead, cancellationToken: cancellationToken);
                }
                else if (!ReferenceEquals(left, read.Content))
                {
                    await blob.UploadAsync(left, new BlobUploadOptions { Conditions = asRead }, cancellationToken);
                }

                return;
            }
            catch (RequestFailedException error) when (error.IsNotFound())
            {
                return;
            }
            catch (RequestFailedException error) when (error.IsStale())
            {
                // Somebody else took something out at the same moment.
            }
        }
    }

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
