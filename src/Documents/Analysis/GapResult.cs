namespace Jobs.Documents.Analysis;

/// <summary>What a document says to one requirement.</summary>
/// <param name="RequirementId">The requirement's id.</param>
/// <param name="Requirement">The requirement.</param>
/// <param name="Status">Whether it is covered.</param>
/// <param name="Score">How sure the method is that the document speaks of it, 0 to 1. It says nothing about what the document says.</param>
/// <param name="Reason">Why, in a sentence or two.</param>
/// <param name="Evidence">The words that it rests on, the most telling first; may be empty where something is missing.</param>
public sealed record GapFinding(string RequirementId, string Requirement, GapStatus Status, double Score, string Reason, IReadOnlyList<Evidence> Evidence);

/// <summary>A document against a list of requirements.</summary>
/// <param name="Method">How it was found, with the model's name.</param>
/// <param name="Document">The document's id.</param>
/// <param name="Covered">How many requirements are covered.</param>
/// <param name="Partial">How many are covered in part.</param>
/// <param name="Missing">How many are missing.</param>
/// <param name="Findings">A finding for each requirement, in their order.</param>
public sealed record GapResult(string Method, string Document, int Covered, int Partial, int Missing, IReadOnlyList<GapFinding> Findings)
{
    internal static GapResult Of(string method, SourceDocument document, IReadOnlyList<GapFinding> findings)
    {
        foreach (var evidence in findings.SelectMany(finding => finding.Evidence))
        {
            evidence.Require(document.Parsed);
        }

        return new(method, document.Id, Count(GapStatus.Covered), Count(GapStatus.Partial), Count(GapStatus.Missing), findings);

        int Count(GapStatus status) => findings.Count(finding => finding.Status == status);
    }
}

/// <summary>A finding that somebody else, such as an AI, proposes.</summary>
/// <param name="RequirementId">The requirement's id.</param>
/// <param name="Status">Whether it is said to be covered.</param>
/// <param name="Quotes">The words that it is said to rest on.</param>
/// <param name="Reason">Why.</param>
public sealed record GapCandidate(string RequirementId, GapStatus Status, IReadOnlyList<string> Quotes, string Reason);
