using System.Text.Json;
using Jobs.Documents.Exchange;
using Jobs.Storage;

namespace Jobs.Functions.Work;

/// <summary>What documents hold. A job that writes documents keeps them, many in one artifact, as a list of <see cref="ImportedRow"/>; a document's row names its place there.</summary>
public sealed class DocumentContents(ArtifactStore artifacts)
{
    /// <summary>All that an artifact holds, in its order, null where a row has no document; null when there is no such artifact.</summary>
    public async Task<IReadOnlyList<ImportedDocument?>?> FindAllAsync(string tenant, string jobId, string contentRef, CancellationToken cancellationToken) =>
        await artifacts.FindAsync(tenant, jobId, contentRef, cancellationToken) is { } content
            ? [.. JsonSerializer.Deserialize<IReadOnlyList<ImportedRow>>(content.ToMemory().Span, WorkJson.Options)!.Select(row => row.Document)]
            : null;

    /// <summary>What is left of an artifact without what a document holds; null when that is nothing, and the artifact itself when the document is not there.</summary>
    public static BinaryData? Without(BinaryData content, string documentId, int position)
    {
        var rows = JsonSerializer.Deserialize<List<ImportedRow>>(content.ToMemory().Span, WorkJson.Options)!;
        if (rows.ElementAtOrDefault(position)?.Document?.Id != documentId)
        {
            return content;
        }

        rows[position] = rows[position] with { Document = null };
        return rows.Exists(row => row.Document is not null) ? BinaryData.FromBytes(JsonSerializer.SerializeToUtf8Bytes(rows, WorkJson.Options)) : null;
    }

    /// <summary>What a document holds; null when its artifact has no such document.</summary>
    public async Task<ImportedDocument?> FindAsync(string tenant, StoredDocument document, CancellationToken cancellationToken) =>
        (await FindAllAsync(tenant, document.JobId, document.ContentRef, cancellationToken))?.ElementAtOrDefault(document.Position);
}
