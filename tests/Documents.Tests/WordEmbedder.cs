using Jobs.Documents.Embedding;
using Jobs.Documents.Wording;

namespace Jobs.Documents.Tests;

/// <summary>An embedder for tests that are not about meaning: texts are near that have the same words.</summary>
internal sealed class WordEmbedder : IEmbedder
{
    private const int Numbers = 64;

    public string Model => "words";

    public int Dimensions => Numbers;

    /// <summary>How many texts were embedded.</summary>
    public int Embedded { get; private set; }

    public Task<ReadOnlyMemory<float>[]> EmbedAsync(IReadOnlyList<string> texts, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Embedded += texts.Count;
        return Task.FromResult(texts.Select(VectorOf).ToArray());
    }

    private static ReadOnlyMemory<float> VectorOf(string text)
    {
        var vector = new float[Numbers];
        vector[0] = 1;
        foreach (var term in Terms.Of(text))
        {
            vector[1 + (int)(term.Aggregate(17u, (hash, character) => (hash * 31) + character) % (Numbers - 1))] += 1;
        }

        var length = MathF.Sqrt(vector.Sum(number => number * number));
        return Array.ConvertAll(vector, number => number / length);
    }
}
