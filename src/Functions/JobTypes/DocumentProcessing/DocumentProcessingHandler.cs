using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Jobs.Documents;
using Jobs.Documents.Chunking;
using Jobs.Documents.Exchange;
using Jobs.Documents.Parsing;
using Jobs.Documents.Wording;
using Jobs.Domain;
using Jobs.Functions.Documents;
using Jobs.Functions.Work;
using Jobs.Storage;

namespace Jobs.Functions.JobTypes.DocumentProcessing;

/// <summary>
/// Parses files and texts, divides them into chunks and keeps them as the organisation's documents. A batch is one document, so that a bad or slow one holds up no other. A document is
/// known by the file or text that it was sent as: processing it again changes nothing.
/// </summary>
public sealed class DocumentProcessingHandler(Uploads uploads, DocumentParsing parsing, DocumentStore documents) : JobHandler<DocumentProcessingInput>
{
    /// <summary>The most documents of a job, each of which is a batch.</summary>
    public const int MaxDocuments = WorkLimits.MaxBatches;

    /// <summary>The most characters of a title.</summary>
    public const int MaxTitleCharacters = ExchangeLimits.MaxTitleCharacters;

    /// <summary>The most characters of a file name.</summary>
    public const int MaxFileNameCharacters = 255;

    /// <summary>The error of a file that the organisation has not sent ahead.</summary>
    public const string UploadNotFound = "upload_not_found";

    /// <summary>The error of a document that stands in the input before.</summary>
    public const string DuplicateDocument = "duplicate_document";

    /// <summary>Of a document without a title, so much of its first line is taken for one.</summary>
    private const int FirstLineCharacters = 100;

    private const string Processed = "processed";

    private readonly Lazy<Chunker> _chunker = new(() => new Chunker(new ChunkingOptions()));

    /// <inheritdoc/>
    public override string Type => "document_processing";

    /// <inheritdoc/>
    public override JobContract Contract => JobContract.Platform;

    /// <inheritdoc/>
    public override async Task<WorkEnd> FinishAsync(WorkContext work, IReadOnlyList<DoneBatch> batches, CancellationToken cancellationToken)
    {
        var result = new DocumentProcessingResult(batches.Sum(batch => batch.Counts.GetValueOrDefault(Processed)), batches.Sum(batch => batch.Errors));
        if (result is not { DocumentsProcessed: 0, Errors: > 0 })
        {
            return new WorkEnd(result);
        }

        var first = (await work.ReadErrorsAsync(batches.First(batch => batch.Errors > 0), cancellationToken))[0].Deserialize<DocumentProcessingError>(JsonSerializerOptions.Web)!;
        return new WorkEnd(null, $"No document could be processed, of {result.Errors}. Document {first.Position}: {first.Message}");
    }

    /// <inheritdoc/>
    protected override IEnumerable<InputError> Check(DocumentProcessingInput input)
    {
        if (input.Documents is not { Count: >= 1 and <= MaxDocuments } sent)
        {
            yield return new InputError("input.documents", $"must have 1 to {MaxDocuments} documents");
            yield break;
        }

        foreach (var (position, element) in sent.Index())
        {
            if (WrongWith(SentDocument.Read(element)) is { } wrong)
            {
                yield return new InputError($"input.documents[{position}]", wrong);
                // Who sends a list of another kind need not be told of each.
                yield break;
            }
        }
    }

    /// <inheritdoc/>
    protected override async Task<IReadOnlyList<PlannedBatch>> PlanAsync(WorkContext work, DocumentProcessingInput input, CancellationToken cancellationToken)
    {
        var failed = (await work.ReadErrorsToRepeatAsync(cancellationToken))?.Select(error => error.GetProperty("position").GetInt32()).ToHashSet();
        var firsts = new Dictionary<string, int>(StringComparer.Ordinal);
        var batches = new List<PlannedBatch>();
        foreach (var (position, element) in input.Documents!.Index())
        {
            var sent = SentDocument.Read(element)!;
            var id = IdOf(sent);
            var isFirst = firsts.TryAdd(id, position);
            if (failed is null || failed.Contains(position))
            {
                var name = sent is { UploadId: { } upload, FileName: null } ? await uploads.FindNameAsync(work.Tenant, upload, cancellationToken) : sent.FileName;
                var item = new DocumentItem(position, id, sent with { FileName = name }, isFirst ? null : firsts[id]);
                batches.Add(new PlannedBatch(await work.WriteAsync([item], cancellationToken), 1));
            }
        }

        return batches;
    }

