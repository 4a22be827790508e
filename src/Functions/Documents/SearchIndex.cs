using Jobs.Documents.Retrieval;
using Jobs.Storage;

namespace Jobs.Functions.Documents;

/// <summary>A chunk that was found.</summary>
/// <param name="Part">The document that it is a part of, as it was when its vectors were made.</param>
/// <param name="Chunk">The chunk.</param>
/// <param name="Score">The cosine of its vector and the query's, from -1 to 1.</param>
public sealed record FoundChunk(EmbeddedPart Part, EmbeddedChunk Chunk, double Score);

/// <summary>What of an organisation's documents can be searched, in memory. It never changes, so any number of threads may search it.</summary>
public sealed class SearchIndex
{
    private const int BytesOfChunk = 512;
    private const int BytesOfId = 128;

    private readonly List<(EmbeddedPart Part, EmbeddedChunk Chunk)> _chunks;
    private readonly HashSet<string> _documents;

    /// <summary>An index of parts with their chunks.</summary>
    /// <param name="parts">The parts.</param>
    /// <param name="isComplete">False when the organisation has more.</param>
    /// <param name="ofOtherModels">The documents that have vectors of other models, which no query is compared with.</param>
    public SearchIndex(IReadOnlyDictionary<EmbeddedPart, IReadOnlyList<EmbeddedChunk>> parts, bool isComplete, IReadOnlySet<string> ofOtherModels)
    {
        OfOtherModels = ofOtherModels;
        Parts = parts;
        IsComplete = isComplete;
        _chunks = [.. parts.SelectMany(part => part.Value.Select(chunk => (part.Key, chunk)))];
        _documents = [.. parts.Keys.Select(part => part.DocumentId)];
        Bytes = (BytesOfId * (long)ofOtherModels.Count) + _chunks.Sum(chunk => BytesOfChunk + ((long)sizeof(char) * chunk.Chunk.Text.Length) + ((long)sizeof(float) * chunk.Chunk.Vector.Length));
    }

    /// <summary>An index of nothing.</summary>
    public static SearchIndex Empty { get; } = new(new Dictionary<EmbeddedPart, IReadOnlyList<EmbeddedChunk>>(), isComplete: true, new HashSet<string>());

    /// <summary>What it has.</summary>
    public IReadOnlyDictionary<EmbeddedPart, IReadOnlyList<EmbeddedChunk>> Parts { get; }

    /// <summary>False when the organisation has more than is looked at.</summary>
    public bool IsComplete { get; }

    /// <summary>The documents that have vectors of other models only, which it therefore does not have.</summary>
    public IReadOnlySet<string> OfOtherModels { get; }

    /// <summary>About how much memory it takes.</summary>
    public long Bytes { get; }

    /// <summary>True when it has the document.</summary>
    public bool Has(string documentId) => _documents.Contains(documentId);

    /// <summary>The chunks that are nearest to a query, best first, and how many documents and chunks were compared with it.</summary>
    /// <param name="query">The query's vector.</param>
    /// <param name="documents">The documents that are looked at; null for all.</param>
    /// <param name="top">How many are wanted at most.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public (IReadOnlyList<FoundChunk> Found, int Documents, int Chunks) Search(
        ReadOnlyMemory<float> query,
        IReadOnlySet<string>? documents,
        int top,
        CancellationToken cancellationToken)
    {
        var chunks = documents is null ? _chunks : _chunks.FindAll(chunk => documents.Contains(chunk.Part.DocumentId));
        var nearest = new VectorIndex([.. chunks.Select(chunk => chunk.Chunk.Vector)]).Search(query.Span, top, cancellationToken);
        return (
            [.. nearest.Select(item => new FoundChunk(chunks[item.Index].Part, chunks[item.Index].Chunk, item.Score))],
            documents is null ? _documents.Count : _documents.Count(documents.Contains),
            chunks.Count);
    }
}
