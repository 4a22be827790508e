using Jobs.Documents.Wording;

namespace Jobs.Documents.Embedding;

/// <summary>
/// Snowflake's arctic-embed-xs (22 million parameters, English), run by ONNX Runtime on this machine. It reads no network and sends nothing anywhere. The model is loaded by the first
/// text, once in a process, and stays: about 0.15 GB, and up to 0.1 GB more while it runs. Texts of all callers are embedded a batch at a time, in turn, so that memory stays what it is.
/// </summary>
public sealed class LocalEmbedder : IEmbedder
{
    /// <summary>What the model was trained to see before a question; a passage has nothing before it.</summary>
    public const string QueryPrefix = "Represent this sentence for searching relevant passages: ";

    /// <summary>How many tokens of a text the model reads, the two that mark its ends among them.</summary>
    public const int MaxTokens = 512;

    /// <summary>How many characters of a text are looked at for its tokens.</summary>
    public const int MaxCharacters = 20_000;

    /// <summary>How many texts one call takes.</summary>
    public const int MaxTexts = 8_192;

    /// <summary>How many tokens a batch has, padding among them: what decides how much memory the model takes while it runs.</summary>
    public const int MaxBatchTokens = MaxTokens;

    private const int Numbers = 384;

    private static readonly SemaphoreSlim Turn = new(1);
    private static EmbeddingSession? _session;

    /// <inheritdoc/>
    public string Model => "snowflake-arctic-embed-xs";

    /// <inheritdoc/>
    public int Dimensions => Numbers;

    /// <summary>Looks whether the model's files are there, without loading them. Throws <see cref="FileNotFoundException"/> where one is missing.</summary>
    public static void RequireInstalled()
    {
        foreach (var file in new[] { EmbeddingModelFiles.Model, EmbeddingModelFiles.Vocabulary })
        {
            if (!File.Exists(file))
            {
                throw new FileNotFoundException($"Texts cannot be embedded: {file} is missing.", file);
            }
        }
    }

    /// <inheritdoc/>
    public Task<ReadOnlyMemory<float>[]> EmbedAsync(IReadOnlyList<string> texts, CancellationToken cancellationToken) => EmbedAsync(texts, "", cancellationToken);

    /// <inheritdoc/>
    public Task<ReadOnlyMemory<float>[]> EmbedQueriesAsync(IReadOnlyList<string> queries, CancellationToken cancellationToken) =>
        EmbedAsync(queries, QueryPrefix, cancellationToken);

    private static async Task<ReadOnlyMemory<float>[]> EmbedAsync(IReadOnlyList<string> texts, string prefix, CancellationToken cancellationToken)
    {
        TextTooLongException.ThrowIfMore(texts.Count, MaxTexts, "texts to embed at once");
        var tokens = new int[texts.Count][];
        for (var i = 0; i < tokens.Length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var text = texts[i];
            tokens[i] = WordPieces.OfLocalModel.Encode(prefix + (text.Length <= MaxCharacters ? text : text[..Cuts.Before(text, 0, MaxCharacters)]), MaxTokens);
        }

        var vectors = new ReadOnlyMemory<float>[texts.Count];
        foreach (var batch in Batches(tokens))
        {
            await Turn.WaitAsync(cancellationToken);
            try
            {
                await Task.Run(
                    () =>
                    {
                        _session ??= new EmbeddingSession(EmbeddingModelFiles.Model);
                        var embedded = _session.Run(Array.ConvertAll(batch, index => tokens[index]), WordPieces.OfLocalModel.Padding, cancellationToken);
                        for (var i = 0; i < batch.Length; i++)
                        {
                            vectors[batch[i]] = embedded[i];
                        }
                    },
                    cancellationToken);
            }
            finally
            {
                Turn.Release();
            }
        }

        return vectors;
    }

    /// <summary>Texts of about the same length together, so that little is padded. The order is the same for the same texts, and so is what comes out.</summary>
    private static IEnumerable<int[]> Batches(int[][] tokens)
    {
        var order = Enumerable.Range(0, tokens.Length).OrderByDescending(index => tokens[index].Length).ToArray();
        for (var first = 0; first < order.Length;)
        {
            var count = Math.Min(Math.Max(1, MaxBatchTokens / tokens[order[first]].Length), order.Length - first);
            yield return order[first..(first + count)];
            first += count;
        }
    }
}
