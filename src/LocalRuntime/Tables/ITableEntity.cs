#nullable disable

namespace Azure.Data.Tables;

/// <summary>What every entity has.</summary>
public interface ITableEntity
{
    /// <summary>The partition: entities of one partition can change together.</summary>
    string PartitionKey { get; set; }

    /// <summary>The entity's key, unique within its partition.</summary>
    string RowKey { get; set; }

    /// <summary>When the entity last changed, as the service says; ignored on writes.</summary>
    DateTimeOffset? Timestamp { get; set; }

    /// <summary>The version that was read.</summary>
    ETag ETag { get; set; }
}
