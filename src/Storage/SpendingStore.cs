using Azure;
using Azure.Data.Tables;
using Jobs.Domain.Ledger;

namespace Jobs.Storage;

/// <summary>
/// What calls of models cost, in the table <c>Ledger</c>. PartitionKey = tenant; RowKey = <c>{tenant}|spending|{yyyy-MM}</c> for a month and <c>{job id}|spending</c> for a
/// build. Both change in one transaction under their ETags.
/// </summary>
public sealed class SpendingStore(StorageAccount storage)
{
    private readonly TableClient _table = storage.Ledger;

    /// <summary>One point read; nothing spent when there is no row.</summary>
    public async Task<StoredMonth> ReadMonthAsync(string tenant, string month, CancellationToken cancellationToken)
    {
        var row = await _table.GetEntityIfExistsAsync<TableEntity>(tenant, MonthKey(tenant, month), cancellationToken: cancellationToken);
        return row is { HasValue: true, Value: { } found }
            ? new StoredMonth(
                new MonthSpending(month, found.GetInt64(nameof(MonthSpending.Spent))!.Value, found.GetInt64(nameof(MonthSpending.Reserved))!.Value), found.ETag)
            : new StoredMonth(new MonthSpending(month), ETag: null);
    }

    /// <summary>One point read; nothing spent when there is no row.</summary>
    public async Task<StoredBuild> ReadBuildAsync(string tenant, string jobId, CancellationToken cancellationToken)
    {
        var row = await _table.GetEntityIfExistsAsync<TableEntity>(tenant, BuildKey(jobId), cancellationToken: cancellationToken);
        return row is { HasValue: true, Value: { } found }
            ? new StoredBuild(
                new BuildSpending(jobId)
                {
                    Spent = found.GetInt64(nameof(BuildSpending.Spent))!.Value,
                    PaidTurns = found.GetInt32(nameof(BuildSpending.PaidTurns))!.Value,
                    IsClosed = found.GetBoolean(nameof(BuildSpending.IsClosed))!.Value,
                    Hold = found.GetString("HeldMonth") is { } month
                        ? new SpendingHold(found.GetInt64("Held")!.Value, month, found.GetInt32("HeldTurn")!.Value, found.GetInt32("HeldAttempt")!.Value)
                        : null,
                },
                found.ETag)
            : new StoredBuild(new BuildSpending(jobId), ETag: null);
    }

    /// <summary>Writes both, if they are still as they were read; false when somebody else was first.</summary>
    public async Task<bool> TryWriteAsync(string tenant, StoredMonth month, StoredBuild build, SpendingMove move, CancellationToken cancellationToken)
    {
        var (next, job) = (move.Month, move.Build);
        try
        {
            await _table.SubmitTransactionAsync(
                [
                    Write(ToEntity(tenant, next), month.ETag),
                    Write(
                        new TableEntity(tenant, BuildKey(job.JobId))
                        {
                            [nameof(BuildSpending.Spent)] = job.Spent,
                            [nameof(BuildSpending.PaidTurns)] = job.PaidTurns,
                            [nameof(BuildSpending.IsClosed)] = job.IsClosed,
                            ["Held"] = job.Hold?.Amount,
                            ["HeldMonth"] = job.Hold?.Month,
                            ["HeldTurn"] = job.Hold?.Turn,
                            ["HeldAttempt"] = job.Hold?.Attempt,
                        },
                        build.ETag),
                ],
                cancellationToken);
            return true;
        }
        catch (RequestFailedException error) when (error.IsConflict() || error.IsStale())
        {
            return false;
        }
    }

    /// <summary>Writes a month, if it is still as it was read; false when somebody else was first.</summary>
    public async Task<bool> TryWriteAsync(string tenant, StoredMonth month, MonthSpending next, CancellationToken cancellationToken)
    {
        try
        {
            await _table.SubmitTransactionAsync([Write(ToEntity(tenant, next), month.ETag)], cancellationToken);
            return true;
        }
        catch (RequestFailedException error) when (error.IsConflict() || error.IsStale())
        {
            return false;
        }
    }

    private static TableEntity ToEntity(string tenant, MonthSpending month) => new(tenant, MonthKey(tenant, month.Month))
    {
        [nameof(MonthSpending.Spent)] = month.Spent,
        [nameof(MonthSpending.Reserved)] = month.Reserved,
    };

    private static TableTransactionAction Write(TableEntity row, ETag? etag) => etag is { } version
        ? new(TableTransactionActionType.UpdateReplace, row, version)
        : new(TableTransactionActionType.Add, row);

    private static string MonthKey(string tenant, string month) => $"{tenant}|spending|{month}";

    private static string BuildKey(string jobId) => $"{jobId}|spending";
}

/// <summary>A month as it was read; without an ETag it has no row yet.</summary>
public sealed record StoredMonth(MonthSpending Month, ETag? ETag);

/// <summary>A build as it was read, likewise.</summary>
public sealed record StoredBuild(BuildSpending Build, ETag? ETag);
