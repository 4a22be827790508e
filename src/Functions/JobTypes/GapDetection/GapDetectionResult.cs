using Jobs.Documents.Analysis;
using Jobs.Functions.JobTypes.Analysis;

namespace Jobs.Functions.JobTypes.GapDetection;

/// <summary>A document against requirements.</summary>
/// <param name="Method">How it was found.</param>
/// <param name="Document">The document.</param>
/// <param name="Covered">How many requirements are covered.</param>
/// <param name="Partial">How many are covered in part.</param>
/// <param name="Missing">How many are missing.</param>
/// <param name="Findings">A finding for each requirement, in their order, with the words that it rests on.</param>
public sealed record GapDetectionResult(string Method, AnalysedDocument Document, int Covered, int Partial, int Missing, IReadOnlyList<GapFinding> Findings)
{
    /// <summary>The result of a comparison.</summary>
    public static GapDetectionResult Of(GapResult result, SourceDocument document) =>
        new(result.Method, AnalysedDocument.Of(document), result.Covered, result.Partial, result.Missing, result.Findings);

    /// <summary>The comparison of a result.</summary>
    public GapResult ToComparison() => new(Method, Document.Id, Covered, Partial, Missing, Findings);
}
