using System.Text.Json;
using Azure;
using Azure.Data.Tables;

namespace Jobs.Storage;

/// <summary>What a write did to a document.</summary>
public enum DocumentChange
{
    /// <summary>It is new.</summary>
    Created,

    /// <summary>Its content was another before.</summary>
    Updated,

    /// <summary>It was there with this content already.</summary>
    Unchanged,
}

/// <summary>Where what a document holds, or held before it was changed, is kept.</summary>
/// <param name="JobId">The job that wrote it, to which the artifacts belong.</param>
/// <param name="ContentRef">The artifact with its text.</param>
/// <param name="Position">Its place within the artifact, from 0.</param>
/// <param name="ChunksRef">The artifact with its chunks, of the same job; null where it has not been divided.</param>
public sealed record DocumentPlace(string JobId, string ContentRef, int Position, string? ChunksRef);

/// <summary>A document that was removed.</summary>
/// <param name="Tenant">Whose it was.</param>
/// <param name="Id">Its id.</param>
/// <param name="Places">Where what it held was kept.</param>
/// <param name="ETag">Which version of its row this is.</param>
public sealed record RemovedDocument(string Tenant, string Id, IReadOnlyList<DocumentPlace> Places, ETag ETag);

/// <summary>A document that an organisation keeps. Its text is part of an artifact.</summary>
/// <param name="Id">32 hexadecimal digits.</param>
/// <param name="Title">The title, on one line.</param>
/// <param name="Url">Where it came from; null when that is not known.</param>
/// <param name="ContentHash">The SHA-256 of all that it has, in hexadecimal digits.</param>
/// <param name="JobId">The job that wrote it, to which the artifact belongs.</param>
/// <param name="ContentRef">The artifact with its text.</param>
/// <param name="Position">Its place within the artifact, from 0.</param>
/// <param name="ChunksRef">The artifact with its chunks, of the same job; null where it has not been divided.</param>
public sealed record StoredDocument(
    string Id,
    string Title,
    string? Url,
    string ContentHash,
    string JobId,
    string ContentRef,
    int Position,
    string? ChunksRef = null)
{
    /// <summary>The characters of an id.</summary>
    public const int IdLength = 32;

    /// <summary>When it was written; null for one that is yet to be.</summary>
    public DateTimeOffset? WrittenAt { get; init; }
}

/// <summary>
/// The table <c>Documents</c>. PartitionKey = tenant, RowKey = document id. The row of a document that is removed stays for a while, without its title and unseen: work that is repeated does
/// not bring the document back, and what it held is known to whoever takes that away.
/// </summary>
public sealed class DocumentStore(StorageAccount storage, TimeProvider time)
{
    /// <summary>The most documents that are written in one call: what one transaction takes.</summary>
    public const int MaxDocuments = 100;

    /// <summary>Of how many other places it is known that they keep a document, as it is or was: of more, the latest.</summary>
    public const int MaxEarlier = 50;

    private const int MaxReads = 16;
    private const string Earlier = "Earlier", RemovedAt = "RemovedAt";

    private readonly TableClient _table = storage.Documents;

    /// <summary>
    /// Writes documents that have different ids, all or none, and says what that did to each. Who repeats it for one job gets the same answers. When two jobs write a document at
    /// once, the later write stays.
    /// </summary>
    public async Task<IReadOnlyList<DocumentChange>> PutAsync(string tenant, IReadOnlyList<StoredDocument> documents, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(documents.Count, MaxDocuments);
        while (true)
        {
            if (await TryPutAsync(tenant, documents, cancellationToken) is { } changes)
            {
                return changes;
            }
        }
    }

