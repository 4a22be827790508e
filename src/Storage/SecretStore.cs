using System.Text.Json;
using Azure;
using Azure.Data.Tables;
using Jobs.Domain.Secrets;

namespace Jobs.Storage;

/// <summary>What may be shown of a secret.</summary>
public sealed record SecretLine(string Name, DateTimeOffset UpdatedAt);

/// <summary>
/// The table <c>Secrets</c>. PartitionKey = agent id; RowKey = <c>{agent id}|{name}</c> for a sealed value, and the agent id for the list of names. A value and the list change in one
/// transaction, so that the limit holds whoever else writes.
/// </summary>
public sealed class SecretStore(StorageAccount storage)
{
    private readonly TableClient _table = storage.Secrets;

    /// <summary>Stores a value, in place of one of the same name; null when there are <paramref name="maxSecrets"/> others.</summary>
    public async Task<SecretLine?> WriteAsync(
        string agentId,
        string name,
        SealedText value,
        DateTimeOffset now,
        int maxSecrets,
        CancellationToken cancellationToken)
    {
        var line = new SecretLine(name, now);
        var row = new TableEntity(agentId, RowKey(agentId, name)) { ["KeyId"] = value.KeyId, ["Sealed"] = value.Bytes };
        while (true)
        {
            var (lines, etag) = await ReadListAsync(agentId, cancellationToken);
            SecretLine[] others = [.. lines.Where(other => other.Name != name)];
            if (others.Length >= maxSecrets)
            {
                return null;
            }

            if (await TryChangeAsync(ToEntity(agentId, [.. others, line]), etag, new(TableTransactionActionType.UpsertReplace, row), cancellationToken))
            {
                return line;
            }
        }
    }

    /// <summary>Removes a value; false when there is none of that name.</summary>
    public async Task<bool> DeleteAsync(string agentId, string name, CancellationToken cancellationToken)
    {
        while (true)
        {
            var (lines, etag) = await ReadListAsync(agentId, cancellationToken);
            if (lines.All(line => line.Name != name))
            {
                return false;
            }

            var row = new TableEntity(agentId, RowKey(agentId, name));
            if (await TryChangeAsync(ToEntity(agentId, [.. lines.Where(line => line.Name != name)]), etag, new(TableTransactionActionType.Delete, row, ETag.All), cancellationToken))
            {
                return true;
            }
        }
    }

    /// <summary>The agent's secrets in order of their names, by one point read.</summary>
    public async Task<IReadOnlyList<SecretLine>> ListAsync(string agentId, CancellationToken cancellationToken) =>
        [.. (await ReadListAsync(agentId, cancellationToken)).Lines.OrderBy(line => line.Name, StringComparer.Ordinal)];

    /// <summary>One value, by one point read; null when there is none.</summary>
    public async Task<SealedText?> FindAsync(string agentId, string name, CancellationToken cancellationToken)
    {
        var row = await _table.GetEntityIfExistsAsync<TableEntity>(agentId, RowKey(agentId, name), cancellationToken: cancellationToken);
        return row is { HasValue: true, Value: { } found } ? new SealedText(found.GetString("KeyId"), found.GetBinary("Sealed")) : null;
    }

    /// <summary>Removes everything of an agent.</summary>
    public async Task DeleteAllAsync(string agentId, CancellationToken cancellationToken)
    {
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {agentId}");
        await foreach (var row in _table.QueryAsync<TableEntity>(filter, select: ["PartitionKey", "RowKey"], cancellationToken: cancellationToken))
        {
            await _table.DeleteEntityAsync(row.PartitionKey, row.RowKey, ETag.All, cancellationToken);
        }
    }

    private static string RowKey(string agentId, string name) => $"{agentId}|{name}";

    private static TableEntity ToEntity(string agentId, SecretLine[] lines) => new(agentId, agentId) { ["Lines"] = JsonSerializer.Serialize(lines) };

    private async Task<(SecretLine[] Lines, ETag? ETag)> ReadListAsync(string agentId, CancellationToken cancellationToken)
    {
        var row = await _table.GetEntityIfExistsAsync<TableEntity>(agentId, agentId, cancellationToken: cancellationToken);
        return row is { HasValue: true, Value: { } found } ? (JsonSerializer.Deserialize<SecretLine[]>(found.GetString("Lines"))!, found.ETag) : ([], null);
    }

    /// <summary>False when the list is no longer as it was read.</summary>
    private async Task<bool> TryChangeAsync(TableEntity list, ETag? read, TableTransactionAction change, CancellationToken cancellationToken)
    {
        try
        {
            TableTransactionAction first = read is { } etag ? new(TableTransactionActionType.UpdateReplace, list, etag) : new(TableTransactionActionType.Add, list);
            await _table.SubmitTransactionAsync([first, change], cancellationToken);
            return true;
        }
        catch (RequestFailedException error) when (error.IsStale() || error.IsConflict() || error.IsNotFound())
        {
            return false;
        }
    }
}
