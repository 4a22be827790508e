using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace Jobs.Generation.Ai;

/// <summary>What <see cref="AiChatClient"/> is for answers, for embeddings. There are as many as texts, or it fails.</summary>
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

        return embeddings.Count == texts.Length && embeddings.All(embedding => embedding.Vector.Length > 0)
            ? embeddings
            : throw call.Fail(AiFailureKind.MalformedAnswer);
    }
}
