namespace Jobs.Documents.Chunking;

/// <summary>How long chunks are.</summary>
public sealed record ChunkingOptions
{
    /// <summary>The fewest tokens that chunks can be bounded by.</summary>
    public const int LeastMaxTokens = 16;

    /// <summary>The most tokens that chunks can be bounded by: what the local model reads without the two that it adds.</summary>
    public const int MostMaxTokens = Embedding.LocalEmbedder.MaxTokens - 2;

    /// <summary>How many tokens a chunk has at most, counted as the local embedding model counts them.</summary>
    public int MaxTokens { get; init; } = 256;

    /// <summary>How many tokens at the end of a chunk the next one repeats at most, in whole sentences; at most half of <see cref="MaxTokens"/>.</summary>
    public int OverlapTokens { get; init; } = 48;

    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxTokens, LeastMaxTokens);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxTokens, MostMaxTokens);
        ArgumentOutOfRangeException.ThrowIfNegative(OverlapTokens);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(OverlapTokens, MaxTokens / 2);
    }
}
