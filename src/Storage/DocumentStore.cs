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

/// <summary>The table <c>Documents</c>. PartitionKey = tenant, RowKey = document id.</summary>
public sealed class DocumentStore(StorageAccount storage, TimeProvider time)
{
    /// <summary>The most documents that are written in one call: what one transaction takes.</summary>
    public const int MaxDocuments = 100;

    private const int MaxReads = 16;

    private readonly TableClient _table = storage.Documents;

    /// <summary>
    /// Writes documents that have different ids, all or none, and says what that did to each. Who repeats it for one job gets the same answers. When two jobs write a document at
    /// once, the later write stays.
    /// </summary>
    public async Task<IReadOnlyList<DocumentChange>> PutAsync(string tenant, IReadOnlyList<StoredDocument> documents, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(documents.Count, MaxDocuments);
        var changes = new DocumentChange[documents.Count];
        var writes = new TableTransactionAction?[documents.Count];
        await Parallel.ForEachAsync(
            Enumerable.Range(0, documents.Count),
            new ParallelOptions { MaxDegreeOfParallelism = MaxReads, CancellationToken = cancellationToken },
            async (index, cancellation) =>
            {
                var document = documents[index];
                var found = await _table.GetEntityIfExistsAsync<TableEntity>(tenant, document.Id, cancellationToken: cancellation);
                (changes[index], writes[index]) = found.HasValue ? Compare(tenant, document, found.Value!) : (DocumentChange.Created, Write(tenant, document, DocumentChange.Created));
            });
        var transaction = writes.OfType<TableTransactionAction>().ToList();
        if (transaction.Count > 0)
        {
            await _table.SubmitTransactionAsync(transaction, cancellationToken);
        }

        return changes;
    }

    /// <summary>A document; null when the organisation has none of that id.</summary>
    public async Task<StoredDocument?> FindAsync(string tenant, string id, CancellationToken cancellationToken) =>
        await _table.GetEntityIfExistsAsync<TableEntity>(tenant, id, cancellationToken: cancellationToken) is { HasValue: true, Value: { } row } ? FromEntity(row) : null;

    /// <summary>Removes a document; nothing happens when it is not there any more.</summary>
    public Task RemoveAsync(string tenant, string id, CancellationToken cancellationToken) => _table.DeleteEntityAsync(tenant, id, ETag.All, cancellationToken);

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
            yield return FromEntity(row);
        }
    }

    private (DocumentChange, TableTransactionAction?) Compare(string tenant, StoredDocument document, TableEntity row)
    {
        if (row.GetString(nameof(StoredDocument.ContentHash)) != document.ContentHash)
        {
            return (DocumentChange.Updated, Write(tenant, document, DocumentChange.Updated));
        }

        // An earlier execution of the same work may have written it and died before it could tell.
        return row.GetString(nameof(StoredDocument.JobId)) == document.JobId
            ? (Enum.Parse<DocumentChange>(row.GetString("Change")), null)
            : (DocumentChange.Unchanged, null);
    }

    private TableTransactionAction Write(string tenant, StoredDocument document, DocumentChange change) => new(
        TableTransactionActionType.UpsertReplace,
        new TableEntity(tenant, document.Id)
        {
            [nameof(StoredDocument.Title)] = document.Title,
            [nameof(StoredDocument.Url)] = document.Url,
            [nameof(StoredDocument.ContentHash)] = document.ContentHash,
            [nameof(StoredDocument.JobId)] = document.JobId,
            [nameof(StoredDocument.ContentRef)] = document.ContentRef,
            [nameof(StoredDocument.Position)] = document.Position,
            [nameof(StoredDocument.ChunksRef)] = document.ChunksRef,
            ["Change"] = change.ToString(),
            [nameof(StoredDocument.WrittenAt)] = time.GetUtcNow(),
        });

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
