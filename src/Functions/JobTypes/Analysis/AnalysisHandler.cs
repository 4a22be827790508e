using System.Runtime.InteropServices;
using System.Text.Json;
using Jobs.Documents.Embedding;
using Jobs.Documents.Wording;
using Jobs.Functions.Work;
using Jobs.Generation.Ai;
using Jobs.Storage;
using Microsoft.Extensions.Options;

namespace Jobs.Functions.JobTypes.Analysis;

/// <summary>
/// A type of work that looks at documents as a whole. The plan reads the documents and cuts what takes long into batches: vectors of sentences, which are made on this machine, or, where an
/// AI is configured and the type has a method for one, questions to a model. The end looks at the documents with all vectors or answers at hand. What a batch has made is never made
/// again, whatever attempt or process goes on.
/// </summary>
/// <typeparam name="TInput">The input.</typeparam>
/// <typeparam name="TSubject">What is looked at: the documents, and what they are compared with. It is kept as JSON.</typeparam>
public abstract class AnalysisHandler<TInput, TSubject>(IEmbedder embedder, IOptions<AiOptions> ai, IModelMethod<TSubject>? model = null) : JobHandler<TInput>
    where TInput : class
    where TSubject : class
{
    /// <inheritdoc/>
    public sealed override JobContract Contract => JobContract.Analysis;

    /// <inheritdoc/>
    public sealed override async Task<WorkEnd> FinishAsync(WorkContext work, IReadOnlyList<DoneBatch> batches, CancellationToken cancellationToken)
    {
        var parts = new List<DonePart>();
        foreach (var batch in batches)
        {
            parts.Add((await work.ReadAsync<DonePart>(batch.ResultsRef!, cancellationToken))[0]);
        }

        var subject = (await work.ReadAsync<TSubject>(parts[0].SubjectRef, cancellationToken))[0];
        ModelAnswerPart[] answers = [.. parts.Select(part => part.Answer).OfType<ModelAnswerPart>()];
        if (answers.Length > 0)
        {
            return new WorkEnd(await WriteFilesAsync(work, model!.Conclude(subject, answers, ai.Value.Model!, cancellationToken), cancellationToken));
        }

        var known = parts.SelectMany(part => part.Texts)
            .ToDictionary(text => text.Text, text => (ReadOnlyMemory<float>)MemoryMarshal.Cast<byte, float>(text.Vector).ToArray(), StringComparer.Ordinal);
        return new WorkEnd(await WriteFilesAsync(work, await ConcludeAsync(subject, new KnownVectors(embedder, known), cancellationToken), cancellationToken));
    }

    /// <summary>Reads what is to be looked at. Throws <see cref="WorkException"/> when it cannot be read.</summary>
    protected abstract Task<TSubject> ReadSubjectAsync(WorkContext work, TInput input, CancellationToken cancellationToken);

    /// <summary>The texts whose vectors <see cref="ConcludeAsync"/> needs.</summary>
    /// <exception cref="TextTooLongException">There is more than the limits allow.</exception>
    protected abstract IReadOnlyList<string> TextsOf(TSubject subject, CancellationToken cancellationToken);

    /// <summary>Makes the result without an AI.</summary>
    protected abstract Task<object> ConcludeAsync(TSubject subject, IEmbedder embedder, CancellationToken cancellationToken);

    /// <summary>Keeps the files that come of a result, and gives the result that lists them. Most types have none.</summary>
    protected virtual Task<object> WriteFilesAsync(WorkContext work, object result, CancellationToken cancellationToken) => Task.FromResult(result);

    /// <inheritdoc/>
    protected sealed override async Task<IReadOnlyList<PlannedBatch>> PlanAsync(WorkContext work, TInput input, CancellationToken cancellationToken)
    {
        try
        {
            var subject = await ReadSubjectAsync(work, input, cancellationToken);
            var subjectRef = await work.WriteAsync([subject], cancellationToken);
            var batches = new List<PlannedBatch>();
            foreach (var part in PartsOf(subject, subjectRef, cancellationToken))
            {
                batches.Add(new PlannedBatch(await work.WriteAsync([part], cancellationToken), part.Question?.Items ?? part.Texts.Count));
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
        var part = (await work.ReadAsync<PlannedPart>(batch.Ref, cancellationToken))[0];
        var done = part.Question is { } question
            ? new DonePart(part.SubjectRef, [], new ModelAnswerPart(question.Document, await AskAsync(work, question, cancellationToken)))
            : new DonePart(part.SubjectRef, await EmbedAsync(part.Texts, cancellationToken));
        return new BatchOutcome(new Dictionary<string, int>(), [done], []);
    }

    private IEnumerable<PlannedPart> PartsOf(TSubject subject, string subjectRef, CancellationToken cancellationToken)
    {
        var questions = model is not null && ai.Value.IsConfigured ? model.QuestionsOf(subject, cancellationToken) : [];
        if (questions.Count > 0)
        {
            return questions.Select(question => new PlannedPart(subjectRef, [], question));
        }

        string[][] texts = [.. TextsOf(subject, cancellationToken).Distinct(StringComparer.Ordinal).Chunk(AnalysisBatch.MaxTexts)];
        // Documents without a sentence have one batch too, which leads to them.
        return (texts.Length == 0 ? [[]] : texts).Select(some => new PlannedPart(subjectRef, some));
    }

    private async Task<IReadOnlyList<EmbeddedText>> EmbedAsync(IReadOnlyList<string> texts, CancellationToken cancellationToken)
    {
        var vectors = await embedder.EmbedAsync(texts, cancellationToken);
        return [.. texts.Zip(vectors, (text, vector) => new EmbeddedText(text, MemoryMarshal.AsBytes(vector.Span).ToArray()))];
    }

    private async Task<JsonElement> AskAsync(WorkContext work, ModelQuestionPart question, CancellationToken cancellationToken)
    {
        if (work.Model is not { } asked)
        {
            throw new WorkException("There is no AI model any more: it was taken out of the settings while the job waited.", isTransient: false);
        }

        var answer = await asked.AskAsync(new ModelQuestion(question.Text, model!.Instructions, model.Schema), cancellationToken);
        try
        {
            var json = JsonElement.Parse(answer.Text);
            model.Check(json);
            return json;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // Half of a surrogate pair passes the parser and fails when it is read.
            throw new WorkException(answer.IsCut ? "The AI model's answer was cut off: it may have no more tokens." : "The AI model's answer is not of the form that was asked for.", isTransient: true);
        }
    }
}
