using System.Globalization;
using Azure;
using Azure.Data.Tables;

namespace Jobs.Storage;

/// <summary>What came of one batch of work.</summary>
/// <param name="Number">Its number within the job, from 0.</param>
/// <param name="Done">How many items it had.</param>
/// <param name="Counts">How many of them came out how, in the type's own words.</param>
/// <param name="Results">How many results there are in <paramref name="ResultsRef"/>.</param>
/// <param name="ResultsRef">The artifact with a JSON array of results; null when there are none.</param>
/// <param name="Errors">How many errors there are in <paramref name="ErrorsRef"/>.</param>
/// <param name="ErrorsRef">The artifact with a JSON array of errors; null when there are none.</param>
/// <param name="Next">The batch that follows, where that is known only now; null when none does but what was planned.</param>
public sealed record DoneBatch(
    int Number,
    int Done,
    IReadOnlyDictionary<string, int> Counts,
    int Results,
    string? ResultsRef,
    int Errors,
    string? ErrorsRef,
    NextBatch? Next = null);

/// <summary>A batch that another one found to be done after it.</summary>
/// <param name="Ref">The artifact that holds what it needs. It is deleted when the batch is done, so nothing else may name it.</param>
/// <param name="Items">How many items are left to do, this batch's and those after it, as far as is known.</param>
/// <param name="NotBefore">When there is something to do.</param>
public sealed record NextBatch(string Ref, int Items, DateTimeOffset NotBefore);

/// <summary>The table <c>WorkBatches</c>. PartitionKey = job id, RowKey = the batch's number. A row is written once, when the batch is done, and never changed.</summary>
public sealed class WorkBatchStore(StorageAccount storage)
{
    private readonly TableClient _table = storage.WorkBatches;

    /// <summary>Writes what came of a batch; false when that is known already, which stays as it is.</summary>
    public async Task<bool> TryAddAsync(string jobId, DoneBatch batch, CancellationToken cancellationToken)
    {
        var row = new TableEntity(jobId, RowKey(batch.Number))
        {
            [nameof(DoneBatch.Done)] = batch.Done,
            [nameof(DoneBatch.Results)] = batch.Results,
            [nameof(DoneBatch.ResultsRef)] = batch.ResultsRef,
            [nameof(DoneBatch.Errors)] = batch.Errors,
            [nameof(DoneBatch.ErrorsRef)] = batch.ErrorsRef,
            [NextRef] = batch.Next?.Ref,
            [NextItems] = batch.Next?.Items,
            [NextNotBefore] = batch.Next?.NotBefore,
        };
        foreach (var (name, count) in batch.Counts)
        {
            row[CountPrefix + name] = count;
        }

        try
        {
            await _table.AddEntityAsync(row, cancellationToken);
            return true;
        }
        catch (RequestFailedException error) when (error.IsConflict())
        {
            return false;
        }
    }

    /// <summary>What came of a batch; null when it is not done.</summary>
    public async Task<DoneBatch?> FindAsync(string jobId, int number, CancellationToken cancellationToken) =>
        await _table.GetEntityIfExistsAsync<TableEntity>(jobId, RowKey(number), cancellationToken: cancellationToken) is { HasValue: true, Value: { } row } ? FromEntity(row) : null;

    /// <summary>The batches that are done, in their order, from one on.</summary>
    public async IAsyncEnumerable<DoneBatch> ListAsync(
        string jobId,
        int from,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {jobId} and RowKey ge {RowKey(from)}");
        await foreach (var row in _table.QueryAsync<TableEntity>(filter, cancellationToken: cancellationToken))
        {
            yield return FromEntity(row);
        }
    }

    private const string CountPrefix = "Count_";
    private const string NextRef = "NextRef";
    private const string NextItems = "NextItems";
    private const string NextNotBefore = "NextNotBefore";

    private static DoneBatch FromEntity(TableEntity row) => new(
        int.Parse(row.RowKey, CultureInfo.InvariantCulture),
        row.GetInt32(nameof(DoneBatch.Done)) ?? 0,
        row.Where(property => property.Key.StartsWith(CountPrefix, StringComparison.Ordinal))
            .ToDictionary(property => property.Key[CountPrefix.Length..], property => (int)property.Value),
        row.GetInt32(nameof(DoneBatch.Results)) ?? 0,
        row.GetString(nameof(DoneBatch.ResultsRef)),
        row.GetInt32(nameof(DoneBatch.Errors)) ?? 0,
        row.GetString(nameof(DoneBatch.ErrorsRef)),
        row.GetString(NextRef) is { } next ? new NextBatch(next, row.GetInt32(NextItems) ?? 0, row.GetDateTimeOffset(NextNotBefore) ?? default) : null);

    private static string RowKey(int number) => number.ToString("D6", CultureInfo.InvariantCulture);
}
