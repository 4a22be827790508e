using Azure;
using Azure.Data.Tables;

namespace Jobs.LocalRuntime.Tables;

/// <summary>One change, ready to be done.</summary>
/// <param name="Action">What is done.</param>
/// <param name="PartitionKey">The entity's partition.</param>
/// <param name="RowKey">The entity's key.</param>
/// <param name="IfMatch">The version that must be there; <see cref="ETag.All"/> for any. Not used by inserts and upserts.</param>
/// <param name="Properties">The entity's own properties, in the types of <see cref="EntityJson"/>; none for a delete.</param>
internal sealed record TableWrite(TableTransactionActionType Action, string PartitionKey, string RowKey, ETag IfMatch, Dictionary<string, object> Properties)
{
    /// <summary>The properties that the service keeps itself.</summary>
    private static readonly HashSet<string> SystemNames = new(StringComparer.Ordinal)
    {
        nameof(ITableEntity.PartitionKey), nameof(ITableEntity.RowKey), nameof(ITableEntity.Timestamp), TableEntity.ETagName,
    };

    /// <summary>A change as a caller gave it, checked against the service's limits.</summary>
    public static TableWrite From(TableTransactionActionType action, ITableEntity entity, ETag ifMatch)
    {
        ArgumentNullException.ThrowIfNull(entity);
        ArgumentNullException.ThrowIfNull(entity.PartitionKey, nameof(entity.PartitionKey));
        ArgumentNullException.ThrowIfNull(entity.RowKey, nameof(entity.RowKey));
        var properties = new Dictionary<string, object>(StringComparer.Ordinal);
        if (action != TableTransactionActionType.Delete)
        {
            foreach (var (name, value) in Dictionary(entity))
            {
                // The service drops properties that are null.
                if (value is not null && !SystemNames.Contains(name))
                    properties.Add(name, EntityJson.Normalize(name, value));
            }
        }

        var write = new TableWrite(action, entity.PartitionKey, entity.RowKey, ifMatch, properties);
        TableLimits.CheckKeys(write.PartitionKey, write.RowKey);
        TableLimits.CheckEntity(write.PartitionKey, write.RowKey, properties);
        return write;
    }

    private static TableEntity Dictionary(ITableEntity entity) =>
        entity as TableEntity ?? throw new NotSupportedException($"The local runtime mirrors {nameof(TableEntity)} only, not entities of type {entity.GetType()}.");
}
