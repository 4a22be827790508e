#nullable disable

namespace Azure.Storage.Blobs.Models;

/// <summary>A whole blob.</summary>
public class BlobDownloadResult
{
    internal BlobDownloadResult(BinaryData content, BlobDownloadDetails details) => (Content, Details) = (content, details);

    /// <summary>Its bytes.</summary>
    public BinaryData Content { get; }

    /// <summary>What is known of it.</summary>
    public BlobDownloadDetails Details { get; }
}