    /// <summary>Null when somebody else wrote one of them at the same moment.</summary>
    private async Task<IReadOnlyList<DocumentChange>?> TryPutAsync(string tenant, IReadOnlyList<StoredDocument> documents, CancellationToken cancellationToken)
    {
        var changes = new DocumentChange[documents.Count];
        var writes = new TableTransactionAction?[documents.Count];
        await Parallel.ForEachAsync(
            Enumerable.Range(0, documents.Count),
            new ParallelOptions { MaxDegreeOfParallelism = MaxReads, CancellationToken = cancellationToken },
            async (index, cancellation) =>
            {
                var document = documents[index];
                var found = await _table.GetEntityIfExistsAsync<TableEntity>(tenant, document.Id, cancellationToken: cancellation);
                (changes[index], writes[index]) = found.HasValue ? Compare(tenant, document, found.Value!) : (DocumentChange.Created, Add(tenant, document));
            });
        var transaction = writes.OfType<TableTransactionAction>().ToList();
        try
        {
            if (transaction.Count > 0)
            {
                await _table.SubmitTransactionAsync(transaction, cancellationToken);
            }

            return changes;
        }
        catch (RequestFailedException error) when (error.IsConflict() || error.IsStale() || error.IsNotFound())
        {
            return null;
        }
    }

    /// <summary>A document; null when the organisation has none of that id.</summary>
    public async Task<StoredDocument?> FindAsync(string tenant, string id, CancellationToken cancellationToken) =>
        await _table.GetEntityIfExistsAsync<TableEntity>(tenant, id, cancellationToken: cancellationToken) is { HasValue: true, Value: { } row } && !IsRemoved(row)
            ? FromEntity(row)
            : null;

    /// <summary>Removes a document: nobody finds it any more. Null when there is none, and none that was removed lately; that one is given again, with null for the document.</summary>
    public async Task<(RemovedDocument Removed, StoredDocument? Document)?> RemoveAsync(string tenant, string id, CancellationToken cancellationToken)
    {
        while (await _table.GetEntityIfExistsAsync<TableEntity>(tenant, id, cancellationToken: cancellationToken) is { HasValue: true, Value: { } row })
        {
            var removed = new RemovedDocument(tenant, id, [PlaceOf(row), .. EarlierOf(row)], row.ETag);
            if (IsRemoved(row))
            {
                return (removed, null);
            }

            var document = FromEntity(row);
            var mark = ToEntity(tenant, document with { Title = "", Url = null }, row.GetString("Change"), EarlierOf(row));
            mark[RemovedAt] = time.GetUtcNow();
            try
            {
                await _table.UpdateEntityAsync(mark, row.ETag, TableUpdateMode.Replace, cancellationToken);
                return (removed, document);
            }
            catch (RequestFailedException error) when (error.IsStale() || error.IsNotFound())
            {
                // Somebody else wrote or removed it at the same moment.
            }
        }

        return null;
    }

