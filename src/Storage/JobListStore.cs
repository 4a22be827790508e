using System.Globalization;
using Azure;
using Azure.Data.Tables;
using Jobs.Domain;
using Jobs.Domain.Jobs;

namespace Jobs.Storage;

/// <summary>
/// The table <c>JobLists</c>: which work an organisation has asked for. PartitionKey = tenant, RowKey = <c>{inverted time}|{job id}</c>: all of it, the latest first. And
/// PartitionKey = <c>{tenant}|unfinished</c>, RowKey = job id: what has not ended. Jobs of repositories have the same two lists of their own, <c>{tenant}|repository</c> and
/// <c>{tenant}|repository-unfinished</c>. What a job is now stands in its own row.
/// </summary>
public sealed class JobListStore(StorageAccount storage)
{
    private readonly TableClient _table = storage.JobLists;

    /// <summary>Lists a job that is about to be created. Nothing happens the second time.</summary>
    public async Task AddAsync(Job job, CancellationToken cancellationToken)
    {
        await _table.UpsertEntityAsync(new TableEntity(UnfinishedOf(job.Tenant, job.Id), job.Id), TableUpdateMode.Replace, cancellationToken);
        await _table.UpsertEntityAsync(
            job.Repository is null
                ? new TableEntity(job.Tenant, RowKey(job.Id)) { [nameof(WorkState.Type)] = job.Work!.Type }
                : new TableEntity(RepositoryJobs(job.Tenant), RowKey(new RepositoryJobPlace(job.CreatedAt.ToUnixTimeMilliseconds(), job.Id))),
            TableUpdateMode.Replace,
            cancellationToken);
    }

    /// <summary>A job has ended, or will never be created. Nothing happens the second time.</summary>
    public Task EndAsync(string tenant, string jobId, CancellationToken cancellationToken) =>
        _table.DeleteEntityAsync(UnfinishedOf(tenant, jobId), jobId, ETag.All, cancellationToken);

    /// <summary>How many jobs of work of an organisation have not ended; no more than <paramref name="atMost"/> are counted.</summary>
    public Task<int> CountUnfinishedAsync(string tenant, int atMost, CancellationToken cancellationToken) => CountAsync(Unfinished(tenant), atMost, cancellationToken);

    /// <summary>As <see cref="CountUnfinishedAsync"/>, of repositories' jobs.</summary>
    public Task<int> CountUnfinishedOfRepositoriesAsync(string tenant, int atMost, CancellationToken cancellationToken) =>
        CountAsync(RepositoryUnfinished(tenant), atMost, cancellationToken);

    private async Task<int> CountAsync(string partition, int atMost, CancellationToken cancellationToken)
    {
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {partition}");
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

    /// <summary>True when a job of an organisation that was created before a time has not ended.</summary>
    public async Task<bool> HasUnfinishedBeforeAsync(string tenant, DateTimeOffset time, CancellationToken cancellationToken)
    {
        var end = string.Create(CultureInfo.InvariantCulture, $"job_{time.ToUnixTimeMilliseconds():D13}");
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {Unfinished(tenant)} and RowKey lt {end}");
        return await _table.QueryAsync<TableEntity>(filter, 1, [nameof(TableEntity.RowKey)], cancellationToken).AnyAsync(cancellationToken);
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

    /// <summary>The places of the repositories' jobs before one, or of all, the latest first.</summary>
    public async IAsyncEnumerable<RepositoryJobPlace> ListOfRepositoriesAsync(
        string tenant,
        RepositoryJobPlace? before,
        int perPage,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {RepositoryJobs(tenant)}");
        if (before is { } place)
        {
            filter += TableClient.CreateQueryFilter($" and RowKey gt {RowKey(place)}");
        }

        await foreach (var row in _table.QueryAsync<TableEntity>(filter, perPage, [nameof(TableEntity.RowKey)], cancellationToken))
        {
            var parts = row.RowKey.Split('|');
            yield return new RepositoryJobPlace(LastMillisecond - long.Parse(parts[0], CultureInfo.InvariantCulture), parts[1]);
        }
    }

    private static readonly long LastMillisecond = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    private static string Unfinished(string tenant) => $"{tenant}|unfinished";

    private static string RepositoryUnfinished(string tenant) => $"{tenant}|repository-unfinished";

    private static string RepositoryJobs(string tenant) => $"{tenant}|repository";

    private static string UnfinishedOf(string tenant, string jobId) => Ids.IsRepositoryJobId(jobId) ? RepositoryUnfinished(tenant) : Unfinished(tenant);

    private static string RowKey(string jobId)
    {
        var milliseconds = Ids.MillisecondsOf(jobId) ?? throw new ArgumentException($"{jobId} is no job's id.", nameof(jobId));
        return RowKey(new RepositoryJobPlace(milliseconds, jobId));
    }

    private static string RowKey(RepositoryJobPlace place) => string.Create(CultureInfo.InvariantCulture, $"{LastMillisecond - place.Milliseconds:D15}|{place.JobId}");
}

/// <summary>The place of a repository's job in the list of them: its id does not say when it was created.</summary>
/// <param name="Milliseconds">When it was created, in milliseconds of Unix time.</param>
/// <param name="JobId">The job.</param>
public readonly record struct RepositoryJobPlace(long Milliseconds, string JobId);
