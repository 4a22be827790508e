namespace Azure.Storage.Blobs.Models;

/// <summary>Which further states a listing shows.</summary>
public enum BlobStates
{
    /// <summary>Blobs as they are.</summary>
    None = 0,
}
