using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace Jobs.Generation.Ai;

/// <summary>
/// What <see cref="AiChatClient"/> is for answers, for embeddings. There are as many as texts, all of as many finite numbers, at most <see cref="AiOptions.HighestEmbeddingDimensions"/>, and none
/// is of nothing but zeros, which points nowhere; or it fails.
/// </summary>
internal sealed class AiEmbeddingGenerator(
    IEmbeddingGenerator<string, Embedding<float>> provider, AiTarget target, TimeSpan timeLimit, TimeProvider time, ILogger logger)
    : DelegatingEmbeddingGenerator<string, Embedding<float>>(provider)
{
    /// <inheritdoc/>
    public override async Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        using var call = new AiCall(target, timeLimit, time, logger, cancellationToken);
        string[] texts = [.. values];
        GeneratedEmbeddings<Embedding<float>> embeddings;
        try
        {
            embeddings = await base.GenerateAsync(texts, options, call.Token);
        }
        catch (Exception exception) when (call.IsFailure(exception))
        {
            throw call.Fail(exception);
        }

        return embeddings.Count == texts.Length && embeddings.All(embedding => IsVector(embedding.Vector.Span) && embedding.Vector.Length == embeddings[0].Vector.Length)
            ? embeddings
            : throw call.Fail(AiFailureKind.MalformedAnswer);
    }

    private static bool IsVector(ReadOnlySpan<float> numbers)
    {
        if (numbers.Length > AiOptions.HighestEmbeddingDimensions || !numbers.ContainsAnyExcept(0))
        {
            return false;
        }

        foreach (var number in numbers)
        {
            if (!float.IsFinite(number))
            {
                return false;
            }
        }

        return true;
    }
}
