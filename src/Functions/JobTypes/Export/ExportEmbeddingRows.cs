using System.Runtime.CompilerServices;
using System.Text.Json;
using Jobs.Functions.Work;
using Jobs.Storage;

namespace Jobs.Functions.JobTypes.Export;

/// <summary>
/// The organisation's embeddings: a row for each chunk with its vector, as it was when the export was planned. The plan names the artifacts that hold them, out of which those of removed documents are taken.
/// </summary>
public sealed class ExportEmbeddingRows(EmbeddingStore embeddings, ArtifactStore artifacts) : IExportRows
{
    /// <inheritdoc/>
    public string What => "embeddings";

    /// <inheritdoc/>
    public IReadOnlyList<string> Columns { get; } = ["documentId", "id", "index", "start", "length", "tokens", "headings", "page", "text", "vector"];

    /// <inheritdoc/>
    public async Task<IReadOnlyList<PlannedBatch>> PlanAsync(WorkContext work, IReadOnlySet<string>? only, CancellationToken cancellationToken)
    {
        var sources = new Dictionary<(string JobId, string ArtifactRef), (HashSet<string> Documents, int Chunks)>();
        var count = 0;
        var document = new List<EmbeddedPart>();
        await foreach (var part in embeddings.ListAsync(work.Tenant, cancellationToken))
        {
            if (document.Count > 0 && document[0].DocumentId != part.DocumentId)
            {
                AddDocument();
            }

            if (only?.Contains(part.DocumentId) is not false)
            {
                document.Add(part);
            }
        }

        AddDocument();
        var batches = new List<PlannedBatch>();
        var batch = new List<Source>();
        var rows = 0;
        foreach (var (key, (documents, chunks)) in sources.OrderBy(source => source.Key.JobId, StringComparer.Ordinal).ThenBy(source => source.Key.ArtifactRef, StringComparer.Ordinal))
        {
            if (rows > 0 && rows + chunks > ExportHandler.MaxBatchRows)
            {
                await EndBatchAsync();
            }

            batch.Add(new Source(key.JobId, key.ArtifactRef, [.. documents]));
            rows += chunks;
        }

        if (batch.Count > 0)
        {
            await EndBatchAsync();
        }

        return batches;

        void AddDocument()
        {
            foreach (var part in EmbeddedPart.OfNow(document))
            {
                count += part.Chunks;
                if (count > ExportHandler.MaxRows)
                {
                    throw ExportHandler.TooMany("chunks");
                }

                var key = (part.JobId, part.ArtifactRef);
                var source = sources.TryGetValue(key, out var known) ? known : (Documents: new HashSet<string>(StringComparer.Ordinal), Chunks: 0);
                source.Documents.Add(part.DocumentId);
                sources[key] = source with { Chunks = source.Chunks + part.Chunks };
            }

            document.Clear();
        }

        async Task EndBatchAsync()
        {
            batches.Add(new PlannedBatch(await work.WriteAsync(batch, cancellationToken), rows));
            batch.Clear();
            rows = 0;
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ExportRow> ReadAsync(WorkContext work, PlannedBatch batch, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var source in await work.ReadAsync<Source>(batch.Ref, cancellationToken))
        {
            if (await artifacts.FindAsync(work.Tenant, source.JobId, source.ArtifactRef, cancellationToken) is not { } content)
            {
                foreach (var id in source.Documents)
                {
                    yield return new ExportRow(null, new ExportError(id, ExportError.ContentMissing, "The vectors of the document are not there any more."));
                }

                continue;
            }

            // The artifact has a chunk a line, also those of documents that were embedded anew by then.
            var lines = content.ToMemory();
            while (lines.Span.IndexOf((byte)'\n') is >= 0 and var end)
            {
                if (source.Documents.Contains(JsonElement.Parse(lines.Span[..end]).GetProperty("documentId").GetString()!, StringComparer.Ordinal))
                {
                    yield return new ExportRow(lines[..end].ToArray());
                }

                lines = lines[(end + 1)..];
            }
        }
    }

    /// <summary>Documents whose chunks one artifact holds.</summary>
    private sealed record Source(string JobId, string ArtifactRef, List<string> Documents);
}
