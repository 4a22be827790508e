#nullable disable

namespace Azure.Storage.Blobs.Models;

/// <summary>What is known of a blob that was read.</summary>
public class BlobDownloadDetails
{
    internal BlobDownloadDetails(string contentType, ETag etag, long contentLength) => (ContentType, ETag, ContentLength) = (contentType, etag, contentLength);

    /// <summary>Its media type.</summary>
    public string ContentType { get; }

    /// <summary>Its version.</summary>
    public ETag ETag { get; }

    /// <summary>Its bytes.</summary>
    public long ContentLength { get; }
}
