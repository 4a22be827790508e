using System.Globalization;
using System.Text.Json;
using Jobs.Domain.Jobs;
using Jobs.Storage;

namespace Jobs.Functions.Work;

/// <summary>Which list of a job.</summary>
public enum ResultKind
{
    /// <summary>What came out.</summary>
    Results,

    /// <summary>What did not.</summary>
    Errors,
}

/// <summary>A place in a list: the item before which a page begins.</summary>
/// <param name="Batch">The batch, from 0.</param>
/// <param name="Index">The item within it, from 0.</param>
public readonly record struct ResultPlace(int Batch, int Index)
{
    /// <summary>The place as callers get it.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Batch}-{Index}");

    /// <summary>Reads a place; null when it is none.</summary>
    public static ResultPlace? Parse(string text) =>
        text.Split('-') is [var batch, var index]
        && int.TryParse(batch, NumberStyles.None, CultureInfo.InvariantCulture, out var batchNumber)
        && int.TryParse(index, NumberStyles.None, CultureInfo.InvariantCulture, out var indexNumber)
        && batchNumber <= WorkLimits.MaxBatches
            ? new ResultPlace(batchNumber, indexNumber)
            : null;
}

/// <summary>A page of a list.</summary>
/// <param name="Items">The items.</param>
/// <param name="Next">Where the next page begins; null when there will be none.</param>
public sealed record ResultPage(IReadOnlyList<JsonElement> Items, ResultPlace? Next);

/// <summary>The lists of what came out of a job and what did not, in the order of its items. They can be read while the job works.</summary>
public sealed class WorkResults(WorkBatchStore batches, ArtifactStore artifacts)
{
    /// <summary>The batches of a job that are done, in their order.</summary>
    public IAsyncEnumerable<DoneBatch> ListAsync(Job job, CancellationToken cancellationToken) => batches.ListAsync(job.Id, from: 0, cancellationToken);

    /// <summary>The items of a batch.</summary>
    public async Task<IReadOnlyList<JsonElement>> ReadAsync(Job job, DoneBatch batch, ResultKind kind, CancellationToken cancellationToken)
    {
        var reference = kind switch
        {
            ResultKind.Results => batch.ResultsRef,
            ResultKind.Errors => batch.ErrorsRef,
        };
        return reference is null
            ? []
            : JsonSerializer.Deserialize<IReadOnlyList<JsonElement>>((await artifacts.ReadAsync(job.Tenant, job.ResourceId, reference, cancellationToken)).ToMemory().Span, WorkJson.Options)!;
    }

    /// <summary>What came of the whole job, wherever it is kept; null until it has succeeded.</summary>
    public async Task<JsonElement?> ReadResultAsync(Job job, CancellationToken cancellationToken) => job.Work switch
    {
        { Result: { } result } => JsonElement.Parse(result),
        { ResultRef: { } reference } => JsonElement.Parse((await artifacts.ReadAsync(job.Tenant, job.ResourceId, reference, cancellationToken)).ToMemory().Span),
        _ => null,
    };

    /// <summary>
    /// One page. While the job works the list ends before the first batch that is not done, so that who goes on from there misses nothing; there is a next page until the job has ended.
    /// </summary>
    public async Task<ResultPage> ReadPageAsync(Job job, ResultKind kind, ResultPlace from, int limit, CancellationToken cancellationToken)
    {
        var items = new List<JsonElement>();
        var place = from;
        await foreach (var batch in batches.ListAsync(job.Id, from.Batch, cancellationToken))
        {
            if (batch.Number > place.Batch)
            {
                if (!job.IsTerminal)
                {
                    break;
                }

                place = new ResultPlace(batch.Number, 0);
            }

            var count = kind switch
            {
                ResultKind.Results => batch.Results,
                ResultKind.Errors => batch.Errors,
            };
            if (place.Index < count)
            {
                var taken = (await ReadAsync(job, batch, kind, cancellationToken)).Skip(place.Index).Take(limit - items.Count).ToList();
                items.AddRange(taken);
                place = place with { Index = place.Index + taken.Count };
                if (place.Index < count)
                {
                    return new ResultPage(items, place);
                }
            }

            place = new ResultPlace(batch.Number + 1, 0);
            if (items.Count == limit)
            {
                return new ResultPage(items, place);
            }
        }

        return new ResultPage(items, job.IsTerminal ? null : place);
    }
}
