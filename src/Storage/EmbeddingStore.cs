using System.Globalization;
using Azure;
using Azure.Data.Tables;

namespace Jobs.Storage;

/// <summary>A part of a document whose chunks have vectors, as it was when they were made.</summary>
/// <param name="DocumentId">The document.</param>
/// <param name="Part">The part's number, from 0. Most documents have one.</param>
/// <param name="Parts">How many the document has.</param>
/// <param name="ContentHash">The hash of the document's content that was divided.</param>
/// <param name="Model">The model that made the vectors.</param>
/// <param name="Title">The document's title.</param>
/// <param name="Url">Where the document came from; null when that is not known.</param>
/// <param name="Chunks">How many chunks it has.</param>
/// <param name="Characters">How many UTF-16 units they have together.</param>
/// <param name="JobId">The job that made the vectors, to which the artifact belongs.</param>
/// <param name="ArtifactRef">The artifact with its chunks and vectors, among those of other documents.</param>
/// <param name="EmbeddedAt">When that was.</param>
public sealed record EmbeddedPart(
    string DocumentId,
    int Part,
    int Parts,
    string ContentHash,
    string Model,
    string Title,
    string? Url,
    int Chunks,
    int Characters,
    string JobId,
    string ArtifactRef,
    DateTimeOffset EmbeddedAt)
{
    /// <summary>Of how many earlier artifacts of a part it is known where they are.</summary>
    public const int MaxEarlier = 50;

    /// <summary>The artifacts that had its vectors before, as <c>{job id}/{reference}</c> with blanks between; null when there are none.</summary>
    public string? Earlier { get; init; }

    /// <summary>All artifacts that have, or had, its vectors, with the jobs to which they belong.</summary>
    public IReadOnlyList<(string JobId, string ArtifactRef)> Places =>
        [(JobId, ArtifactRef), .. (Earlier?.Split(' ') ?? []).Select(place => (place[..place.IndexOf('/')], place[(place.IndexOf('/') + 1)..]))];

    /// <summary>The part when it takes the place of what was known of its document and number.</summary>
    internal EmbeddedPart After(EmbeddedPart known)
    {
        var earlier = known.Places.Where(place => place != (JobId, ArtifactRef)).Take(MaxEarlier).Select(place => $"{place.JobId}/{place.ArtifactRef}").ToList();
        return earlier.Count == 0 ? this : this with { Earlier = string.Join(' ', earlier) };
    }

    /// <summary>
    /// Of a document's parts, in their order, those that belong together: a document that is embedded again with other content has parts of both meanwhile, and fewer or more of them in the
    /// end. None while the first is missing.
    /// </summary>
    public static IReadOnlyList<EmbeddedPart> OfNow(IReadOnlyList<EmbeddedPart> parts) =>
        parts is [{ Part: 0 } first, ..] ? [.. parts.Where(part => part.ContentHash == first.ContentHash && part.Model == first.Model && part.Part < first.Parts)] : [];
}

/// <summary>
/// The table <c>Embeddings</c>: what can be searched. PartitionKey = tenant, RowKey = <c>{document id}|{part}</c>; and RowKey = <c>version|{tenant}</c>, a row that changes in the
/// transaction of every other, by which who has read them sees that they are others now.
/// </summary>
public sealed class EmbeddingStore(StorageAccount storage)
{
    /// <summary>The most parts that are written in one call: what one transaction takes beside the version.</summary>
    public const int MaxParts = 99;

    private const int MaxReads = 16;
    private const string VersionPrefix = "version|";
    private const string AfterAllDocuments = "g";

    private readonly TableClient _table = storage.Embeddings;

    /// <summary>Writes different parts, all or none; each takes the place of what was there of its document and number, and knows where that was. Repeating it changes nothing that is read.</summary>
    public async Task PutAsync(string tenant, IReadOnlyList<EmbeddedPart> parts, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(parts.Count, MaxParts);
        while (!await TryPutAsync(tenant, parts, cancellationToken))
        {
            // Somebody else wrote one of them at the same moment.
        }
    }

    /// <summary>Removes all parts of a document; nothing happens when there are none.</summary>
    public async Task RemoveAsync(string tenant, string documentId, CancellationToken cancellationToken)
    {
        await foreach (var parts in ListAsync(tenant, documentId, cancellationToken).Chunk(MaxParts).WithCancellation(cancellationToken))
        {
            await _table.SubmitTransactionAsync(
                [
                    .. parts.Select(part => new TableTransactionAction(TableTransactionActionType.Delete, new TableEntity(tenant, RowKey(documentId, part.Part)), ETag.All)),
                    new(TableTransactionActionType.UpsertReplace, NewVersion(tenant)),
                ],
                cancellationToken);
        }
    }

