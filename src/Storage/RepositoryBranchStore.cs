using Azure;
using Azure.Data.Tables;

namespace Jobs.Storage;

/// <summary>Which job is on a branch.</summary>
/// <param name="Key">The repository's key.</param>
/// <param name="Branch">The branch.</param>
/// <param name="JobId">The latest job on it.</param>
/// <param name="PreviousJobId">The job before it; null for the first.</param>
/// <param name="ClaimedAt">When the branch was claimed for <paramref name="JobId"/>, whose row comes after that.</param>
public sealed record RepositoryBranch(string Key, string Branch, string JobId, string? PreviousJobId, DateTimeOffset ClaimedAt);

/// <summary>A branch's row together with its ETag.</summary>
public sealed record StoredBranch(RepositoryBranch Branch, ETag ETag);

/// <summary>The table <c>RepositoryBranches</c>: one job at a time is on a branch. PartitionKey = the repository's key, RowKey = the branch, with <c>|</c> for <c>/</c>.</summary>
public sealed class RepositoryBranchStore(StorageAccount storage)
{
    private readonly TableClient _table = storage.RepositoryBranches;

    /// <summary>One point read; null when no job was ever on the branch.</summary>
    public async Task<StoredBranch?> ReadAsync(string key, string branch, CancellationToken cancellationToken)
    {
        var row = await _table.GetEntityIfExistsAsync<TableEntity>(key, RowKey(branch), cancellationToken: cancellationToken);
        return row is { HasValue: true, Value: { } found }
            ? new StoredBranch(
                new RepositoryBranch(
                    key,
                    branch,
                    found.GetString(nameof(RepositoryBranch.JobId)),
                    found.GetString(nameof(RepositoryBranch.PreviousJobId)),
                    found.GetDateTimeOffset(nameof(RepositoryBranch.ClaimedAt))!.Value),
                found.ETag)
            : null;
    }

    /// <summary>Puts a job on a branch in the place of what was read, which may be nothing; false when the row is no longer as it was read.</summary>
    public async Task<bool> TryReplaceAsync(StoredBranch? read, RepositoryBranch next, CancellationToken cancellationToken)
    {
        var row = new TableEntity(next.Key, RowKey(next.Branch))
        {
            [nameof(RepositoryBranch.JobId)] = next.JobId,
            [nameof(RepositoryBranch.PreviousJobId)] = next.PreviousJobId,
            [nameof(RepositoryBranch.ClaimedAt)] = next.ClaimedAt,
        };
        try
        {
            await (read is null
                ? _table.AddEntityAsync(row, cancellationToken)
                : _table.UpdateEntityAsync(row, read.ETag, TableUpdateMode.Replace, cancellationToken));
            return true;
        }
        catch (RequestFailedException error) when (error.IsConflict() || error.IsStale() || error.IsNotFound())
        {
            return false;
        }
    }

    private static string RowKey(string branch) => branch.Replace('/', '|');
}
