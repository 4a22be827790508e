using Jobs.Documents.Embedding;

namespace Jobs.Functions.Tests.Work.Analysis;

/// <summary>An embedder for tests that are not about meaning: texts are near that have the same words.</summary>
internal sealed class WordEmbedder : IEmbedder
{
    private const int Numbers = 64;

    public string Model => "words";

    public int Dimensions => Numbers;

    public Task<ReadOnlyMemory<float>[]> EmbedAsync(IReadOnlyList<string> texts, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(texts.Select(VectorOf).ToArray());
    }

    private static ReadOnlyMemory<float> VectorOf(string text)
    {
        var vector = new float[Numbers];
        vector[0] = 1;
        foreach (var word in text.ToLowerInvariant().Split([' ', '.', ',', '\n'], StringSplitOptions.RemoveEmptyEntries))
        {
            vector[1 + (int)(word.Aggregate(17u, (hash, character) => (hash * 31) + character) % (Numbers - 1))] += 1;
        }

        var length = MathF.Sqrt(vector.Sum(number => number * number));
        return Array.ConvertAll(vector, number => number / length);
    }
}
