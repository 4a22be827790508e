#nullable disable

namespace Azure.Storage.Blobs.Models;

/// <summary>What a listing knows of a blob.</summary>
public class BlobItemProperties
{
    internal BlobItemProperties(long contentLength, DateTimeOffset lastModified) => (ContentLength, LastModified) = (contentLength, lastModified);

    /// <summary>Its bytes.</summary>
    public long? ContentLength { get; }

    /// <summary>When it was written.</summary>
    public DateTimeOffset? LastModified { get; }
}
