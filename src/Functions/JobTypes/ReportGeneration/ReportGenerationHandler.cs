using System.Text;
using Jobs.Documents.Analysis;
using Jobs.Documents.Embedding;
using Jobs.Functions.JobTypes.Analysis;
using Jobs.Functions.JobTypes.GapDetection;
using Jobs.Functions.JobTypes.ParseDocument;
using Jobs.Functions.JobTypes.RiskAnalysis;
using Jobs.Functions.Work;
using Jobs.Generation.Ai;
using Microsoft.Extensions.Options;
using ReportMethod = Jobs.Documents.Analysis.Reports.ReportGeneration;

namespace Jobs.Functions.JobTypes.ReportGeneration;

/// <summary>What a report is made of.</summary>
public sealed record ReportSubject(string Title, IReadOnlyList<SourceDocument> Documents, IReadOnlyList<GapResult> Gaps, RiskResult? Risks);

/// <summary>Makes a report of documents and of what earlier jobs found in them. Every quote of theirs is checked against its document again.</summary>
public sealed class ReportGenerationHandler(DocumentSources sources, EarlierJobs jobs, IEmbedder embedder, IOptions<AiOptions> ai)
    : AnalysisHandler<ReportGenerationInput, ReportSubject>(embedder, ai, new ReportModelMethod())
{
    /// <summary>The most earlier jobs of a report.</summary>
    public const int MaxJobs = 20;

    private const string DefaultTitle = "Report";

    private static readonly string[] EarlierTypes = [DocumentSources.ParsingType, GapDetectionHandler.TypeName, RiskAnalysisHandler.TypeName];

    /// <inheritdoc/>
    public override string Type => "REPORT_GENERATION";

    /// <inheritdoc/>
    protected override IEnumerable<InputError> Check(ReportGenerationInput input)
    {
        if (input.Title is { } title && (string.IsNullOrWhiteSpace(title) || title.Length > ReportMethod.MaxTitleLength))
        {
            yield return new InputError("input.title", $"must have 1 to {ReportMethod.MaxTitleLength} characters");
        }

        if (input is { Documents: null or { Count: 0 }, Jobs: null or { Count: 0 } })
        {
            yield return new InputError("input", "must have 'documents' or 'jobs'");
        }

        foreach (var error in DocumentReference.CheckAll(input.Documents ?? [], "input.documents"))
        {
            yield return error;
        }

        if (input.Jobs is { } ids && (ids.Count > MaxJobs || !ids.All(EarlierJobs.MayBeId)))
        {
            yield return new InputError("input.jobs", $"must have at most {MaxJobs} ids of jobs");
        }
    }

    /// <inheritdoc/>
    protected override async Task<ReportSubject> ReadSubjectAsync(WorkContext work, ReportGenerationInput input, CancellationToken cancellationToken)
    {
        var references = new List<DocumentReference>(input.Documents?.OfType<DocumentReference>() ?? []);
        var gaps = new List<GapResult>();
        var risks = new List<RiskResult>();
        foreach (var jobId in input.Jobs?.OfType<string>().Distinct(StringComparer.Ordinal) ?? [])
        {
            var job = await jobs.FindAsync(work, jobId, EarlierTypes, cancellationToken);
            switch (job.Work!.Type)
            {
                case GapDetectionHandler.TypeName:
                    references.Add((await jobs.ReadInputAsync<GapDetectionInput>(job, cancellationToken)).Document!);
                    gaps.Add((await jobs.ReadResultAsync<GapDetectionResult>(job, cancellationToken)).ToComparison());
                    break;

                case RiskAnalysisHandler.TypeName:
                    references.AddRange((await jobs.ReadInputAsync<RiskAnalysisInput>(job, cancellationToken)).Documents!.OfType<DocumentReference>());
                    risks.Add((await jobs.ReadResultAsync<RiskAnalysisResult>(job, cancellationToken)).ToAnalysis());
                    break;

                default:
                    references.Add(new DocumentReference(DocumentId: null, Text: null, jobId, Format: null, Name: null));
                    break;
            }
        }

        var documents = await sources.ReadAllAsync(work, references, cancellationToken);
        var subject = new ReportSubject(input.Title ?? DefaultTitle, documents, gaps, risks.Count == 0 ? null : RiskResult.Join(risks));
        try
        {
            ReportMethod.CheckParts(subject.Title, documents, gaps, subject.Risks);
            return subject;
        }
        catch (ArgumentException)
        {
            // A later version of the app may read a document otherwise than the one that did the earlier job.
            throw new WorkException("The result of an earlier job does not fit its document any more; do that job again.", isTransient: false);
        }
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<string> TextsOf(ReportSubject subject, CancellationToken cancellationToken) => ReportMethod.TextsOf(subject.Documents, cancellationToken);

    /// <inheritdoc/>
    protected override async Task<object> ConcludeAsync(ReportSubject subject, IEmbedder embedder, CancellationToken cancellationToken) =>
        ReportGenerationResult.Of(await new ReportMethod(embedder).GenerateAsync(subject.Title, subject.Documents, subject.Gaps, subject.Risks, cancellationToken));

    /// <inheritdoc/>
    protected override async Task<object> WriteFilesAsync(WorkContext work, object result, CancellationToken cancellationToken)
    {
        var report = (ReportGenerationResult)result;
        var renderings = new List<(string Name, string Text)> { ("report.md", report.Markdown), ("report.html", report.Html) };
        renderings.AddRange(report.Charts.Select(chart => ($"{chart.Name}.svg", chart.Svg)));
        var files = new List<WorkFile>();
        foreach (var (name, text) in renderings)
        {
            files.Add(await work.WriteFileAsync(name, Encoding.UTF8.GetBytes(text), cancellationToken));
        }

        return report with { Files = files };
    }
}
