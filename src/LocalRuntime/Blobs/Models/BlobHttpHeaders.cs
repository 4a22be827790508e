#nullable disable

namespace Azure.Storage.Blobs.Models;

/// <summary>What a blob is served with.</summary>
public class BlobHttpHeaders
{
    /// <summary>Its media type.</summary>
    public string ContentType { get; set; }
}
