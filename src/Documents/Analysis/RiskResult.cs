namespace Jobs.Documents.Analysis;

/// <summary>A risk that a document tells of.</summary>
/// <param name="Category">One of <see cref="RiskAnalysis.Categories"/>.</param>
/// <param name="Likelihood">1 (rare) to 5 (almost certain, or already so).</param>
/// <param name="Impact">1 (hardly felt) to 5 (threatens the whole).</param>
/// <param name="Score">Likelihood times impact.</param>
/// <param name="Reason">Why, in a sentence.</param>
/// <param name="Evidence">The words that it rests on.</param>
public sealed record RiskFinding(string Category, int Likelihood, int Impact, int Score, string Reason, Evidence Evidence);

/// <summary>The risks that documents tell of.</summary>
/// <param name="Method">How they were found, with the model's name.</param>
/// <param name="Found">How many were found; no more than <see cref="RiskAnalysis.MaxFindings"/> are listed.</param>
/// <param name="Findings">The highest scores first, of equals in the documents' order.</param>
public sealed record RiskResult(string Method, int Found, IReadOnlyList<RiskFinding> Findings)
{
    /// <summary>Several results as one, such as those of documents that were analysed one by one. What several of them found is listed once.</summary>
    public static RiskResult Join(IReadOnlyList<RiskResult> results)
    {
        var findings = results.SelectMany(result => result.Findings).DistinctBy(finding => (finding.Category, finding.Evidence)).ToList();
        var repeated = results.Sum(result => result.Findings.Count) - findings.Count;
        return new(string.Join(' ', results.Select(result => result.Method).Distinct(StringComparer.Ordinal)), results.Sum(result => result.Found) - repeated, Listed(findings));
    }

    internal static RiskResult Of(string method, IReadOnlyList<SourceDocument> documents, IReadOnlyList<RiskFinding> found)
    {
        foreach (var finding in found)
        {
            finding.Evidence.Require(documents.Single(document => document.Id == finding.Evidence.Document).Parsed);
        }

        return new(method, found.Count, Listed(found));
    }

    /// <summary>Sorting by these alone keeps the order of equals, which is the documents'.</summary>
    private static IReadOnlyList<RiskFinding> Listed(IReadOnlyList<RiskFinding> found) =>
        [.. found.OrderByDescending(finding => finding.Score).ThenByDescending(finding => finding.Impact).Take(RiskAnalysis.MaxFindings)];
}

/// <summary>A risk that somebody else, such as an AI, proposes.</summary>
/// <param name="Document">The id of the document that tells of it.</param>
/// <param name="Category">One of <see cref="RiskAnalysis.Categories"/>.</param>
/// <param name="Likelihood">1 to 5.</param>
/// <param name="Impact">1 to 5.</param>
/// <param name="Quote">The words that it is said to rest on.</param>
/// <param name="Reason">Why.</param>
public sealed record RiskCandidate(string Document, string Category, int Likelihood, int Impact, string Quote, string Reason);
