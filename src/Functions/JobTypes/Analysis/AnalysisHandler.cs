using System.Runtime.InteropServices;
using Jobs.Documents.Embedding;
using Jobs.Documents.Wording;
using Jobs.Functions.Work;
using Jobs.Storage;

namespace Jobs.Functions.JobTypes.Analysis;

/// <summary>
/// A type of work that looks at documents as a whole, by the meaning of their sentences. The plan reads the documents and cuts their sentences into batches; a batch makes vectors, which is
/// what takes long; the end looks at the documents with all vectors at hand. Vectors that were made are never made again, whatever attempt or process goes on.
/// </summary>
/// <typeparam name="TInput">The input.</typeparam>
/// <typeparam name="TSubject">What is looked at: the documents, and what they are compared with. It is kept as JSON.</typeparam>
public abstract class AnalysisHandler<TInput, TSubject>(IEmbedder embedder) : JobHandler<TInput>
    where TInput : class
    where TSubject : class
{
    /// <inheritdoc/>
    public sealed override JobContract Contract => JobContract.Analysis;

    /// <inheritdoc/>
    public sealed override async Task<WorkEnd> FinishAsync(WorkContext work, IReadOnlyList<DoneBatch> batches, CancellationToken cancellationToken)
    {
        var known = new Dictionary<string, ReadOnlyMemory<float>>(StringComparer.Ordinal);
        EmbeddedTexts? embedded = null;
        foreach (var batch in batches)
        {
            embedded = (await work.ReadAsync<EmbeddedTexts>(batch.ResultsRef!, cancellationToken))[0];
            foreach (var text in embedded.Texts)
            {
                known.Add(text.Text, MemoryMarshal.Cast<byte, float>(text.Vector).ToArray());
            }
        }

        var subject = (await work.ReadAsync<TSubject>(embedded!.SubjectRef, cancellationToken))[0];
        return new WorkEnd(await ConcludeAsync(subject, new KnownVectors(embedder, known), cancellationToken));
    }

    /// <summary>Reads what is to be looked at. Throws <see cref="WorkException"/> when it cannot be read.</summary>
    protected abstract Task<TSubject> ReadSubjectAsync(WorkContext work, TInput input, CancellationToken cancellationToken);

    /// <summary>The texts whose vectors <see cref="ConcludeAsync"/> needs.</summary>
    /// <exception cref="TextTooLongException">There is more than the limits allow.</exception>
    protected abstract IReadOnlyList<string> TextsOf(TSubject subject, CancellationToken cancellationToken);

    /// <summary>Makes the result.</summary>
    protected abstract Task<object> ConcludeAsync(TSubject subject, IEmbedder embedder, CancellationToken cancellationToken);

    /// <inheritdoc/>
    protected sealed override async Task<IReadOnlyList<PlannedBatch>> PlanAsync(WorkContext work, TInput input, CancellationToken cancellationToken)
    {
        try
        {
            var subject = await ReadSubjectAsync(work, input, cancellationToken);
            var subjectRef = await work.WriteAsync([subject], cancellationToken);
            string[][] parts = [.. TextsOf(subject, cancellationToken).Distinct(StringComparer.Ordinal).Chunk(AnalysisBatch.MaxTexts)];
            var batches = new List<PlannedBatch>();
            // Documents without a sentence have one batch too, which leads to them.
            foreach (var texts in parts.Length == 0 ? [[]] : parts)
            {
                batches.Add(new PlannedBatch(await work.WriteAsync([new PlannedTexts(subjectRef, texts)], cancellationToken), texts.Length));
            }

            return batches;
        }
        catch (TextTooLongException error)
        {
            throw new WorkException(error.Message, isTransient: false);
        }
    }

    /// <inheritdoc/>
    protected sealed override async Task<BatchOutcome> RunAsync(WorkContext work, TInput input, PlannedBatch batch, CancellationToken cancellationToken)
    {
        var (subjectRef, texts) = (await work.ReadAsync<PlannedTexts>(batch.Ref, cancellationToken))[0];
        var vectors = await embedder.EmbedAsync(texts, cancellationToken);
        var embedded = texts.Zip(vectors, (text, vector) => new EmbeddedText(text, MemoryMarshal.AsBytes(vector.Span).ToArray()));
        return new BatchOutcome(new Dictionary<string, int>(), [new EmbeddedTexts(subjectRef, [.. embedded])], []);
    }
}
