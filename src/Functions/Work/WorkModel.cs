using Jobs.Domain.Generation;
using Jobs.Generation.Ai;

namespace Jobs.Functions.Work;

/// <summary>
/// The AI model that a batch of work may ask, once. What it costs is held before and paid after, under the batch's job. Where there is no place for the call, or the money is held for
/// others, the batch comes again later and does all from its beginning; that is why it asks once: what it had asked before would be asked and paid again.
/// </summary>
public sealed class WorkModel(AiModel model, AiEmbedder embedder, IModelCalls calls)
{
    /// <summary>Whether it was asked.</summary>
    public bool WasAsked { get; private set; }

    /// <summary>How long it may take to answer.</summary>
    public TimeSpan TimeLimit => model.TimeLimit;

    /// <summary>
    /// Asks. Throws <see cref="WorkException"/>, in words for callers, which says whether another attempt may help; and <see cref="WorkbenchBusyException"/>, which a handler lets pass.
    /// </summary>
    public Task<ModelAnswer> AskAsync(ModelQuestion question, CancellationToken cancellationToken) => OnceAsync(() => model.AskAsync(question, calls, cancellationToken));

    /// <summary>Asks the model for embeddings for the vectors of texts, as <see cref="AiEmbedder.EmbedAsync"/> does. Throws what <see cref="AskAsync"/> does.</summary>
    public Task<ReadOnlyMemory<float>[]> EmbedAsync(IReadOnlyList<string> texts, CancellationToken cancellationToken) => OnceAsync(() => embedder.EmbedAsync(texts, calls, cancellationToken));

    private async Task<T> OnceAsync<T>(Func<Task<T>> askAsync)
    {
        if (WasAsked)
        {
            throw new InvalidOperationException("A batch asks the model once: make more batches.");
        }

        WasAsked = true;
        try
        {
            return await askAsync();
        }
        catch (GenerationException error)
        {
            throw new WorkException(error.Message, error.IsTransient) { RetryAfter = error.RetryAfter };
        }
    }
}