    /// <inheritdoc/>
    protected override async Task<BatchOutcome> RunAsync(WorkContext work, DocumentProcessingInput input, PlannedBatch batch, CancellationToken cancellationToken)
    {
        var item = (await work.ReadAsync<DocumentItem>(batch.Ref, cancellationToken))[0];
        if (item.SameAs is { } first)
        {
            return Bad(item, DuplicateDocument, $"The document is the same as document {first}.");
        }

        try
        {
            var content = item.Sent.Text is { } text
                ? BinaryData.FromString(text)
                : await uploads.FindAsync(work.Tenant, item.Sent.UploadId!, cancellationToken);
            return content is null
                ? Bad(item, UploadNotFound, $"There is no upload {item.Sent.UploadId}.")
                : await ProcessAsync(work, item, content, cancellationToken);
        }
        catch (DocumentException refusal)
        {
            return Bad(item, refusal.Code.Word(), refusal.Message);
        }
        catch (TextTooLongException refusal)
        {
            return Bad(item, DocumentErrorCode.TooLarge.Word(), refusal.Message);
        }
    }

    private async Task<BatchOutcome> ProcessAsync(WorkContext work, DocumentItem item, BinaryData content, CancellationToken cancellationToken)
    {
        var parsed = await parsing.ParseAsync(work.Tenant, content.ToMemory(), item.Sent.FileName, item.Sent.Text is null ? null : "text/plain; charset=utf-8", cancellationToken);
        var title = item.Sent.Title is { } given ? OneLine(given) : parsed.Title ?? (item.Sent.FileName is { } name ? OneLine(name) : FirstLine(parsed.Text));
        var chunks = _chunker.Value.Chunk(parsed, item.Id, cancellationToken);
        var hash = Hash($"{title}\n{parsed.Format}\n{parsed.Text}");
        var row = new ImportedRow(item.Position, new ImportedDocument { Id = item.Id, ContentHash = hash, Title = title, Text = parsed.Text, Metadata = MetadataOf(parsed) }, Error: null);
        var stored = new StoredDocument(
            item.Id,
            title,
            Url: null,
            hash,
            work.JobId,
            await work.WriteAsync([row], cancellationToken),
            Position: 0,
            await work.WriteAsync(chunks, cancellationToken));
        var change = (await documents.PutAsync(work.Tenant, [stored], cancellationToken))[0] switch
        {
            DocumentChange.Created => "created",
            DocumentChange.Updated => "updated",
            DocumentChange.Unchanged => "unchanged",
        };
        var result = new ProcessedDocument(item.Position, item.Id, title, change, parsed.Format, chunks.Count, parsed.Words, parsed.Pages, parsed.Language);
        return new BatchOutcome(new Dictionary<string, int> { [Processed] = 1 }, [result], []);
    }

    private static BatchOutcome Bad(DocumentItem item, string code, string message) =>
        new(new Dictionary<string, int>(), [], [new DocumentProcessingError(item.Position, item.Id, code, message)]);

    private static string? WrongWith(SentDocument? sent) => sent switch
    {
        null or { UploadId: null, Text: null } or { UploadId: not null, Text: not null } => "must be an uploadId, or an object with either 'uploadId' or 'title' and 'text'",
        { UploadId: { } id } when !Uploads.IsId(id) => "must be the id of an upload",
        { UploadId: not null, Title: not null } => "must not have 'title': a file has its own",
        { FileName: { Length: 0 or > MaxFileNameCharacters } } => $"must have a 'fileName' of 1 to {MaxFileNameCharacters} characters",
        { FileName: { } name } when string.IsNullOrWhiteSpace(OneLine(name)) => "must not have a blank 'fileName'",
        { UploadId: not null } => null,
        { FileName: not null } => "must not have 'fileName' beside 'text'",
        { Title: { Length: <= MaxTitleCharacters } title } when !string.IsNullOrWhiteSpace(OneLine(title)) => string.IsNullOrWhiteSpace(sent.Text) ? "must not have a blank 'text'" : null,
        _ => $"must have a 'title' of 1 to {MaxTitleCharacters} characters",
    };

    /// <summary>A file is known by its content, which its upload's id is made of, and a text by its title and itself.</summary>
    private static string IdOf(SentDocument sent) => Hash(sent.UploadId is { } id ? $"upload\n{id}" : $"text\n{OneLine(sent.Title!)}\n{sent.Text}")[..32];

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static string OneLine(string text) => CleanText.Clean(text).Replace('\n', ' ').Trim();

    private static string FirstLine(string text) => Texts.Cut(OneLine(text.TrimStart().Split('\n', 2)[0]), FirstLineCharacters);

    private static SortedDictionary<string, string> MetadataOf(ParsedDocument document)
    {
        var metadata = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["format"] = document.Format,
            ["words"] = document.Words.ToString(CultureInfo.InvariantCulture),
        };
        if (document.Pages is { } pages)
        {
            metadata["pages"] = pages.ToString(CultureInfo.InvariantCulture);
        }

        if (document.Language is { } language)
        {
            metadata["language"] = language;
        }

        return metadata;
    }

    /// <summary>A document that is to be processed.</summary>
    /// <param name="Position">Its place in the input, from 0.</param>
    /// <param name="Id">Its id.</param>
    /// <param name="Sent">What was sent.</param>
    /// <param name="SameAs">The place of the same document before it; null for the first.</param>
    private sealed record DocumentItem(int Position, string Id, SentDocument Sent, int? SameAs);
}
