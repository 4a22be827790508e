using Azure;
using Azure.Data.Tables;

namespace Jobs.Storage;

/// <summary>When a file that was sent ahead was last sent or named by a job.</summary>
/// <param name="Tenant">Whose it is.</param>
/// <param name="Id">Its id.</param>
/// <param name="UsedAt">When.</param>
/// <param name="IsRemoved">True from the moment on at which its removal has begun.</param>
/// <param name="ETag">Which version of the row this is.</param>
/// <param name="Name">What its sender calls it; null when that is not known.</param>
public sealed record StoredUpload(string Tenant, string Id, DateTimeOffset UsedAt, bool IsRemoved, ETag ETag, string? Name);

/// <summary>The table <c>Uploads</c>. PartitionKey = tenant, RowKey = the upload's id. Its file is an artifact.</summary>
public sealed class UploadStore(StorageAccount storage)
{
    private readonly TableClient _table = storage.Uploads;

    /// <summary>A file is about to be written; one that was being removed is not any more.</summary>
    public Task PutAsync(string tenant, string id, DateTimeOffset usedAt, string? name, CancellationToken cancellationToken) =>
        _table.UpsertEntityAsync(Row(tenant, id, usedAt, isRemoved: false, name), TableUpdateMode.Replace, cancellationToken);

    /// <summary>The upload, by one point read; null when there is none.</summary>
    public async Task<StoredUpload?> FindAsync(string tenant, string id, CancellationToken cancellationToken)
    {
        var row = await _table.GetEntityIfExistsAsync<TableEntity>(tenant, id, cancellationToken: cancellationToken);
        return row.HasValue ? FromEntity(row.Value!) : null;
    }

    /// <summary>The uploads of all organisations that were last used before a time, those of one together.</summary>
    public async IAsyncEnumerable<StoredUpload> ListUnusedAsync(
        DateTimeOffset since,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var filter = TableClient.CreateQueryFilter($"UsedAt lt {since}");
        await foreach (var row in _table.QueryAsync<TableEntity>(filter, cancellationToken: cancellationToken))
        {
            yield return FromEntity(row);
        }
    }

    /// <summary>Writes an upload's row if it is still as it was read; the row as it is now, null when somebody else changed it first.</summary>
    public async Task<StoredUpload?> TryReplaceAsync(StoredUpload upload, DateTimeOffset usedAt, bool isRemoved, CancellationToken cancellationToken)
    {
        try
        {
            var response = await _table.UpdateEntityAsync(Row(upload.Tenant, upload.Id, usedAt, isRemoved, upload.Name), upload.ETag, TableUpdateMode.Replace, cancellationToken);
            return upload with { UsedAt = usedAt, IsRemoved = isRemoved, ETag = response.Headers.ETag!.Value };
        }
        catch (RequestFailedException error) when (error.IsStale() || error.IsNotFound())
        {
            return null;
        }
    }

    /// <summary>Removes an upload's row, unless somebody else changed it first.</summary>
    public async Task RemoveAsync(StoredUpload upload, CancellationToken cancellationToken)
    {
        try
        {
            await _table.DeleteEntityAsync(upload.Tenant, upload.Id, upload.ETag, cancellationToken);
        }
        catch (RequestFailedException error) when (error.IsStale())
        {
        }
    }

    private static TableEntity Row(string tenant, string id, DateTimeOffset usedAt, bool isRemoved, string? name) => new(tenant, id)
    {
        [nameof(StoredUpload.UsedAt)] = usedAt,
        [nameof(StoredUpload.IsRemoved)] = isRemoved,
        [nameof(StoredUpload.Name)] = name,
    };

    private static StoredUpload FromEntity(TableEntity row) =>
        new(row.PartitionKey, row.RowKey, row.GetDateTimeOffset(nameof(StoredUpload.UsedAt))!.Value, row.GetBoolean(nameof(StoredUpload.IsRemoved)) ?? false, row.ETag, row.GetString(nameof(StoredUpload.Name)));
}
