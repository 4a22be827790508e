using Azure;
using Azure.Data.Tables;

namespace Jobs.Storage;

/// <summary>The agent that a webhook's token was made for.</summary>
public sealed record WebhookTarget(string Tenant, string AgentId);

/// <summary>
/// The table <c>Webhooks</c>: which agent a token was made for. Whether the token still counts stands in the agent's own row. PartitionKey = RowKey = the SHA-256 of the token, in
/// lower-case hex: the token itself is stored nowhere.
/// </summary>
public sealed class WebhookStore(StorageAccount storage)
{
    private readonly TableClient _table = storage.Webhooks;

    /// <summary>Stores the hash of a new token.</summary>
    public Task AddAsync(string hash, WebhookTarget target, CancellationToken cancellationToken) => _table.AddEntityAsync(
        new TableEntity(hash, hash) { [nameof(WebhookTarget.Tenant)] = target.Tenant, [nameof(WebhookTarget.AgentId)] = target.AgentId },
        cancellationToken);

    /// <summary>One point read; null when no token has this hash.</summary>
    public async Task<WebhookTarget?> FindAsync(string hash, CancellationToken cancellationToken)
    {
        var row = await _table.GetEntityIfExistsAsync<TableEntity>(hash, hash, cancellationToken: cancellationToken);
        return row is { HasValue: true, Value: { } found }
            ? new WebhookTarget(found.GetString(nameof(WebhookTarget.Tenant)), found.GetString(nameof(WebhookTarget.AgentId)))
            : null;
    }

    /// <summary>Removes a hash, if it is there.</summary>
    public Task RemoveAsync(string hash, CancellationToken cancellationToken) => _table.DeleteEntityAsync(hash, hash, ETag.All, cancellationToken);
}