    /// <summary>The documents of all organisations that were removed before a time.</summary>
    public async IAsyncEnumerable<RemovedDocument> ListRemovedAsync(DateTimeOffset before, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var row in _table.QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"RemovedAt lt {before}"), cancellationToken: cancellationToken))
        {
            yield return new RemovedDocument(row.PartitionKey, row.RowKey, [PlaceOf(row), .. EarlierOf(row)], row.ETag);
        }
    }

    /// <summary>Removes the row of a removed document, unless somebody has written the document anew.</summary>
    public async Task ForgetAsync(RemovedDocument removed, CancellationToken cancellationToken)
    {
        try
        {
            await _table.DeleteEntityAsync(removed.Tenant, removed.Id, removed.ETag, cancellationToken);
        }
        catch (RequestFailedException error) when (error.IsStale())
        {
        }
    }

    /// <summary>The documents after one, or all, in the order of their ids.</summary>
    public async IAsyncEnumerable<StoredDocument> ListAsync(
        string tenant,
        string? after,
        int perPage,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var filter = after is null
            ? TableClient.CreateQueryFilter($"PartitionKey eq {tenant}")
            : TableClient.CreateQueryFilter($"PartitionKey eq {tenant} and RowKey gt {after}");
        await foreach (var row in _table.QueryAsync<TableEntity>(filter, perPage, cancellationToken: cancellationToken))
        {
            if (!IsRemoved(row))
            {
                yield return FromEntity(row);
            }
        }
    }

    private (DocumentChange, TableTransactionAction?) Compare(string tenant, StoredDocument document, TableEntity row)
    {
        if (IsRemoved(row))
        {
            // It was removed after the same work had written it, which is only repeated: it stays removed.
            return PlaceOf(row) is var place && place.JobId == document.JobId && place.ContentRef == document.ContentRef
                ? (Enum.Parse<DocumentChange>(row.GetString("Change")), null)
                : (DocumentChange.Created, Replace(tenant, row, document, DocumentChange.Created));
        }

        if (row.GetString(nameof(StoredDocument.ContentHash)) != document.ContentHash)
        {
            return (DocumentChange.Updated, Replace(tenant, row, document, DocumentChange.Updated));
        }

        // An earlier execution of the same work may have written it and died before it could tell.
        return row.GetString(nameof(StoredDocument.JobId)) == document.JobId
            ? (Enum.Parse<DocumentChange>(row.GetString("Change")), null)
            : (DocumentChange.Unchanged, Note(tenant, row, new DocumentPlace(document.JobId, document.ContentRef, document.Position, document.ChunksRef)));
    }

    private TableTransactionAction Add(string tenant, StoredDocument document) =>
        new(TableTransactionActionType.Add, ToEntity(tenant, document with { WrittenAt = time.GetUtcNow() }, nameof(DocumentChange.Created), []));

    private TableTransactionAction Replace(string tenant, TableEntity row, StoredDocument document, DocumentChange change) => new(
        TableTransactionActionType.UpdateReplace,
        ToEntity(tenant, document with { WrittenAt = time.GetUtcNow() }, change.ToString(), [.. EarlierOf(row).Prepend(PlaceOf(row)).Take(MaxEarlier)]),
        row.ETag);

    /// <summary>The same document is kept at another place too, with which it would go; null when that is known.</summary>
    private static TableTransactionAction? Note(string tenant, TableEntity row, DocumentPlace place) =>
        EarlierOf(row) is var earlier && (place == PlaceOf(row) || earlier.Contains(place))
            ? null
            : new(
                TableTransactionActionType.UpdateReplace,
                ToEntity(tenant, FromEntity(row), row.GetString("Change"), [.. earlier.Prepend(place).Take(MaxEarlier)]),
                row.ETag);

    private static TableEntity ToEntity(string tenant, StoredDocument document, string change, IReadOnlyList<DocumentPlace> earlier) => new(tenant, document.Id)
    {
        [nameof(StoredDocument.Title)] = document.Title,
        [nameof(StoredDocument.Url)] = document.Url,
        [nameof(StoredDocument.ContentHash)] = document.ContentHash,
        [nameof(StoredDocument.JobId)] = document.JobId,
        [nameof(StoredDocument.ContentRef)] = document.ContentRef,
        [nameof(StoredDocument.Position)] = document.Position,
        [nameof(StoredDocument.ChunksRef)] = document.ChunksRef,
        ["Change"] = change,
        [nameof(StoredDocument.WrittenAt)] = document.WrittenAt,
        [Earlier] = earlier.Count == 0 ? null : JsonSerializer.Serialize(earlier),
    };

    private static bool IsRemoved(TableEntity row) => row.GetDateTimeOffset(RemovedAt) is not null;

    private static DocumentPlace PlaceOf(TableEntity row) => new(
        row.GetString(nameof(StoredDocument.JobId)),
        row.GetString(nameof(StoredDocument.ContentRef)),
        row.GetInt32(nameof(StoredDocument.Position)) ?? 0,
        row.GetString(nameof(StoredDocument.ChunksRef)));

    private static IReadOnlyList<DocumentPlace> EarlierOf(TableEntity row) => row.GetString(Earlier) is { } places ? JsonSerializer.Deserialize<IReadOnlyList<DocumentPlace>>(places)! : [];

    private static StoredDocument FromEntity(TableEntity row) => new(
        row.RowKey,
        row.GetString(nameof(StoredDocument.Title)),
        row.GetString(nameof(StoredDocument.Url)),
        row.GetString(nameof(StoredDocument.ContentHash)),
        row.GetString(nameof(StoredDocument.JobId)),
        row.GetString(nameof(StoredDocument.ContentRef)),
        row.GetInt32(nameof(StoredDocument.Position)) ?? 0,
        row.GetString(nameof(StoredDocument.ChunksRef)))
    {
        WrittenAt = row.GetDateTimeOffset(nameof(StoredDocument.WrittenAt)),
    };
}
