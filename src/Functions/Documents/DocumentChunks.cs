using System.Text.Json;
using Jobs.Documents;
using Jobs.Documents.Chunking;
using Jobs.Documents.Exchange;
using Jobs.Documents.Wording;
using Jobs.Functions.Work;
using Jobs.Storage;

namespace Jobs.Functions.Documents;

/// <summary>A document with its chunks, or why it has none.</summary>
/// <param name="Document">The document.</param>
/// <param name="Chunks">Its chunks, in order.</param>
/// <param name="Error">What is wrong, in a sentence for the caller; null when nothing is.</param>
/// <param name="IsGone">True when what it holds is not there any more, because the document was removed.</param>
public sealed record ChunkedDocument(StoredDocument Document, IReadOnlyList<DocumentChunk> Chunks, string? Error = null, bool IsGone = false)
{
    /// <summary>A document that was removed.</summary>
    public static ChunkedDocument Gone(StoredDocument document) => new(document, [], $"There is no document {document.Id}.", IsGone: true);
}

/// <summary>The chunks of the documents that organisations keep: those that were made when a document was parsed, or else of its text, which is divided as one section.</summary>
public sealed class DocumentChunks(ArtifactStore artifacts)
{
    private readonly Lazy<Chunker> _chunker = new(() => new Chunker(new ChunkingOptions()));

    /// <summary>Reads the chunks of documents that one artifact holds.</summary>
    public async Task<IReadOnlyList<ChunkedDocument>> ReadAsync(string tenant, IReadOnlyList<StoredDocument> documents, CancellationToken cancellationToken)
    {
        var (jobId, contentRef, chunksRef) = (documents[0].JobId, documents[0].ContentRef, documents[0].ChunksRef);
        if (chunksRef is not null)
        {
            var chunks = await FindAsync<IReadOnlyList<DocumentChunk>>(tenant, jobId, chunksRef, cancellationToken);
            return [.. documents.Select(document => chunks is null ? ChunkedDocument.Gone(document) : new ChunkedDocument(document, chunks))];
        }

        var rows = await FindAsync<IReadOnlyList<ImportedRow>>(tenant, jobId, contentRef, cancellationToken);
        return
        [
            .. documents.Select(document => rows?.ElementAtOrDefault(document.Position)?.Document is { } content
                ? Chunk(document, content.Text, cancellationToken)
                : ChunkedDocument.Gone(document)),
        ];
    }

    private async Task<T?> FindAsync<T>(string tenant, string jobId, string reference, CancellationToken cancellationToken)
        where T : class =>
        await artifacts.FindAsync(tenant, jobId, reference, cancellationToken) is { } content ? JsonSerializer.Deserialize<T>(content.ToMemory().Span, WorkJson.Options) : null;

    private ChunkedDocument Chunk(StoredDocument document, string text, CancellationToken cancellationToken)
    {
        try
        {
            return new ChunkedDocument(document, _chunker.Value.Chunk(AsOneSection(text), document.Id, cancellationToken));
        }
        catch (TextTooLongException refusal)
        {
            return new ChunkedDocument(document, [], refusal.Message);
        }
    }

    private static ParsedDocument AsOneSection(string text) =>
        new() { Format = "txt", Text = text, Words = 0, Sections = [new DocumentSection(Heading: null, Level: 0, Start: 0, text.Length, Page: null)] };
}
