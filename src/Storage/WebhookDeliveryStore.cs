using Azure;
using Azure.Data.Tables;

namespace Jobs.Storage;

/// <summary>The table <c>WebhookDeliveries</c>: what a forge has sent and we have dealt with. PartitionKey = RowKey = the delivery's id.</summary>
public sealed class WebhookDeliveryStore(StorageAccount storage)
{
    /// <summary>How long a delivery is known again: a forge lets one send it again for three days.</summary>
    public static readonly TimeSpan Retention = TimeSpan.FromDays(7);

    private readonly TableClient _table = storage.WebhookDeliveries;

    /// <summary>Whether a delivery was dealt with.</summary>
    public async Task<bool> IsKnownAsync(string id, CancellationToken cancellationToken) =>
        (await _table.GetEntityIfExistsAsync<TableEntity>(id, id, [nameof(TableEntity.RowKey)], cancellationToken)).HasValue;

    /// <summary>A delivery was dealt with. Nothing happens the second time.</summary>
    public async Task AddAsync(string id, DateTimeOffset now, CancellationToken cancellationToken)
    {
        try
        {
            await _table.AddEntityAsync(new TableEntity(id, id) { ["ReceivedAt"] = now }, cancellationToken);
        }
        catch (RequestFailedException error) when (error.IsConflict())
        {
        }
    }

    /// <summary>Forgets what came before <paramref name="before"/>. This reads the whole table, which holds no more than what came since the last purge and <see cref="Retention"/>.</summary>
    public async Task PurgeAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        var filter = TableClient.CreateQueryFilter($"ReceivedAt lt {before}");
        await foreach (var row in _table.QueryAsync<TableEntity>(filter, select: ["PartitionKey", "RowKey"], cancellationToken: cancellationToken))
        {
            await _table.DeleteEntityAsync(row.PartitionKey, row.RowKey, ETag.All, cancellationToken);
        }
    }
}
