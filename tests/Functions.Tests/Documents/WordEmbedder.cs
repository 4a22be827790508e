using Jobs.Documents.Embedding;

namespace Jobs.Functions.Tests.Documents;

/// <summary>An embedder for tests that are not about meaning: texts are near that have the same words.</summary>
internal sealed class WordEmbedder : IEmbedder
{
    private int _embedded;

    /// <summary>What texts wait for before they are embedded.</summary>
    public Func<CancellationToken, Task> Before { get; init; } = _ => Task.CompletedTask;

    /// <summary>What queries wait for.</summary>
    public Func<string, CancellationToken, Task> BeforeQuery { get; init; } = (_, _) => Task.CompletedTask;

    public string Model { get; init; } = "words";

    public int Dimensions => 1_024;

    /// <summary>How many texts were embedded.</summary>
    public int Embedded => _embedded;

    public async Task<ReadOnlyMemory<float>[]> EmbedAsync(IReadOnlyList<string> texts, CancellationToken cancellationToken)
    {
        await Before(cancellationToken);
        Interlocked.Add(ref _embedded, texts.Count);
        return [.. texts.Select(VectorOf)];
    }

    public async Task<ReadOnlyMemory<float>[]> EmbedQueriesAsync(IReadOnlyList<string> queries, CancellationToken cancellationToken)
    {
        await BeforeQuery(queries[0], cancellationToken);
        return [.. queries.Select(VectorOf)];
    }

    private ReadOnlyMemory<float> VectorOf(string text)
    {
        var vector = new float[Dimensions];
        vector[0] = 0.1f;
        foreach (var word in text.ToLowerInvariant().Split([' ', '.', '\n'], StringSplitOptions.RemoveEmptyEntries))
        {
            vector[1 + (int)(word.Aggregate(17u, (hash, character) => (hash * 31) + character) % (uint)(Dimensions - 1))] += 1;
        }

        var length = MathF.Sqrt(vector.Sum(number => number * number));
        return Array.ConvertAll(vector, number => number / length);
    }
}
