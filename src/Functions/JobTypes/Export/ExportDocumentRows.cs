using System.Runtime.CompilerServices;
using System.Text.Json;
using Jobs.Functions.Work;
using Jobs.Storage;

namespace Jobs.Functions.JobTypes.Export;

/// <summary>
/// The organisation's documents, each as it was when the export was planned: the plan names the artifact that holds it, which never changes but that removed documents are taken out. A batch has documents of the same artifacts,
/// so that each artifact is read for one batch, or for two.
/// </summary>
public sealed class ExportDocumentRows(DocumentStore documents, DocumentContents contents) : IExportRows
{
    private const int PerPage = 1_000;

    /// <inheritdoc/>
    public string What => "documents";

    /// <inheritdoc/>
    public IReadOnlyList<string> Columns { get; } = ["id", "title", "text", "url", "metadata"];

    /// <inheritdoc/>
    public async Task<IReadOnlyList<PlannedBatch>> PlanAsync(WorkContext work, IReadOnlySet<string>? only, CancellationToken cancellationToken)
    {
        var artifacts = new Dictionary<(string JobId, string ContentRef), List<Place>>();
        var count = 0;
        await foreach (var document in documents.ListAsync(work.Tenant, after: null, PerPage, cancellationToken))
        {
            if (only?.Contains(document.Id) is false)
            {
                continue;
            }

            if (++count > ExportHandler.MaxRows)
            {
                throw ExportHandler.TooMany(What);
            }

            var key = (document.JobId, document.ContentRef);
            (artifacts.TryGetValue(key, out var places) ? places : artifacts[key] = []).Add(new Place(Guid.ParseExact(document.Id, "N"), document.Position));
        }

        var batches = new List<PlannedBatch>();
        var batch = new List<Source>();
        var rows = 0;
        foreach (var (key, places) in artifacts.OrderBy(artifact => artifact.Key.JobId, StringComparer.Ordinal).ThenBy(artifact => artifact.Key.ContentRef, StringComparer.Ordinal))
        {
            places.Sort((one, other) => one.Position.CompareTo(other.Position));
            for (var from = 0; from < places.Count;)
            {
                var some = places.GetRange(from, Math.Min(places.Count - from, ExportHandler.MaxBatchRows - rows));
                batch.Add(new Source(key.JobId, key.ContentRef, some));
                from += some.Count;
                rows += some.Count;
                if (rows == ExportHandler.MaxBatchRows)
                {
                    await EndBatchAsync();
                }
            }
        }

        if (rows > 0)
        {
            await EndBatchAsync();
        }

        return batches;

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
            var held = await contents.FindAllAsync(work.Tenant, source.JobId, source.ContentRef, cancellationToken);
            foreach (var place in source.Places)
            {
                yield return held?.ElementAtOrDefault(place.Position) is { } document
                    ? new ExportRow(JsonSerializer.SerializeToUtf8Bytes(ExportedDocument.Of(document), WorkJson.Options))
                    : new ExportRow(null, new ExportError($"{place.Id:N}", ExportError.ContentMissing, "What the document holds is not there any more."));
            }
        }
    }

    /// <summary>Documents of one artifact.</summary>
    private sealed record Source(string JobId, string ContentRef, List<Place> Places);

    /// <summary>A document's id and its place in the artifact, in few bytes: all of an organisation's are in memory while they are sorted.</summary>
    private readonly record struct Place(Guid Id, int Position);
}
