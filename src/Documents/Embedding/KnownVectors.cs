namespace Jobs.Documents.Embedding;

/// <summary>An embedder that has the vectors of some texts already, and asks the one that made them for those of others.</summary>
/// <param name="other">The embedder that made them.</param>
/// <param name="known">The vectors of texts.</param>
public sealed class KnownVectors(IEmbedder other, IReadOnlyDictionary<string, ReadOnlyMemory<float>> known) : IEmbedder
{
    /// <inheritdoc/>
    public string Model => other.Model;

    /// <inheritdoc/>
    public int Dimensions => other.Dimensions;

    /// <inheritdoc/>
    public async Task<ReadOnlyMemory<float>[]> EmbedAsync(IReadOnlyList<string> texts, CancellationToken cancellationToken)
    {
        string[] unknown = [.. texts.Where(text => !known.ContainsKey(text)).Distinct(StringComparer.Ordinal)];
        var made = unknown.Length == 0 ? [] : await other.EmbedAsync(unknown, cancellationToken);
        var byText = unknown.Zip(made).ToDictionary(pair => pair.First, pair => pair.Second, StringComparer.Ordinal);
        return [.. texts.Select(text => known.TryGetValue(text, out var vector) ? vector : byText[text])];
    }

    /// <inheritdoc/>
    public Task<ReadOnlyMemory<float>[]> EmbedQueriesAsync(IReadOnlyList<string> queries, CancellationToken cancellationToken) => other.EmbedQueriesAsync(queries, cancellationToken);
}
