namespace Azure.Storage.Blobs.Models;

/// <summary>A container that was made.</summary>
public class BlobContainerInfo
{
    internal BlobContainerInfo()
    {
    }
}
