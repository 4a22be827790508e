namespace Jobs.Documents.Retrieval;

/// <summary>
/// Finds texts by their words and by what they mean, and joins the two rankings by reciprocal rank fusion: scores of different kinds are never added, only ranks. Searching changes
/// nothing, so any number of threads may.
/// </summary>
public sealed class HybridRetriever
{
    /// <summary>How much the first ranks are levelled, as those propose who wrote of the method first.</summary>
    public const int RankConstant = 60;

    /// <summary>How many texts of each ranking count at least.</summary>
    public const int LeastDepth = 50;

    private readonly Bm25Index _words;
    private readonly VectorIndex _vectors;

    /// <summary>A retriever over texts and their vectors, in the same order.</summary>
    /// <exception cref="ArgumentException">There are not as many vectors as texts.</exception>
    public HybridRetriever(Bm25Index words, VectorIndex vectors)
    {
        if (words.Count != vectors.Count)
        {
            throw new ArgumentException("There are not as many vectors as texts.", nameof(vectors));
        }

        _words = words;
        _vectors = vectors;
    }

    /// <summary>The best texts for a query, best first, of equals the earlier one.</summary>
    /// <param name="query">The query's words.</param>
    /// <param name="queryVector">The query as the model of the texts' vectors embeds it.</param>
    /// <param name="top">How many are wanted at most.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public IReadOnlyList<RetrievedItem> Search(string query, ReadOnlySpan<float> queryVector, int top, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(top);
        var depth = Math.Max(top, LeastDepth);
        var found = new Dictionary<int, RetrievedItem>();
        var byWords = _words.Search(query, depth, cancellationToken);
        for (var i = 0; i < byWords.Count; i++)
        {
            found[byWords[i].Index] = new(byWords[i].Index, ScoreOf(i + 1), i + 1, byWords[i].Score, null, 0);
        }

        var byVector = _vectors.Search(queryVector, depth, cancellationToken);
        for (var i = 0; i < byVector.Count; i++)
        {
            var (index, cosine) = byVector[i];
            var item = found.TryGetValue(index, out var known) ? known : new(index, 0, null, 0, null, 0);
            found[index] = item with { Score = item.Score + ScoreOf(i + 1), VectorRank = i + 1, Cosine = cosine };
        }

        return [.. found.Values.OrderByDescending(item => item.Score).ThenBy(item => item.Index).Take(top)];
    }

    private static double ScoreOf(int rank) => 1.0 / (RankConstant + rank);
}
