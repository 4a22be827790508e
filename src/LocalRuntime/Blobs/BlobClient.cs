#nullable disable

using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Jobs.LocalRuntime.Blobs;
using Jobs.LocalRuntime.Storage;

namespace Azure.Storage.Blobs;

/// <summary>One blob.</summary>
public class BlobClient : BlobBaseClient
{
    internal BlobClient(IBlobStore store, string container, string name)
        : base(store, container, name)
    {
    }

    /// <summary>For a test's own client.</summary>
    protected BlobClient()
    {
    }

    /// <summary>Writes the blob. 409 BlobAlreadyExists when it is there and may not be overwritten.</summary>
    public virtual Task<Response<BlobContentInfo>> UploadAsync(BinaryData content, bool overwrite = false, CancellationToken cancellationToken = default) =>
        UploadAsync(content, new BlobUploadOptions { Conditions = overwrite ? null : new BlobRequestConditions { IfNoneMatch = ETag.All } }, cancellationToken);

    /// <summary>Writes the blob; with <c>IfNoneMatch</c> of <see cref="ETag.All"/> only if there is none, else 409 BlobAlreadyExists.</summary>
    public virtual async Task<Response<BlobContentInfo>> UploadAsync(BinaryData content, BlobUploadOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(content);
        var condition = options?.Conditions?.IfNoneMatch;
        Unsupported.If(condition is not null && condition != ETag.All, "Conditions.IfNoneMatch other than ETag.All");
        var contentType = options?.HttpHeaders?.ContentType ?? BlobLimits.DefaultContentType;
        BlobLimits.CheckContentType(contentType);
        var info = await Store.UploadAsync(Container, Name, content, contentType, createOnly: condition is not null, cancellationToken).ConfigureAwait(false);
        return Response.FromValue(info, new StoredResponse(201, info.ETag));
    }
}
