using System.Runtime.InteropServices;
using Jobs.Documents.Wording;

namespace Jobs.Documents.Retrieval;

/// <summary>
/// Finds texts by their words: Okapi BM25 with k1 = 1.2 and b = 0.75, and the weight of a term ln(1 + (N - n + 0.5) / (n + 0.5)), which is never negative. Terms are words without
/// endings, stop words and marks. A term that a query repeats counts once. Searching changes nothing, so any number of threads may.
/// </summary>
public sealed class Bm25Index
{
    /// <summary>How soon further occurrences of a term stop counting.</summary>
    public const double K1 = 1.2;

    /// <summary>How much a text's length counts.</summary>
    public const double B = 0.75;

    /// <summary>The most texts.</summary>
    public const int MaxTexts = 200_000;

    /// <summary>The most characters of all texts together.</summary>
    public const int MaxCharacters = 32 * 1024 * 1024;

    /// <summary>How many different terms of a query count; further ones are passed over.</summary>
    public const int MaxQueryTerms = 256;

    private readonly Dictionary<string, List<Posting>> _postings = new(StringComparer.Ordinal);
    private readonly int[] _lengths;
    private readonly double _averageLength;

    /// <summary>An index of texts, which are known by their number from then on.</summary>
    /// <exception cref="TextTooLongException">There are more than <see cref="MaxTexts"/>, or they are longer than <see cref="MaxCharacters"/> together.</exception>
    public Bm25Index(IReadOnlyList<string> texts, CancellationToken cancellationToken)
    {
        TextTooLongException.ThrowIfMore(texts.Count, MaxTexts, "texts to search");
        TextTooLongException.ThrowIfLonger((int)Math.Min(texts.Sum(text => (long)text.Length), int.MaxValue), MaxCharacters, "What is to be searched");
        _lengths = new int[texts.Count];
        for (var i = 0; i < texts.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var term in Terms.Of(texts[i]))
            {
                ref var list = ref CollectionsMarshal.GetValueRefOrAddDefault(_postings, term, out _);
                list ??= [];
                if (list.Count > 0 && list[^1].Text == i)
                {
                    list[^1] = list[^1] with { Count = list[^1].Count + 1 };
                }
                else
                {
                    list.Add(new(i, 1));
                }

                _lengths[i]++;
            }
        }

        _averageLength = _lengths.Length == 0 ? 0 : _lengths.Average();
    }

    /// <summary>How many texts there are.</summary>
    public int Count => _lengths.Length;

    /// <summary>The weight of a term, by how few texts have it; that of a term which none has is the highest.</summary>
    internal double WeightOf(string term)
    {
        var texts = _postings.TryGetValue(term, out var list) ? list.Count : 0;
        return Math.Log(1 + ((Count - texts + 0.5) / (texts + 0.5)));
    }

    /// <summary>The texts with the highest scores, best first, of equals the earlier one; none that has no term of the query.</summary>
    public IReadOnlyList<ScoredItem> Search(string query, int top, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(top);
        var scores = new double[Count];
        foreach (var term in Terms.Of(query).Distinct(StringComparer.Ordinal).Take(MaxQueryTerms))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!_postings.TryGetValue(term, out var list))
            {
                continue;
            }

            var weight = WeightOf(term);
            foreach (var (text, count) in list)
            {
                scores[text] += weight * count * (K1 + 1) / (count + (K1 * (1 - B + (B * _lengths[text] / _averageLength))));
            }
        }

        var best = new TopItems(top);
        for (var i = 0; i < scores.Length; i++)
        {
            if (scores[i] > 0)
            {
                best.Add(new(i, scores[i]));
            }
        }

        return best.Take();
    }

    private readonly record struct Posting(int Text, int Count);
}
