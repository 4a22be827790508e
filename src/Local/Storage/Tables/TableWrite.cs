namespace Jobs.Local.Storage.Tables;

/// <summary>What a write does to an entity.</summary>
internal enum TableWriteKind
{
    /// <summary>Adds it; refused when it is there.</summary>
    Insert,

    /// <summary>Replaces it; refused when it is not there.</summary>
    Replace,

    /// <summary>Adds and replaces properties; refused when it is not there.</summary>
    Merge,

    /// <summary>Replaces it or adds it.</summary>
    InsertOrReplace,

    /// <summary>Adds and replaces properties, or adds it.</summary>
    InsertOrMerge,

    /// <summary>Removes it; refused when it is not there.</summary>
    Delete,
}

/// <summary>One change, within the limits of <see cref="TableLimits"/> and ready to be done.</summary>
/// <param name="Kind">What is done.</param>
/// <param name="PartitionKey">The entity's partition.</param>
/// <param name="RowKey">The entity's key.</param>
/// <param name="IfMatch">The version that must be there; <see cref="TableETag.Any"/> for any. Not used by inserts and upserts.</param>
/// <param name="Properties">The entity's own properties; none for a delete.</param>
/// <param name="Json">The same in the form of <see cref="EntityJson"/>, so that the writer's thread need not make it.</param>
internal sealed record TableWrite(
    TableWriteKind Kind, string PartitionKey, string RowKey, string IfMatch, Dictionary<string, object> Properties, byte[] Json);
