using System.Text.Json;
using Jobs.Documents.Chunking;
using Jobs.Functions.Capacity;
using Jobs.Functions.Documents;
using Jobs.Functions.Work;
using Jobs.Generation.Ai;
using Jobs.Storage;

namespace Jobs.Functions.JobTypes.BatchEmbedding;

/// <summary>
/// Makes the vectors by which documents are found: of all chunks of the documents that have none yet for their content and the model. What a batch has embedded is found at once, also
/// when its job does not come to its end, and another job need not do it again.
/// </summary>
public sealed class BatchEmbeddingHandler(
    DocumentStore documents,
    DocumentChunks chunks,
    EmbeddingStore embeddings,
    DocumentRemoval removal,
    ArtifactStore artifacts,
    DocumentEmbedder embedder,
    TimeProvider time) : JobHandler<BatchEmbeddingInput>
{
    /// <summary>The most documents that an input names.</summary>
    public const int MaxNamed = 1_000;

    /// <summary>The most documents of a job that have no vectors yet; of more, the others are left for another job.</summary>
    public const int MaxDocuments = 20_000;

    /// <summary>How many tokens a batch has at most, two that mark the ends of each chunk among them; they take a processor some seconds.</summary>
    public const int MaxBatchTokens = 8_192;

    /// <summary>How many chunks a batch has at most, which is what one call of an AI's model takes.</summary>
    public const int MaxBatchChunks = AiEmbedder.MaxTexts;

    /// <summary>The length of a document's id.</summary>
    public const int IdLength = 32;

    /// <summary>The error of an id of which the organisation has no document.</summary>
    public const string DocumentNotFound = "document_not_found";

    /// <summary>The error of a document that is too long to be divided.</summary>
    public const string TooLarge = "too_large";

    /// <summary>How long documents are read for a plan; those that were not read by then are left for another job.</summary>
    public static readonly TimeSpan PlanTimeLimit = TimeSpan.FromMinutes(1);

    private const int MaxReads = 16;

    private const string Documents = "documents", Unchanged = "unchanged", Left = "left", Chunks = "chunks";

    /// <summary>The model on this machine takes one batch after another: an organisation that has one under way waits, so that others need not.</summary>
    private readonly TenantGate _gate = new(1);

    /// <inheritdoc/>
    public override string Type => "batch_embedding";

    /// <inheritdoc/>
    public override JobContract Contract => JobContract.Platform;

    /// <inheritdoc/>
    public override async Task<WorkEnd> FinishAsync(WorkContext work, IReadOnlyList<DoneBatch> batches, CancellationToken cancellationToken)
    {
        var result = new BatchEmbeddingResult(
            Sum(Documents), Sum(Unchanged), Sum(Left), Sum(Chunks), batches.Sum(batch => batch.Errors), embedder.Model, embedder.Dimensions);
        if (result is not { DocumentsEmbedded: 0, DocumentsUnchanged: 0, DocumentsLeft: 0, Errors: > 0 })
        {
            return new WorkEnd(result);
        }

        var first = (await work.ReadErrorsAsync(batches.First(batch => batch.Errors > 0), cancellationToken))[0].Deserialize<EmbeddingError>(JsonSerializerOptions.Web)!;
        return new WorkEnd(null, $"No document could be embedded, of {result.Errors}. Document {first.Id}: {first.Message}");

        int Sum(string count) => batches.Sum(batch => batch.Counts.GetValueOrDefault(count));
    }

    /// <inheritdoc/>
    protected override IEnumerable<InputError> Check(BatchEmbeddingInput input)
    {
        if (!input.IsAll && (input.Ids is not { Count: >= 1 and <= MaxNamed } ids || !ids.All(IsId)))
        {
            yield return new InputError("input.documents", $"must be 'all', or a list of 1 to {MaxNamed} ids of documents");
        }
    }

    /// <inheritdoc/>
    protected override async Task<IReadOnlyList<PlannedBatch>> PlanAsync(WorkContext work, BatchEmbeddingInput input, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        var failed = (await work.ReadErrorsToRepeatAsync(cancellationToken))?.Select(error => error.GetProperty("id").GetString()!).ToList();
        var errors = new List<EmbeddingError>();
        var (wanted, unchanged, left) = await ChooseAsync(work.Tenant, failed ?? input.Ids, errors, cancellationToken);
        // One batch tells of what needs no embedding.
        var plan = new EmbeddingPlan(WorkLimits.MaxBatches - 1);
        var batches = new List<PlannedBatch>();
        foreach (var some in wanted.GroupBy(document => (document.JobId, document.ContentRef)).Chunk(MaxReads))
        {
            if (time.GetElapsedTime(began) > PlanTimeLimit)
            {
                left += some.Sum(artifact => artifact.Count());
                continue;
            }

            foreach (var chunked in (await Task.WhenAll(some.Select(artifact => chunks.ReadAsync(work.Tenant, [.. artifact], cancellationToken)))).SelectMany(read => read))
            {
                if (chunked.Error is not null)
                {
                    errors.Add(ErrorOf(chunked));
                }
                else if (!plan.TryAdd(chunked))
                {
                    left++;
                }
            }

            await WriteFullAsync();
        }

        plan.Close();
        await WriteFullAsync();
        if (unchanged + left + errors.Count > 0)
        {
            await WriteAsync(new EmbeddingBatch([], unchanged, left, errors), unchanged + errors.Count);
        }

        return batches;

        async Task WriteFullAsync()
        {
            foreach (var parts in plan.TakeFull())
            {
                await WriteAsync(new EmbeddingBatch(parts, Unchanged: 0, Left: 0, []), parts.Sum(part => part.Chunks));
            }
        }

        async Task WriteAsync(EmbeddingBatch batch, int items) => batches.Add(new PlannedBatch(await work.WriteAsync([batch], cancellationToken), items));
    }

    /// <inheritdoc/>
    protected override async Task<BatchOutcome> RunAsync(WorkContext work, BatchEmbeddingInput input, PlannedBatch planned, CancellationToken cancellationToken)
    {
        var batch = (await work.ReadAsync<EmbeddingBatch>(planned.Ref, cancellationToken))[0];
        var (parts, left, errors) = await ReadAsync(work.Tenant, batch.Parts, cancellationToken);
        var results = parts.Count > 0 ? await EmbedAsync(work, parts, cancellationToken) : [];
        var counts = new Dictionary<string, int>
        {
            [Documents] = parts.Count(part => part.Planned.Part == 0),
            [Unchanged] = batch.Unchanged,
            [Left] = batch.Left + left,
            [Chunks] = parts.Sum(part => part.Chunks.Count),
        };
        return new BatchOutcome(counts, results, [.. batch.Errors, .. errors]);
    }

    private static EmbeddingError ErrorOf(ChunkedDocument chunked) => new(chunked.Document.Id, chunked.IsGone ? DocumentNotFound : TooLarge, chunked.Error!);

    /// <summary>
    /// Reads the chunks of parts. Left out are those of a document that was removed since it was planned, which is an error, and of one that was changed, which is left for another job; each
    /// is told of once, with its first part.
    /// </summary>
    private async Task<(List<(PlannedPart Planned, IReadOnlyList<DocumentChunk> Chunks)> Parts, int Left, List<EmbeddingError> Errors)> ReadAsync(
        string tenant,
        IReadOnlyList<PlannedPart> planned,
        CancellationToken cancellationToken)
    {
        var now = await FindAllAsync(tenant, planned, cancellationToken);
        var chunked = new Dictionary<string, ChunkedDocument>(StringComparer.Ordinal);
        var unchanged = planned.Select(part => part.Document).Where(document => now[document.Id]?.ContentHash == document.ContentHash).Select(document => now[document.Id]!).Distinct();
        foreach (var artifact in unchanged.GroupBy(document => (document.JobId, document.ContentRef)))
        {
            foreach (var document in await chunks.ReadAsync(tenant, [.. artifact], cancellationToken))
            {
                chunked.Add(document.Document.Id, document);
            }
        }

        var parts = new List<(PlannedPart, IReadOnlyList<DocumentChunk>)>();
        var errors = new List<EmbeddingError>();
        var left = 0;
        foreach (var part in planned)
        {
            var document = now[part.Document.Id] is null ? ChunkedDocument.Gone(part.Document) : chunked.GetValueOrDefault(part.Document.Id);
            if (document is { Error: null })
            {
                parts.Add((part, [.. document.Chunks.Skip(part.First).Take(part.Chunks)]));
            }
            else if (part.Part == 0 && document is null)
            {
                left++;
            }
            else if (part.Part == 0)
            {
                errors.Add(ErrorOf(document!));
            }
        }

        return (parts, left, errors);
    }

    /// <summary>The documents of parts as they are now; null for one that is not there any more.</summary>
    private async Task<Dictionary<string, StoredDocument?>> FindAllAsync(string tenant, IEnumerable<PlannedPart> parts, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, StoredDocument?>(StringComparer.Ordinal);
        foreach (var some in parts.Select(part => part.Document.Id).Distinct(StringComparer.Ordinal).Chunk(MaxReads))
        {
            foreach (var (id, document) in some.Zip(await Task.WhenAll(some.Select(id => documents.FindAsync(tenant, id, cancellationToken)))))
            {
                found.Add(id, document);
            }
        }

        return found;
    }

    private async Task<IReadOnlyList<EmbeddedDocument>> EmbedAsync(
        WorkContext work,
        IReadOnlyList<(PlannedPart Planned, IReadOnlyList<DocumentChunk> Chunks)> parts,
        CancellationToken cancellationToken)
    {
        var texts = parts.SelectMany(part => part.Chunks.Select(chunk => (part.Planned.Document.Id, Chunk: chunk))).ToList();
        ReadOnlyMemory<float>[] vectors;
        using (embedder.IsLocal ? await _gate.EnterAsync(work.Tenant, cancellationToken) : null)
        {
            vectors = await embedder.EmbedAsync([.. texts.Select(text => text.Chunk.Text)], work.Model, cancellationToken);
        }

        var lines = EmbeddedChunk.ToJsonLines(texts.Zip(vectors, (text, vector) => EmbeddedChunk.Of(text.Id, text.Chunk, vector)));
        var artifact = await artifacts.WriteAsync(work.Tenant, work.JobId, lines, cancellationToken);
        var now = time.GetUtcNow();
        EmbeddedPart[] made =
        [
            .. parts.Select(part => new EmbeddedPart(
                part.Planned.Document.Id,
                part.Planned.Part,
                part.Planned.Parts,
                part.Planned.Document.ContentHash,
                embedder.Model,
                part.Planned.Document.Title,
                part.Planned.Document.Url,
                part.Chunks.Count,
                part.Chunks.Sum(chunk => chunk.Length),
                work.JobId,
                artifact,
                now)),
        ];
        await embeddings.PutAsync(work.Tenant, made, cancellationToken);
        // Whoever removes a document marks it before he takes its vectors away: either he has seen these, or the mark is seen here.
        if ((await FindAllAsync(work.Tenant, parts.Select(part => part.Planned), cancellationToken)).Where(document => document.Value is null).Select(document => document.Key).ToList() is { Count: > 0 } gone)
        {
            await removal.RemoveVectorsAsync(work.Tenant, gone, cancellationToken);
        }

        return [.. parts.Select(part => new EmbeddedDocument(part.Planned.Document.Id, part.Planned.Document.Title, part.Planned.Part, part.Planned.Parts, part.Chunks.Count, artifact))];
    }

    /// <summary>The documents that have no vectors of their content yet, those of one artifact together; how many have them, and how many are more than a job takes.</summary>
    private async Task<(List<StoredDocument> Wanted, int Unchanged, int Left)> ChooseAsync(
        string tenant,
        IReadOnlyList<string>? ids,
        List<EmbeddingError> errors,
        CancellationToken cancellationToken)
    {
        var done = await EmbeddedHashesAsync(tenant, cancellationToken);
        var (wanted, unchanged, left) = (new List<StoredDocument>(), 0, 0);
        if (ids is null)
        {
            await foreach (var document in documents.ListAsync(tenant, after: null, perPage: 1_000, cancellationToken))
            {
                Add(document);
            }
        }
        else
        {
            foreach (var some in ids.Chunk(MaxReads))
            {
                foreach (var (id, document) in some.Zip(await Task.WhenAll(some.Select(id => documents.FindAsync(tenant, id, cancellationToken)))))
                {
                    if (document is null)
                    {
                        errors.Add(new EmbeddingError(id, DocumentNotFound, $"There is no document {id}."));
                    }
                    else
                    {
                        Add(document);
                    }
                }
            }
        }

        return ([.. wanted.OrderBy(document => document.JobId, StringComparer.Ordinal).ThenBy(document => document.ContentRef, StringComparer.Ordinal).ThenBy(document => document.Position)], unchanged, left);

        void Add(StoredDocument document)
        {
            if (done.GetValueOrDefault(document.Id) == document.ContentHash)
            {
                unchanged++;
            }
            else if (wanted.Count == MaxDocuments)
            {
                left++;
            }
            else
            {
                wanted.Add(document);
            }
        }
    }

    /// <summary>The hashes of the contents of which all parts have vectors of the model, by document.</summary>
    private async Task<Dictionary<string, string>> EmbeddedHashesAsync(string tenant, CancellationToken cancellationToken)
    {
        var hashes = new Dictionary<string, string>(StringComparer.Ordinal);
        var (first, count) = ((EmbeddedPart?)null, 0);
        // The parts of a document follow one another.
        await foreach (var part in embeddings.ListAsync(tenant, cancellationToken))
        {
            if (part.Part == 0)
            {
                (first, count) = (part, 0);
            }

            if (part.DocumentId == first?.DocumentId && part.ContentHash == first.ContentHash && part.Model == embedder.Model && part.Part < first.Parts && ++count == first.Parts)
            {
                hashes[part.DocumentId] = part.ContentHash;
            }
        }

        return hashes;
    }

    private static bool IsId(string id) => id.Length == IdLength && id.AsSpan().IndexOfAnyExcept("0123456789abcdef") < 0;
}
