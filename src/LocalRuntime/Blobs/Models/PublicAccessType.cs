namespace Azure.Storage.Blobs.Models;

/// <summary>Who may read without credentials.</summary>
public enum PublicAccessType
{
    /// <summary>Only the account's own callers.</summary>
    None = 0,
}
