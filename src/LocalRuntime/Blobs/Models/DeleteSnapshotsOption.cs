namespace Azure.Storage.Blobs.Models;

/// <summary>What is deleted with a blob that has snapshots.</summary>
public enum DeleteSnapshotsOption
{
    /// <summary>The blob alone.</summary>
    None = 0,
}
