using Jobs.Documents.Analysis;
using Jobs.Functions.JobTypes.Analysis;

namespace Jobs.Functions.JobTypes.RiskAnalysis;

/// <summary>The risks that documents tell of.</summary>
/// <param name="Method">How they were found.</param>
/// <param name="Documents">The documents.</param>
/// <param name="Found">How many were found; the highest are listed.</param>
/// <param name="Findings">The highest scores first, each with the words that it rests on.</param>
public sealed record RiskAnalysisResult(string Method, IReadOnlyList<AnalysedDocument> Documents, int Found, IReadOnlyList<RiskFinding> Findings)
{
    /// <summary>The result of an analysis.</summary>
    public static RiskAnalysisResult Of(RiskResult result, IReadOnlyList<SourceDocument> documents) =>
        new(result.Method, [.. documents.Select(AnalysedDocument.Of)], result.Found, result.Findings);

    /// <summary>The analysis of a result.</summary>
    public RiskResult ToAnalysis() => new(Method, Found, Findings);
}
