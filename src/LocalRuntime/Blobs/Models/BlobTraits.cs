namespace Azure.Storage.Blobs.Models;

/// <summary>What a listing shows beside the properties.</summary>
public enum BlobTraits
{
    /// <summary>None.</summary>
    None = 0,
}
