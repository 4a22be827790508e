namespace Jobs.Documents.Analysis.Reports;

/// <summary>What a report says.</summary>
/// <param name="Title">Its title.</param>
/// <param name="Method">How it was made, with the model's name.</param>
/// <param name="Figures">Its figures.</param>
/// <param name="Documents">The documents, in the order in which they were given.</param>
/// <param name="Gaps">Comparisons of documents with requirements.</param>
/// <param name="Risks">The documents' risks; null when none were sought.</param>
public sealed record Report(
    string Title, string Method, ReportFigures Figures, IReadOnlyList<ReportDocument> Documents, IReadOnlyList<GapResult> Gaps, RiskResult? Risks);

/// <summary>A report's figures.</summary>
/// <param name="Documents">How many documents there are.</param>
/// <param name="Words">How many words they have together.</param>
/// <param name="Requirements">How many requirements were compared, each as often as it was.</param>
/// <param name="Covered">How many of them are covered.</param>
/// <param name="Partial">How many are covered in part.</param>
/// <param name="Missing">How many are missing.</param>
/// <param name="Risks">How many risks are listed.</param>
/// <param name="HighestRisk">The highest score of a risk, 1 to 25; null when there is none.</param>
public sealed record ReportFigures(int Documents, long Words, int Requirements, int Covered, int Partial, int Missing, int Risks, int? HighestRisk);

/// <summary>A document in a report.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Format">The format that was read.</param>
/// <param name="Words">How many words it has.</param>
/// <param name="Pages">How many pages, sheets or slides it has; null for formats without any.</param>
/// <param name="Sections">How many sections it has.</param>
/// <param name="Tables">How many tables it has.</param>
/// <param name="Language">Its language as an ISO 639-1 code; null when unknown.</param>
/// <param name="Summary">The sentences that stand for it, in its order.</param>
public sealed record ReportDocument(
    string Id, string Name, string Format, int Words, int? Pages, int Sections, int Tables, string? Language, IReadOnlyList<Evidence> Summary);
