using System.Numerics.Tensors;
using Jobs.Documents.Wording;

namespace Jobs.Documents.Retrieval;

/// <summary>Finds vectors by their cosine to another, exactly: it looks at each. Searching changes nothing, so any number of threads may.</summary>
public sealed class VectorIndex
{
    /// <summary>The most vectors.</summary>
    public const int MaxVectors = 200_000;

    private const int BetweenLooks = 4_096;

    private readonly IReadOnlyList<ReadOnlyMemory<float>> _vectors;
    private readonly int _dimensions;

    /// <summary>An index of vectors of length 1, which are known by their number from then on. It keeps the list that it is given, which must not change.</summary>
    /// <exception cref="ArgumentException">They differ in how many numbers they have.</exception>
    /// <exception cref="TextTooLongException">There are more than <see cref="MaxVectors"/>.</exception>
    public VectorIndex(IReadOnlyList<ReadOnlyMemory<float>> vectors)
    {
        TextTooLongException.ThrowIfMore(vectors.Count, MaxVectors, "vectors to search");
        _vectors = vectors;
        _dimensions = vectors.Count == 0 ? 0 : vectors[0].Length;
        if (vectors.Any(vector => vector.Length != _dimensions))
        {
            throw new ArgumentException("Vectors of different models have no cosine.", nameof(vectors));
        }
    }

    /// <summary>How many vectors there are.</summary>
    public int Count => _vectors.Count;

    /// <summary>The vectors that are nearest, best first, of equals the earlier one. The score is the cosine, from -1 to 1.</summary>
    /// <exception cref="ArgumentException">The query has another number of numbers.</exception>
    public IReadOnlyList<ScoredItem> Search(ReadOnlySpan<float> query, int top, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(top);
        if (Count > 0 && query.Length != _dimensions)
        {
            throw new ArgumentException("Vectors of different models have no cosine.", nameof(query));
        }

        var best = new TopItems(top);
        for (var i = 0; i < Count; i++)
        {
            if (i % BetweenLooks == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }

            best.Add(new(i, TensorPrimitives.Dot(query, _vectors[i].Span)));
        }

        return best.Take();
    }
}
