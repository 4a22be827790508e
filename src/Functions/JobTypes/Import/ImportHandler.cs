using System.Text;
using System.Text.Json;
using Jobs.Documents.Exchange;
using Jobs.Functions.Work;
using Jobs.Storage;

namespace Jobs.Functions.JobTypes.Import;

/// <summary>
/// Takes the documents of a JSONL or CSV file into the organisation's own. Rows are read once, when the work is planned; a batch writes its documents. A row that cannot be imported is an
/// error with its line; importing a file again changes nothing.
/// </summary>
public sealed class ImportHandler(Uploads uploads, DocumentStore documents) : JobHandler<ImportInput>
{
    /// <summary>The most rows of a batch.</summary>
    public const int MaxBatchRows = 1_000;

    /// <summary>About how many characters a batch has at most; one row may have more.</summary>
    public const int MaxBatchCharacters = 1_000_000;

    /// <summary>The error of a row whose document another row has already.</summary>
    public const string DuplicateRow = "duplicate_row";

    private const string Created = "created", Updated = "updated", Unchanged = "unchanged";

    /// <inheritdoc/>
    public override string Type => "import";

    /// <inheritdoc/>
    public override JobContract Contract => JobContract.Platform;

    /// <inheritdoc/>
    public override async Task<WorkEnd> FinishAsync(WorkContext work, IReadOnlyList<DoneBatch> batches, CancellationToken cancellationToken)
    {
        var result = new ImportResult(Sum(Created), Sum(Updated), Sum(Unchanged), batches.Sum(batch => batch.Errors));
        if (result is not { DocumentsCreated: 0, DocumentsUpdated: 0, DocumentsUnchanged: 0, Errors: > 0 })
        {
            return new WorkEnd(result);
        }

        var first = (await work.ReadErrorsAsync(batches.First(batch => batch.Errors > 0), cancellationToken))[0].Deserialize<ImportError>(JsonSerializerOptions.Web)!;
        return new WorkEnd(null, $"No row could be imported, of {result.Errors}. Line {first.Line}: {first.Message}");

        int Sum(string change) => batches.Sum(batch => batch.Counts.GetValueOrDefault(change));
    }

    /// <inheritdoc/>
    protected override IEnumerable<InputError> Check(ImportInput input)
    {
        if (input.Format is not ("jsonl" or "csv"))
        {
            yield return new InputError("input.format", "must be 'jsonl' or 'csv'");
        }

        if (input is { Content: null, UploadId: null } or { Content: not null, UploadId: not null })
        {
            yield return new InputError("input", "must have either 'content' or 'uploadId'");
        }

        if (input.UploadId is { } id && !Uploads.IsId(id))
        {
            yield return new InputError("input.uploadId", "must be the id of an upload");
        }
    }

    /// <inheritdoc/>
    protected override async Task<IReadOnlyList<PlannedBatch>> PlanAsync(WorkContext work, ImportInput input, CancellationToken cancellationToken)
    {
        await using var stream = input.Content is { } content ? new MemoryStream(Encoding.UTF8.GetBytes(content))
            : (await uploads.FindAsync(work.Tenant, input.UploadId!, cancellationToken))?.ToStream()
                ?? throw new WorkException($"There is no upload {input.UploadId}.", isTransient: false);
        var lines = (await work.ReadErrorsToRepeatAsync(cancellationToken))?.Select(error => error.GetProperty("line").GetInt64()).ToHashSet();
        var batches = new List<PlannedBatch>();
        var rows = new List<ImportedRow>();
        var characters = 0;
        await foreach (var row in Distinct(input.Format == "csv" ? CsvRowReader.ReadAsync(stream, cancellationToken) : JsonlReader.ReadAsync(stream, cancellationToken)))
        {
            if (lines is not null && !lines.Contains(row.Line))
            {
                continue;
            }

            var length = row.Document?.Text.Length ?? 0;
            if (rows.Count == MaxBatchRows || (rows.Count > 0 && characters + length > MaxBatchCharacters))
            {
                await EndBatchAsync();
            }

            rows.Add(row);
            characters += length;
        }

        if (rows.Count > 0)
        {
            await EndBatchAsync();
        }

        return batches;

        async Task EndBatchAsync()
        {
            batches.Add(new PlannedBatch(await work.WriteAsync(rows, cancellationToken), rows.Count));
            rows.Clear();
            characters = 0;
        }
    }

    /// <inheritdoc/>
    protected override async Task<BatchOutcome> RunAsync(WorkContext work, ImportInput input, PlannedBatch batch, CancellationToken cancellationToken)
    {
        var rows = await work.ReadAsync<ImportedRow>(batch.Ref, cancellationToken);
        var results = new List<object>();
        var counts = new Dictionary<string, int>();
        foreach (var some in rows.Index().Where(row => row.Item.Document is not null).Chunk(DocumentStore.MaxDocuments))
        {
            var changes = await documents.PutAsync(
                work.Tenant,
                [.. some.Select(row => ToStored(work, batch, row.Index, row.Item.Document!))],
                cancellationToken);
            foreach (var ((_, row), change) in some.Zip(changes))
            {
                var word = WordOf(change);
                counts[word] = counts.GetValueOrDefault(word) + 1;
                results.Add(new ImportedItem(row.Document!.Id, row.Line, row.Document.Title, word));
            }
        }

        return new BatchOutcome(counts, results, [.. rows.Where(row => row.Error is not null).Select(row => row.Error!)]);
    }

    private static StoredDocument ToStored(WorkContext work, PlannedBatch batch, int position, ImportedDocument document) =>
        new(document.Id, document.Title, document.Url, document.ContentHash, work.JobId, batch.Ref, position);

    /// <summary>The first row of each document; a later one is an error: batches are written side by side, so that it would be left to chance which of them stays.</summary>
    private static async IAsyncEnumerable<ImportedRow> Distinct(IAsyncEnumerable<ImportedRow> rows)
    {
        var firstLines = new Dictionary<string, long>(StringComparer.Ordinal);
        await foreach (var row in rows)
        {
            yield return row.Document is { } document && !firstLines.TryAdd(document.Id, row.Line)
                ? new ImportedRow(row.Line, Document: null, new ImportError(row.Line, DuplicateRow, $"The row in line {firstLines[document.Id]} is the same document."))
                : row;
        }
    }

    private static string WordOf(DocumentChange change) => change switch
    {
        DocumentChange.Created => Created,
        DocumentChange.Updated => Updated,
        DocumentChange.Unchanged => Unchanged,
    };
}
