using Jobs.Documents.Analysis;
using Jobs.Documents.Embedding;
using Jobs.Functions.JobTypes.Analysis;
using Jobs.Functions.JobTypes.ParseDocument;
using Jobs.Functions.Work;
using Jobs.Generation.Ai;
using Microsoft.Extensions.Options;
using RiskMethod = Jobs.Documents.Analysis.RiskAnalysis;

namespace Jobs.Functions.JobTypes.RiskAnalysis;

/// <summary>Finds the risks that documents tell of, rates them, and quotes the words that tell of them.</summary>
public sealed class RiskAnalysisHandler(DocumentSources sources, IEmbedder embedder, IOptions<AiOptions> ai)
    : AnalysisHandler<RiskAnalysisInput, IReadOnlyList<SourceDocument>>(embedder, ai, new RiskModelMethod())
{
    /// <summary>The type's name.</summary>
    public const string TypeName = "RISK_ANALYSIS";

    /// <inheritdoc/>
    public override string Type => TypeName;

    /// <inheritdoc/>
    protected override IEnumerable<InputError> Check(RiskAnalysisInput input) => input.Documents is { Count: > 0 } documents
        ? DocumentReference.CheckAll(documents, "input.documents")
        : [new InputError("input.documents", $"must have 1 to {DocumentSources.MaxDocuments} documents")];

    /// <inheritdoc/>
    protected override Task<IReadOnlyList<SourceDocument>> ReadSubjectAsync(WorkContext work, RiskAnalysisInput input, CancellationToken cancellationToken) =>
        sources.ReadAllAsync(work, input.Documents!.OfType<DocumentReference>(), cancellationToken);

    /// <inheritdoc/>
    protected override IReadOnlyList<string> TextsOf(IReadOnlyList<SourceDocument> subject, CancellationToken cancellationToken) => RiskMethod.TextsOf(subject, cancellationToken);

    /// <inheritdoc/>
    protected override async Task<object> ConcludeAsync(IReadOnlyList<SourceDocument> subject, IEmbedder embedder, CancellationToken cancellationToken) =>
        RiskAnalysisResult.Of(await new RiskMethod(embedder).AnalyseAsync(subject, cancellationToken), subject);
}
