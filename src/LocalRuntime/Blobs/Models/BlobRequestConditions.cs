namespace Azure.Storage.Blobs.Models;

/// <summary>Conditions of a request.</summary>
public class BlobRequestConditions
{
    /// <summary><see cref="ETag.All"/>: only if there is no blob of the name. Other values are not mirrored.</summary>
    public ETag? IfNoneMatch { get; set; }
}
