using Jobs.Documents.Chunking;
using Jobs.Functions.Documents;
using Jobs.Storage;

namespace Jobs.Functions.JobTypes.BatchEmbedding;

/// <summary>Chunks of one document that are embedded together. It has none of their text, so that a plan keeps nothing of a document that is removed.</summary>
/// <param name="Document">The document.</param>
/// <param name="Part">The number of the part, from 0.</param>
/// <param name="Parts">How many parts the document has.</param>
/// <param name="First">The number of its first chunk among the document's, from 0.</param>
/// <param name="Chunks">How many chunks it has.</param>
public sealed record PlannedPart(StoredDocument Document, int Part, int Parts, int First, int Chunks);

/// <summary>What a batch of embedding is: parts to embed, and in one of a job's batches what needs no embedding.</summary>
/// <param name="Parts">The parts.</param>
/// <param name="Unchanged">Documents that have their vectors.</param>
/// <param name="Left">Documents that are for another job.</param>
/// <param name="Errors">Documents that cannot be embedded.</param>
public sealed record EmbeddingBatch(IReadOnlyList<PlannedPart> Parts, int Unchanged, int Left, IReadOnlyList<EmbeddingError> Errors);

/// <summary>Puts documents into batches of about as much work each: as many short ones as fit, or a part of a long one.</summary>
/// <param name="maxBatches">The most batches.</param>
internal sealed class EmbeddingPlan(int maxBatches)
{
    private readonly List<PlannedPart> _open = [];
    private List<IReadOnlyList<PlannedPart>> _full = [];
    private int _openTokens;
    private int _openChunks;
    private int _begun;

    /// <summary>Puts a document in; false when it no longer fits, and then nothing is changed.</summary>
    public bool TryAdd(ChunkedDocument chunked)
    {
        var parts = PartsOf(chunked);
        var tokens = TokensOf(parts[0], chunked);
        var isNew = _open.Count == 0 || _open.Count == EmbeddingStore.MaxParts || _openTokens + tokens > BatchEmbeddingHandler.MaxBatchTokens
            || _openChunks + parts[0].Chunks > BatchEmbeddingHandler.MaxBatchChunks;
        // Each part of a long document but the last fills a batch of its own, and the last is the beginning of one.
        var begun = (isNew ? 1 : 0) + parts.Count - 1;
        if (_begun + begun > maxBatches)
        {
            return false;
        }

        _begun += begun;
        foreach (var part in parts)
        {
            if (isNew || part.Part > 0)
            {
                Close();
            }

            _open.Add(part);
            _openTokens += TokensOf(part, chunked);
            _openChunks += part.Chunks;
        }

        return true;
    }

    /// <summary>Ends the last batch, if there is one.</summary>
    public void Close()
    {
        if (_open.Count > 0)
        {
            _full.Add([.. _open]);
            _open.Clear();
            _openTokens = 0;
            _openChunks = 0;
        }
    }

    /// <summary>The batches that have ended and were not taken before.</summary>
    public IReadOnlyList<IReadOnlyList<PlannedPart>> TakeFull()
    {
        var full = _full;
        _full = [];
        return full;
    }

    private static int TokensOf(PlannedPart part, ChunkedDocument chunked) => chunked.Chunks.Skip(part.First).Take(part.Chunks).Sum(TokensOf);

    /// <summary>What the model reads of a chunk: it marks both of its ends, also of one that has no token of its own.</summary>
    private static int TokensOf(DocumentChunk chunk) => chunk.Tokens + 2;

    private static List<PlannedPart> PartsOf(ChunkedDocument chunked)
    {
        var parts = new List<(int First, int Chunks)> { (0, 0) };
        var tokens = 0;
        foreach (var (index, chunk) in chunked.Chunks.Index())
        {
            if (tokens > 0 && (tokens + TokensOf(chunk) > BatchEmbeddingHandler.MaxBatchTokens || parts[^1].Chunks == BatchEmbeddingHandler.MaxBatchChunks))
            {
                parts.Add((index, 0));
                tokens = 0;
            }

            parts[^1] = (parts[^1].First, parts[^1].Chunks + 1);
            tokens += TokensOf(chunk);
        }

        return [.. parts.Index().Select(part => new PlannedPart(chunked.Document, part.Index, parts.Count, part.Item.First, part.Item.Chunks))];
    }
}
