#nullable disable

namespace Azure.Storage.Blobs.Models;

/// <summary>How a blob is written.</summary>
public class BlobUploadOptions
{
    /// <summary>What it is served with.</summary>
    public BlobHttpHeaders HttpHeaders { get; set; }

    /// <summary>Under which conditions it is written.</summary>
    public BlobRequestConditions Conditions { get; set; }
}
