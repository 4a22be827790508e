using Azure;
using Azure.Data.Tables;

namespace Jobs.Storage;

/// <summary>
/// A claimed idempotency key. The ids that the creation will use are fixed when the key is claimed, so that whoever repeats a creation that
/// died half-way completes the same one.
/// </summary>
public sealed record IdempotencyClaim
{
    /// <summary>The SHA-256 of the tenant, the address and the key.</summary>
    public required string Id { get; init; }

    /// <summary>The SHA-256 of the request's body.</summary>
    public required string RequestHash { get; init; }

    /// <summary>When the key was first used; it is kept for 24 hours from then.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the request that holds the claim began.</summary>
    public required DateTimeOffset ClaimedAt { get; init; }

    /// <summary>Names the request that holds the claim: one that storage took without an answer is known again by it.</summary>
    public required string Holder { get; init; }

    /// <summary>The resource that the creation makes.</summary>
    public required string ResourceId { get; init; }

    /// <summary>The job that the creation makes.</summary>
    public required string JobId { get; init; }

    /// <summary>The build that the creation makes.</summary>
    public required string BuildId { get; init; }

    /// <summary>The stored answer's status; null while the first request is still in flight.</summary>
    public int? Status { get; init; }

    /// <summary>The stored answer's body.</summary>
    public string? Body { get; init; }

    /// <summary>The stored answer's Location.</summary>
    public string? Location { get; init; }
}

/// <summary>The table <c>Idempotency</c>: PartitionKey = RowKey = <see cref="IdempotencyClaim.Id"/>.</summary>
public sealed class IdempotencyStore(StorageAccount storage)
{
    private readonly TableClient _table = storage.Idempotency;

    /// <summary>Inserts a claim; null when the key is claimed already. Otherwise the ETag that later writes need.</summary>
    public async Task<ETag?> TryClaimAsync(IdempotencyClaim claim, CancellationToken cancellationToken)
    {
        try
        {
            return (await _table.AddEntityAsync(ToEntity(claim), cancellationToken)).Headers.ETag;
        }
        catch (RequestFailedException error) when (error.IsConflict())
        {
            return null;
        }
    }

    /// <summary>The claim of a key; null when there is none.</summary>
    public async Task<(IdempotencyClaim Claim, ETag ETag)?> FindAsync(string id, CancellationToken cancellationToken)
    {
        var row = await _table.GetEntityIfExistsAsync<TableEntity>(id, id, cancellationToken: cancellationToken);
        return row is { HasValue: true, Value: { } found } ? (FromEntity(found), found.ETag) : null;
    }

    /// <summary>Replaces a claim that is still as it was read; null when somebody else was first.</summary>
    public async Task<ETag?> TryReplaceAsync(IdempotencyClaim claim, ETag etag, CancellationToken cancellationToken)
    {
        try
        {
            return (await _table.UpdateEntityAsync(ToEntity(claim), etag, TableUpdateMode.Replace, cancellationToken)).Headers.ETag;
        }
        catch (RequestFailedException error) when (error.IsStale() || error.IsNotFound())
        {
            return null;
        }
    }

    /// <summary>Gives a key free again, unless somebody took the claim over.</summary>
    public async Task ReleaseAsync(string id, ETag etag, CancellationToken cancellationToken)
    {
        try
        {
            await _table.DeleteEntityAsync(id, id, etag, cancellationToken);
        }
        catch (RequestFailedException error) when (error.IsStale())
        {
        }
    }

    /// <summary>
    /// Removes every claim that was made before <paramref name="before"/>, except one whose key is being used again meanwhile. This reads the whole
    /// table, which holds no more than the claims since the last purge.
    /// </summary>
    public async Task PurgeAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        var filter = TableClient.CreateQueryFilter($"CreatedAt lt {before}");
        await foreach (var row in _table.QueryAsync<TableEntity>(filter, cancellationToken: cancellationToken))
        {
            await ReleaseAsync(row.RowKey, row.ETag, cancellationToken);
        }
    }

    private static TableEntity ToEntity(IdempotencyClaim claim) => new(claim.Id, claim.Id)
    {
        [nameof(IdempotencyClaim.RequestHash)] = claim.RequestHash,
        [nameof(IdempotencyClaim.CreatedAt)] = claim.CreatedAt,
        [nameof(IdempotencyClaim.ClaimedAt)] = claim.ClaimedAt,
        [nameof(IdempotencyClaim.Holder)] = claim.Holder,
        [nameof(IdempotencyClaim.ResourceId)] = claim.ResourceId,
        [nameof(IdempotencyClaim.JobId)] = claim.JobId,
        [nameof(IdempotencyClaim.BuildId)] = claim.BuildId,
        [nameof(IdempotencyClaim.Status)] = claim.Status,
        [nameof(IdempotencyClaim.Body)] = claim.Body,
        [nameof(IdempotencyClaim.Location)] = claim.Location,
    };

    private static IdempotencyClaim FromEntity(TableEntity row) => new()
    {
        Id = row.RowKey,
        RequestHash = row.GetString(nameof(IdempotencyClaim.RequestHash)),
        CreatedAt = row.GetDateTimeOffset(nameof(IdempotencyClaim.CreatedAt))!.Value,
        ClaimedAt = row.GetDateTimeOffset(nameof(IdempotencyClaim.ClaimedAt))!.Value,
        Holder = row.GetString(nameof(IdempotencyClaim.Holder)),
        ResourceId = row.GetString(nameof(IdempotencyClaim.ResourceId)),
        JobId = row.GetString(nameof(IdempotencyClaim.JobId)),
        BuildId = row.GetString(nameof(IdempotencyClaim.BuildId)),
        Status = row.GetInt32(nameof(IdempotencyClaim.Status)),
        Body = row.GetString(nameof(IdempotencyClaim.Body)),
        Location = row.GetString(nameof(IdempotencyClaim.Location)),
    };
}
