using Jobs.Functions.Work;
using Jobs.Storage;

namespace Jobs.Functions.JobTypes.ParseDocument;

/// <summary>Reads a document of any format: its text, with sections, tables and pages.</summary>
public sealed class ParseDocumentHandler(DocumentSources sources) : JobHandler<ParseDocumentInput>
{
    /// <inheritdoc/>
    public override string Type => DocumentSources.ParsingType;

    /// <inheritdoc/>
    public override JobContract Contract => JobContract.Analysis;

    /// <inheritdoc/>
    public override async Task<WorkEnd> FinishAsync(WorkContext work, IReadOnlyList<DoneBatch> batches, CancellationToken cancellationToken) =>
        new((await work.ReadAsync<ParseDocumentResult>(batches[0].ResultsRef!, cancellationToken))[0]);

    /// <inheritdoc/>
    protected override IEnumerable<InputError> Check(ParseDocumentInput input) => input.Document.Check("input");

    /// <inheritdoc/>
    protected override async Task<IReadOnlyList<PlannedBatch>> PlanAsync(WorkContext work, ParseDocumentInput input, CancellationToken cancellationToken) =>
        [new PlannedBatch(await work.WriteAsync([input.Document], cancellationToken), 1)];

    /// <inheritdoc/>
    protected override async Task<BatchOutcome> RunAsync(WorkContext work, ParseDocumentInput input, PlannedBatch batch, CancellationToken cancellationToken)
    {
        var document = await sources.ReadAsync(work, input.Document, cancellationToken);
        return new BatchOutcome(new Dictionary<string, int>(), [ParseDocumentResult.Of(document)], []);
    }
}
