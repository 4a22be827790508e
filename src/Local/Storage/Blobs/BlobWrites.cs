using System.Globalization;
using Jobs.Local.Storage.Protocol;

namespace Jobs.Local.Storage.Blobs;

/// <summary>Writing a blob with one request, changing what is known of it, and deleting it.</summary>
internal sealed class BlobWrites(DiskBlobStore store)
{
    /// <summary>As long as every MD5, so that the real one can be written over it.</summary>
    private static readonly string UnknownMd5 = Convert.ToBase64String(new byte[16]);

    /// <summary>Put Blob.</summary>
    public async Task<StorageResponse> PutAsync(StorageRequest request, string container, string name, CancellationToken cancellationToken)
    {
        if (request.Header("x-ms-copy-source") is not null)
            throw StorageError.NotImplemented("copying blobs");
        var type = request.Header("x-ms-blob-type") ?? throw StorageError.MissingHeader("x-ms-blob-type");
        if (type != "BlockBlob")
            throw type is "PageBlob" or "AppendBlob" ? StorageError.NotImplemented($"blobs of the type {type}") : StorageError.InvalidHeader("x-ms-blob-type");
        var promised = BlobLimits.StoredHeader(request, "x-ms-blob-content-md5");
        var blob = Described(request, name) with { ContentMd5 = UnknownMd5 };
        blob = await store.PutAsync(container, blob, BlobConditions.Of(request), async (file, described) =>
        {
            var md5 = await UploadStream.ReceiveAsync(request, file, BlobLimits.MaxPutBytes, cancellationToken).ConfigureAwait(false);
            return promised is null || promised == md5 ? described with { ContentMd5 = md5 } : throw BlobErrors.Md5Mismatch();
        }, cancellationToken).ConfigureAwait(false);
        store.Blocks.Clear(container, name);
        return Written(201, blob).With("Content-MD5", blob.ContentMd5).With(StructuredMessage.Header, request.Header(StructuredMessage.Header));
    }

    /// <summary>Set Blob Metadata.</summary>
    public async Task<StorageResponse> SetMetadataAsync(StorageRequest request, string container, string name, CancellationToken cancellationToken)
    {
        var metadata = BlobLimits.Metadata(request);
        return Written(200, await RewriteAsync(request, container, name, blob => blob with { Metadata = metadata }, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Set Blob Properties: what is not sent is cleared.</summary>
    public async Task<StorageResponse> SetHeadersAsync(StorageRequest request, string container, string name, CancellationToken cancellationToken)
    {
        var described = Described(request, name);
        return Written(200, await RewriteAsync(request, container, name, blob => described with
        {
            ContentMd5 = BlobLimits.StoredHeader(request, "x-ms-blob-content-md5"),
            CreatedTicks = blob.CreatedTicks,
            Metadata = blob.Metadata,
            Blocks = blob.Blocks,
        }, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Delete Blob.</summary>
    public async Task<StorageResponse> DeleteAsync(StorageRequest request, string container, string name, CancellationToken cancellationToken)
    {
        await store.DeleteAsync(container, name, BlobConditions.Of(request), cancellationToken).ConfigureAwait(false);
        store.Blocks.Clear(container, name);
        return new StorageResponse(202).With("x-ms-delete-type-permanent", "true");
    }

    /// <summary>What the headers of an upload say about the blob.</summary>
    internal static StoredBlob Described(StorageRequest request, string name) =>
        new(name, BlobLimits.StoredHeader(request, "x-ms-blob-content-type") ?? BlobLimits.StoredHeader(request, "Content-Type") ?? BlobLimits.DefaultContentType, Ticks: 0)
        {
            ContentEncoding = BlobLimits.StoredHeader(request, "x-ms-blob-content-encoding"),
            ContentLanguage = BlobLimits.StoredHeader(request, "x-ms-blob-content-language"),
            ContentDisposition = BlobLimits.StoredHeader(request, "x-ms-blob-content-disposition"),
            CacheControl = BlobLimits.StoredHeader(request, "x-ms-blob-cache-control"),
            Metadata = BlobLimits.Metadata(request),
        };

    /// <summary>The answer to a write.</summary>
    internal static StorageResponse Written(int status, StoredBlob blob) => new StorageResponse(status)
        .With("ETag", blob.ETag)
        .With("Last-Modified", blob.LastModified.ToString("R", CultureInfo.InvariantCulture))
        .With("x-ms-request-server-encrypted", "false");

    /// <summary>Writes the blob anew with its content as it is, if nobody else has changed it meanwhile.</summary>
    private async Task<StoredBlob> RewriteAsync(
        StorageRequest request, string container, string name, Func<StoredBlob, StoredBlob> change, CancellationToken cancellationToken)
    {
        using var open = store.Open(container, name);
        BlobConditions.Of(request).CheckWrite(open.Blob);
        var unchanged = BlobConditions.None with { IfMatch = open.Blob.ETag };
        return await store.PutAsync(container, change(open.Blob), unchanged, async (file, described) =>
        {
            await open.Stream.CopyToAsync(file, cancellationToken).ConfigureAwait(false);
            return described;
        }, cancellationToken).ConfigureAwait(false);
    }
}
