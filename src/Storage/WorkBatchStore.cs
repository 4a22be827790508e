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
public sealed record DoneBatch(
    int Number,
    int Done,
    IReadOnlyDictionary<string, int> Counts,
    int Results,
    string? ResultsRef,
    int Errors,
    string? ErrorsRef);

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

    /// <summary>True when the batch is done.</summary>
    public async Task<bool> IsDoneAsync(string jobId, int number, CancellationToken cancellationToken) =>
        (await _table.GetEntityIfExistsAsync<TableEntity>(jobId, RowKey(number), [nameof(TableEntity.RowKey)], cancellationToken)).HasValue;

    /// <summary>The batches that are done, in their order, from one on.</summary>
    public async IAsyncEnumerable<DoneBatch> ListAsync(
        string jobId,
        int from,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {jobId} and RowKey ge {RowKey(from)}");
        await foreach (var row in _table.QueryAsync<TableEntity>(filter, cancellationToken: cancellationToken))
        {
            yield return new DoneBatch(
                int.Parse(row.RowKey, CultureInfo.InvariantCulture),
                row.GetInt32(nameof(DoneBatch.Done)) ?? 0,
                row.Where(property => property.Key.StartsWith(CountPrefix, StringComparison.Ordinal))
                    .ToDictionary(property => property.Key[CountPrefix.Length..], property => (int)property.Value),
                row.GetInt32(nameof(DoneBatch.Results)) ?? 0,
                row.GetString(nameof(DoneBatch.ResultsRef)),
                row.GetInt32(nameof(DoneBatch.Errors)) ?? 0,
                row.GetString(nameof(DoneBatch.ErrorsRef)));
        }
    }

    private const string CountPrefix = "Count_";

    private static string RowKey(int number) => number.ToString("D6", CultureInfo.InvariantCulture);
}
