using System.Globalization;
using Jobs.Documents.Embedding;
using Jobs.Documents.Retrieval;

namespace Jobs.Documents.Tests.Retrieval;

/// <summary>How well one way of searching finds what labelled queries should find.</summary>
/// <param name="Way">The way.</param>
/// <param name="RecallAt5">The share of what should be found that is among the first five, averaged over the queries; 0 to 1.</param>
/// <param name="ReciprocalRank">One divided by the rank of the first right text among the first 50, averaged over the queries; 0 to 1.</param>
internal sealed record RetrievalQuality(string Way, double RecallAt5, double ReciprocalRank)
{
    private const int Depth = HybridRetriever.LeastDepth;

    /// <summary>Searches for each query by words, by meaning and by both.</summary>
    public static async Task<IReadOnlyList<RetrievalQuality>> MeasureAsync(
        IEmbedder embedder, IReadOnlyList<string> texts, IReadOnlyList<LabelledQuery> queries, CancellationToken cancellationToken)
    {
        var words = new Bm25Index(texts, cancellationToken);
        var vectors = new VectorIndex(await embedder.EmbedAsync(texts, cancellationToken));
        var hybrid = new HybridRetriever(words, vectors);
        var queryVectors = await embedder.EmbedQueriesAsync([.. queries.Select(query => query.Query)], cancellationToken);
        return
        [
            Measure("words (BM25)", index => words.Search(queries[index].Query, Depth, cancellationToken).Select(item => item.Index)),
            Measure("meaning (" + embedder.Model + ")", index => vectors.Search(queryVectors[index].Span, Depth, cancellationToken).Select(item => item.Index)),
            Measure("both", index => hybrid.Search(queries[index].Query, queryVectors[index].Span, Depth, cancellationToken).Select(item => item.Index)),
        ];

        RetrievalQuality Measure(string way, Func<int, IEnumerable<int>> search)
        {
            var (recall, reciprocal) = (0.0, 0.0);
            for (var i = 0; i < queries.Count; i++)
            {
                int[] found = [.. search(i)];
                var relevant = queries[i].Relevant;
                recall += (double)found.Take(5).Count(relevant.Contains) / relevant.Count;
                var rank = Array.FindIndex(found, relevant.Contains);
                reciprocal += rank < 0 ? 0 : 1.0 / (rank + 1);
            }

            return new(way, recall / queries.Count, reciprocal / queries.Count);
        }
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Way}: recall@5 {RecallAt5:F3}, MRR {ReciprocalRank:F3}");
}
