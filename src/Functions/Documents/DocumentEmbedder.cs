using Jobs.Documents.Embedding;
using Jobs.Domain.Generation;
using Jobs.Functions.Work;
using Jobs.Generation.Ai;

namespace Jobs.Functions.Documents;

/// <summary>The model that makes the vectors by which documents are found: the AI's for embeddings where the settings name one, and else the one on this machine.</summary>
public sealed class DocumentEmbedder(IEmbedder local, AiEmbedder ai)
{
    /// <summary>Whether it runs on this machine, so that texts stay on it and cost nothing.</summary>
    public bool IsLocal => !ai.IsConfigured;

    /// <summary>What tells its vectors from those of any other model.</summary>
    public string Model => IsLocal ? local.Model : ai.Model;

    /// <summary>How many numbers a vector has.</summary>
    public int Dimensions => IsLocal ? local.Dimensions : ai.Dimensions;

    /// <summary>
    /// The vectors of the texts of a batch of work, in their order. Throws what <see cref="WorkModel.EmbedAsync"/> does.
    /// </summary>
    public Task<ReadOnlyMemory<float>[]> EmbedAsync(IReadOnlyList<string> texts, WorkModel? asked, CancellationToken cancellationToken) =>
        IsLocal ? local.EmbedAsync(texts, cancellationToken)
        : asked is not null ? asked.EmbedAsync(texts, cancellationToken)
        : throw new InvalidOperationException("A batch has the AI's model wherever one is configured.");

    /// <summary>The vector of a query. Throws what <see cref="AiEmbedder.EmbedAsync"/> does.</summary>
    public async Task<ReadOnlyMemory<float>> EmbedQueryAsync(string query, IModelCalls calls, CancellationToken cancellationToken) =>
        (await (IsLocal ? local.EmbedQueriesAsync([query], cancellationToken) : ai.EmbedAsync([query], calls, cancellationToken)))[0];
}
