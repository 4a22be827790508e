#nullable disable

namespace Azure.Storage.Blobs.Models;

/// <summary>A blob in a listing.</summary>
public class BlobItem
{
    internal BlobItem(string name, BlobItemProperties properties) => (Name, Properties) = (name, properties);

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>What is known of it.</summary>
    public BlobItemProperties Properties { get; }
}
