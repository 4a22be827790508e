using System.Numerics.Tensors;
using Jobs.Documents.Embedding;
using Jobs.Documents.Wording;

namespace Jobs.Documents.Analysis.Reports;

/// <summary>
/// Picks sentences that stand for a document: those whose meaning is nearest to the middle of all, each as different as can be from those picked before it (maximal marginal
/// relevance). They are the document's own words.
/// </summary>
internal static class ExtractiveSummary
{
    /// <summary>How many sentences a summary has at most.</summary>
    public const int MostSentences = 5;

    /// <summary>The fewest words of a sentence that can stand for a document.</summary>
    public const int LeastWords = 5;

    /// <summary>The longest such sentence, in characters.</summary>
    public const int MaxLength = 400;

    /// <summary>The most words that somebody else picked that are looked at.</summary>
    public const int MaxCandidateQuotes = 10;

    private const float Relevance = 0.65f;

    /// <summary>The sentences that a summary is picked from.</summary>
    public static IEnumerable<string> TextsOf(SourceDocument document, int most, CancellationToken cancellationToken) =>
        CandidatesOf(document, most, cancellationToken).Select(span => DocumentSentences.TextOf(document.Parsed, span));

    /// <summary>Summarises a document from no more than <paramref name="most"/> sentences, evenly spread where there are more.</summary>
    public static async Task<IReadOnlyList<Evidence>> OfAsync(SourceDocument document, IEmbedder embedder, int most, CancellationToken cancellationToken)
    {
        var spans = CandidatesOf(document, most, cancellationToken);
        if (spans.Count == 0)
        {
            return [];
        }

        var vectors = await embedder.EmbedAsync([.. spans.Select(span => DocumentSentences.TextOf(document.Parsed, span))], cancellationToken);
        var middle = new float[vectors[0].Length];
        foreach (var vector in vectors)
        {
            TensorPrimitives.Add(middle, vector.Span, middle);
        }

        var relevance = Array.ConvertAll(vectors, vector => TensorPrimitives.CosineSimilarity(vector.Span, middle));
        var nearest = new float[vectors.Length];
        var picked = new List<int>();
        while (picked.Count < Math.Min(MostSentences, spans.Count))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var best = -1;
            for (var i = 0; i < spans.Count; i++)
            {
                if (!picked.Contains(i) && (best < 0 || Worth(i) > Worth(best)))
                {
                    best = i;
                }
            }

            picked.Add(best);
            for (var i = 0; i < spans.Count; i++)
            {
                nearest[i] = Math.Max(nearest[i], TensorPrimitives.Dot(vectors[i].Span, vectors[best].Span));
            }
        }

        return [.. picked.Order().Select(i => Evidence.At(document, spans[i].Start, spans[i].Length).Require(document.Parsed))];

        float Worth(int index) => (Relevance * relevance[index]) - ((1 - Relevance) * nearest[index]);
    }

    /// <summary>The first words that somebody else picked and the document has, in its order.</summary>
    public static IReadOnlyList<Evidence> Check(SourceDocument document, IEnumerable<string> quotes, CancellationToken cancellationToken) =>
    [
        .. quotes.Take(MaxCandidateQuotes).Where(quote => quote.Length <= MaxLength).Select(quote => EvidenceCheck.Find(document, quote, cancellationToken)).OfType<Evidence>()
            .Distinct().Take(MostSentences).OrderBy(evidence => evidence.Start),
    ];

    private static List<TextSpan> CandidatesOf(SourceDocument document, int most, CancellationToken cancellationToken)
    {
        var spans = DocumentSentences.Of(document.Parsed, cancellationToken)
            .FindAll(span => span.Length <= MaxLength && Words.Of(document.Parsed.Text, span.Start, span.Length).Take(LeastWords).Count() == LeastWords);
        return spans.Count <= most ? spans : [.. Enumerable.Range(0, most).Select(i => spans[(int)((long)i * spans.Count / most)])];
    }
}
