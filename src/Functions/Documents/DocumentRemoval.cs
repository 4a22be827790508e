using Jobs.Functions.Work;
using Jobs.Storage;

namespace Jobs.Functions.Documents;

/// <summary>
/// Removes documents with their text and vectors. The row is marked first, so that nobody finds the document any more; then its text is taken out of the artifacts where it lies beside that
/// of others. Whoever dies in between can be asked again, and once a day what was left is done.
/// </summary>
public sealed class DocumentRemoval(DocumentStore documents, EmbeddingStore embeddings, ArtifactStore artifacts, TimeProvider time)
{
    /// <summary>How long the row of a removed document is kept: longer than any work that may have begun before it was removed.</summary>
    public static readonly TimeSpan Retention = TimeSpan.FromDays(1);

    private const int MaxReads = 16;

    /// <summary>Removes a document and gives it as it was; null when there is none. Of one that was removed lately what was left of it is taken away.</summary>
    public async Task<StoredDocument?> RemoveAsync(string tenant, string id, CancellationToken cancellationToken)
    {
        if (await documents.RemoveAsync(tenant, id, cancellationToken) is not { } found)
        {
            return null;
        }

        await TakeOutAsync(found.Removed, cancellationToken);
        return found.Document;
    }

    /// <summary>Takes away what is left of documents that were removed before <see cref="Retention"/>, and their rows.</summary>
    public async Task FinishAsync(CancellationToken cancellationToken)
    {
        await foreach (var removed in documents.ListRemovedAsync(time.GetUtcNow() - Retention, cancellationToken))
        {
            await TakeOutAsync(removed, cancellationToken);
            await documents.ForgetAsync(removed, cancellationToken);
        }
    }

    /// <summary>Takes away the vectors of documents that are not there any more.</summary>
    public async Task RemoveVectorsAsync(string tenant, IReadOnlyCollection<string> ids, CancellationToken cancellationToken)
    {
        var parts = new List<EmbeddedPart>();
        foreach (var some in ids.Chunk(MaxReads))
        {
            parts.AddRange((await Task.WhenAll(some.Select(id => embeddings.ListAsync(tenant, id, cancellationToken).ToListAsync(cancellationToken).AsTask()))).SelectMany(read => read));
        }

        foreach (var artifact in parts.SelectMany(part => part.Places, (part, place) => (part.DocumentId, Place: place)).GroupBy(part => part.Place, part => part.DocumentId))
        {
            var meant = artifact.ToHashSet(StringComparer.Ordinal);
            await artifacts.TakeOutAsync(tenant, artifact.Key.JobId, artifact.Key.ArtifactRef, lines => EmbeddedChunk.Without(lines, meant), cancellationToken);
        }

        foreach (var id in ids)
        {
            await embeddings.RemoveAsync(tenant, id, cancellationToken);
        }
    }

    private async Task TakeOutAsync(RemovedDocument removed, CancellationToken cancellationToken)
    {
        await RemoveVectorsAsync(removed.Tenant, [removed.Id], cancellationToken);
        foreach (var place in removed.Places)
        {
            await artifacts.TakeOutAsync(
                removed.Tenant, place.JobId, place.ContentRef, content => DocumentContents.Without(content, removed.Id, place.Position), cancellationToken);
            if (place.ChunksRef is { } chunks)
            {
                await artifacts.DeleteAsync(removed.Tenant, place.JobId, chunks, cancellationToken);
            }
        }
    }
}