    /// <summary>What tells the parts of now from those of another time; null while there are none.</summary>
    public async Task<string?> FindVersionAsync(string tenant, CancellationToken cancellationToken) =>
        await _table.GetEntityIfExistsAsync<TableEntity>(tenant, VersionPrefix + tenant, cancellationToken: cancellationToken) is { HasValue: true, Value: { } row } ? row.GetString("Version") : null;

    /// <summary>The parts of all documents, in the order of the documents' ids and of the parts.</summary>
    public IAsyncEnumerable<EmbeddedPart> ListAsync(string tenant, CancellationToken cancellationToken) =>
        QueryAsync(TableClient.CreateQueryFilter($"PartitionKey eq {tenant} and RowKey lt {AfterAllDocuments}"), cancellationToken);

    /// <summary>The parts of one document.</summary>
    public IAsyncEnumerable<EmbeddedPart> ListAsync(string tenant, string documentId, CancellationToken cancellationToken) =>
        QueryAsync(TableClient.CreateQueryFilter($"PartitionKey eq {tenant} and RowKey ge {RowKey(documentId, 0)} and RowKey le {RowKey(documentId, int.MaxValue)}"), cancellationToken);

    private async IAsyncEnumerable<EmbeddedPart> QueryAsync(
        string filter,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var row in _table.QueryAsync<TableEntity>(filter, cancellationToken: cancellationToken))
        {
            yield return FromEntity(row);
        }
    }

    private async Task<bool> TryPutAsync(string tenant, IReadOnlyList<EmbeddedPart> parts, CancellationToken cancellationToken)
    {
        var writes = new List<TableTransactionAction> { new(TableTransactionActionType.UpsertReplace, NewVersion(tenant)) };
        foreach (var some in parts.Chunk(MaxReads))
        {
            var known = await Task.WhenAll(some.Select(part => _table.GetEntityIfExistsAsync<TableEntity>(tenant, RowKey(part.DocumentId, part.Part), cancellationToken: cancellationToken)));
            writes.AddRange(some.Zip(known, (part, row) => row is { HasValue: true, Value: { } before }
                ? new TableTransactionAction(TableTransactionActionType.UpdateReplace, ToEntity(tenant, part.After(FromEntity(before))), before.ETag)
                : new TableTransactionAction(TableTransactionActionType.Add, ToEntity(tenant, part))));
        }

        try
        {
            await _table.SubmitTransactionAsync(writes, cancellationToken);
            return true;
        }
        catch (RequestFailedException error) when (error.IsConflict() || error.IsStale() || error.IsNotFound())
        {
            return false;
        }
    }

    private static TableEntity NewVersion(string tenant) => new(tenant, VersionPrefix + tenant) { ["Version"] = Guid.NewGuid().ToString("n") };

    private static string RowKey(string documentId, int part) => string.Create(CultureInfo.InvariantCulture, $"{documentId}|{part:D10}");

    private static TableEntity ToEntity(string tenant, EmbeddedPart part) => new(tenant, RowKey(part.DocumentId, part.Part))
    {
        [nameof(EmbeddedPart.Parts)] = part.Parts,
        [nameof(EmbeddedPart.ContentHash)] = part.ContentHash,
        [nameof(EmbeddedPart.Model)] = part.Model,
        [nameof(EmbeddedPart.Title)] = part.Title,
        [nameof(EmbeddedPart.Url)] = part.Url,
        [nameof(EmbeddedPart.Chunks)] = part.Chunks,
        [nameof(EmbeddedPart.Characters)] = part.Characters,
        [nameof(EmbeddedPart.JobId)] = part.JobId,
        [nameof(EmbeddedPart.ArtifactRef)] = part.ArtifactRef,
        [nameof(EmbeddedPart.EmbeddedAt)] = part.EmbeddedAt,
        [nameof(EmbeddedPart.Earlier)] = part.Earlier,
    };

    private static EmbeddedPart FromEntity(TableEntity row)
    {
        var key = row.RowKey.Split('|');
        return new EmbeddedPart(
            key[0],
            int.Parse(key[1], CultureInfo.InvariantCulture),
            row.GetInt32(nameof(EmbeddedPart.Parts)) ?? 0,
            row.GetString(nameof(EmbeddedPart.ContentHash)),
            row.GetString(nameof(EmbeddedPart.Model)),
            row.GetString(nameof(EmbeddedPart.Title)),
            row.GetString(nameof(EmbeddedPart.Url)),
            row.GetInt32(nameof(EmbeddedPart.Chunks)) ?? 0,
            row.GetInt32(nameof(EmbeddedPart.Characters)) ?? 0,
            row.GetString(nameof(EmbeddedPart.JobId)),
            row.GetString(nameof(EmbeddedPart.ArtifactRef)),
            row.GetDateTimeOffset(nameof(EmbeddedPart.EmbeddedAt)) ?? default)
        {
            Earlier = row.GetString(nameof(EmbeddedPart.Earlier)),
        };
    }
}
