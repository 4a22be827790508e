using System.Globalization;
using Azure;
using Azure.Data.Tables;
using Jobs.Domain;
using Jobs.Domain.Jobs;

namespace Jobs.Storage;

/// <summary>
/// The table <c>JobLists</c>: which work an organisation has asked for. PartitionKey = tenant, RowKey = <c>{inverted time}|{job id}</c>: all of it, the latest first. And
/// PartitionKey = <c>{tenant}|unfinished</c>, RowKey = job id: what has not ended. What a job is now stands in its own row.
/// </summary>
public sealed class JobListStore(StorageAccount storage)
{
    private readonly TableClient _table = storage.JobLists;

    /// <summary>Lists a job that is about to be created. Nothing happens the second time.</summary>
    public async Task AddAsync(Job job, CancellationToken cancellationToken)
    {
        await _table.UpsertEntityAsync(new TableEntity(Unfinished(job.Tenant), job.Id), TableUpdateMode.Replace, cancellationToken);
        await _table.UpsertEntityAsync(new TableEntity(job.Tenant, RowKey(job.Id)) { [nameof(WorkState.Type)] = job.Work!.Type }, TableUpdateMode.Replace, cancellationToken);
    }

    /// <summary>A job has ended, or will never be created. Nothing happens the second time.</summary>
    public Task EndAsync(string tenant, string jobId, CancellationToken cancellationToken) =>
        _table.DeleteEntityAsync(Unfinished(tenant), jobId, ETag.All, cancellationToken);

    /// <summary>How many jobs of an organisation have not ended; no more than <paramref name="atMost"/> are counted.</summary>
    public async Task<int> CountUnfinishedAsync(string tenant, int atMost, CancellationToken cancellationToken)
    {
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {Unfinished(tenant)}");
        var count = 0;
        await foreach (var _ in _table.QueryAsync<TableEntity>(filter, Math.Min(atMost, 1_000), [nameof(TableEntity.RowKey)], cancellationToken))
        {
            if (++count == atMost)
            {
                break;
            }
        }

        return count;
    }

    /// <summary>The ids of the jobs before one, or of all, the latest first, of one type or of all.</summary>
    public async IAsyncEnumerable<string> ListAsync(
        string tenant,
        string? type,
        string? before,
        int perPage,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {tenant}");
        if (before is not null)
        {
            filter += TableClient.CreateQueryFilter($" and RowKey gt {RowKey(before)}");
        }

        if (type is not null)
        {
            filter += TableClient.CreateQueryFilter($" and Type eq {type}");
        }

        await foreach (var row in _table.QueryAsync<TableEntity>(filter, perPage, [nameof(TableEntity.RowKey)], cancellationToken))
        {
            yield return row.RowKey[(row.RowKey.IndexOf('|', StringComparison.Ordinal) + 1)..];
        }
    }

    private static string Unfinished(string tenant) => $"{tenant}|unfinished";

    private static string RowKey(string jobId)
    {
        var milliseconds = Ids.MillisecondsOf(jobId) ?? throw new ArgumentException($"{jobId} is no job's id.", nameof(jobId));
        return string.Create(CultureInfo.InvariantCulture, $"{DateTimeOffset.MaxValue.ToUnixTimeMilliseconds() - milliseconds:D15}|{jobId}");
    }
}
