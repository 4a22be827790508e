namespace Azure.Storage.Blobs.Models;

/// <summary>A blob that was written.</summary>
public class BlobContentInfo
{
    internal BlobContentInfo(ETag etag, DateTimeOffset lastModified) => (ETag, LastModified) = (etag, lastModified);

    /// <summary>Its version.</summary>
    public ETag ETag { get; }

    /// <summary>When it was written.</summary>
    public DateTimeOffset LastModified { get; }
}
