namespace Jobs.Local.Storage.Protocol;

/// <summary>The services of an account that are here.</summary>
internal enum StorageServiceKind
{
    /// <summary>Blobs.</summary>
    Blob,

    /// <summary>Tables.</summary>
    Table,
}
