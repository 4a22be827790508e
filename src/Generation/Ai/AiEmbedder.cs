using System.Text;
using Jobs.Domain.Generation;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;

namespace Jobs.Generation.Ai;

/// <summary>The model for embeddings of the settings: texts as vectors. One call takes all texts that it is given.</summary>
public sealed class AiEmbedder(AiClients clients, IOptions<AiOptions> options)
{
    /// <summary>The most texts of one call; the endpoints of OpenAI and Azure take 2,048.</summary>
    public const int MaxTexts = 512;

    private readonly Lazy<AiTarget> _target = new(clients.EmbeddingTarget);

    /// <summary>Whether there is a model for embeddings.</summary>
    public bool IsConfigured => options.Value.MakesEmbeddings;

    /// <summary>
    /// What tells its vectors from those of any other model: provider, model and how many numbers a vector has, as <c>openai/text-embedding-3-small/1536</c>. Throws
    /// <see cref="InvalidOperationException"/> where there is none.
    /// </summary>
    public string Model => $"{_target.Value.ProviderName}/{_target.Value.Model}/{Dimensions}";

    /// <summary>How many numbers a vector has.</summary>
    public int Dimensions => options.Value.EmbeddingDimensions;

    /// <summary>
    /// The vectors of texts, in their order, each of length 1; no texts have none, and nobody is asked. Throws <see cref="GenerationException"/>, in words for callers, where the call fails
    /// or the vectors are not of <see cref="Dimensions"/> numbers, and what <see cref="IModelCalls.BeginAsync"/> throws.
    /// </summary>
    public async Task<ReadOnlyMemory<float>[]> EmbedAsync(IReadOnlyList<string> texts, IModelCalls calls, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(texts.Count, MaxTexts);
        if (texts.Count == 0)
        {
            return [];
        }

        var most = MostOf(texts);
        GeneratedEmbeddings<Embedding<float>> made;
        await using (var call = await calls.BeginAsync(most, cancellationToken))
        {
            try
            {
                made = await clients.Embeddings!.GenerateAsync(texts, cancellationToken: cancellationToken);
            }
            catch (AiException error)
            {
                await call.FailedAsync(error.Failure.MayCost);
                throw error.ToGenerationException();
            }

            // Where the endpoint does not say what it took, nothing less than the most is safe to take for it.
            await call.AnsweredAsync(made.Usage?.InputTokenCount is { } tokens ? Priced(tokens) : ModelUsage.None with { Cost = most.Cost });
        }

        // All are of one length.
        return made[0].Vector.Length == Dimensions
            ? [.. made.Select(embedding => Normalised(embedding.Vector.Span))]
            : throw new GenerationException(
                $"The AI model's vectors have {made[0].Vector.Length} numbers, and the settings of this service say {Dimensions}.", isTransient: false);
    }

    /// <summary>The most that a call can take: models read bytes, and a token is at least one of them.</summary>
    private ModelUsage MostOf(IReadOnlyList<string> texts) => Priced(texts.Sum(text => (long)Encoding.UTF8.GetByteCount(text)) + MeteredModel.AddedTokens);

    private ModelUsage Priced(long tokens)
    {
        var usage = new ModelUsage(tokens, 0, 0);
        return _target.Value.Price is { } price ? price.Of(usage) : usage;
    }

    private static ReadOnlyMemory<float> Normalised(ReadOnlySpan<float> vector)
    {
        // Of doubles, so that no square is too large or too small.
        var squares = 0.0;
        foreach (var number in vector)
        {
            squares += (double)number * number;
        }

        var length = Math.Sqrt(squares);
        var normalised = new float[vector.Length];
        for (var i = 0; i < normalised.Length; i++)
        {
            normalised[i] = (float)(vector[i] / length);
        }

        return normalised;
    }
}
