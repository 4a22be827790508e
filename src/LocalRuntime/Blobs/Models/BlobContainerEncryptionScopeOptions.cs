namespace Azure.Storage.Blobs.Models;

/// <summary>Not mirrored: it stands here for the signature of <see cref="BlobContainerClient.CreateIfNotExistsAsync"/> and cannot be made.</summary>
public class BlobContainerEncryptionScopeOptions
{
    private BlobContainerEncryptionScopeOptions()
    {
    }
}
