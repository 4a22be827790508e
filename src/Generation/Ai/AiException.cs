using Jobs.Domain.Generation;

namespace Jobs.Generation.Ai;

/// <summary>
/// A call to an AI went wrong. It holds nothing of what the provider said, nor the exception that it was: those are in the log only, under the <paramref name="failure"/>'s kind.
/// </summary>
public sealed class AiException(AiFailure failure) : Exception(failure.Sentence)
{
    /// <summary>What went wrong.</summary>
    public AiFailure Failure { get; } = failure;

    /// <summary>The same for whoever asked a generator.</summary>
    public GenerationException ToGenerationException() => new(Failure.Sentence, Failure.IsTransient, this) { RetryAfter = Failure.RetryAfter };
}
