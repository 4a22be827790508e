using Jobs.Documents.Embedding;
using Jobs.Documents.Wording;

namespace Jobs.Documents.Analysis.Reports;

/// <summary>Makes a report of documents and of what earlier analyses found in them, without any AI service. The same input gives the same report.</summary>
public sealed class ReportGeneration(IEmbedder embedder)
{
    /// <summary>The most comparisons with requirements.</summary>
    public const int MaxGaps = 50;

    /// <summary>The longest title, in characters.</summary>
    public const int MaxTitleLength = 200;

    /// <summary>The texts whose vectors <see cref="GenerateAsync"/> asks for: who has made them before, some at a time, gives it <see cref="KnownVectors"/>.</summary>
    /// <exception cref="TextTooLongException">There is more than the limits allow.</exception>
    public static IReadOnlyList<string> TextsOf(IReadOnlyList<SourceDocument> documents, CancellationToken cancellationToken)
    {
        RiskAnalysis.CheckDocuments(documents);
        return [.. documents.SelectMany(document => ExtractiveSummary.TextsOf(document, SentencesOfOne(documents), cancellationToken))];
    }

    /// <summary>Makes a report. Every quote in it is checked against its document, those of earlier results too.</summary>
    /// <exception cref="TextTooLongException">There is more than the limits allow.</exception>
    /// <exception cref="ArgumentException">A result is about a document that is not given, or quotes what its document does not say.</exception>
    public async Task<Report> GenerateAsync(
        string title, IReadOnlyList<SourceDocument> documents, IReadOnlyList<GapResult> gaps, RiskResult? risks, CancellationToken cancellationToken)
    {
        RiskAnalysis.CheckDocuments(documents);
        TextTooLongException.ThrowIfLonger(title.Length, MaxTitleLength, "The title");
        TextTooLongException.ThrowIfMore(gaps.Count, MaxGaps, "comparisons with requirements");
        CheckEvidence(documents, gaps, risks);
        var described = new List<ReportDocument>();
        foreach (var (id, name, parsed) in documents)
        {
            var summary = await ExtractiveSummary.OfAsync(new(id, name, parsed), embedder, SentencesOfOne(documents), cancellationToken);
            described.Add(new(id, name, parsed.Format, parsed.Words, parsed.Pages, parsed.Sections.Count, parsed.Tables.Count, parsed.Language, summary));
        }

        var figures = new ReportFigures(
            documents.Count, documents.Sum(document => (long)document.Parsed.Words), gaps.Sum(gap => gap.Findings.Count), gaps.Sum(gap => gap.Covered), gaps.Sum(gap => gap.Partial),
            gaps.Sum(gap => gap.Missing), risks?.Findings.Count ?? 0, risks is { Findings.Count: > 0 } ? risks.Findings.Max(risk => risk.Score) : null);
        return new(title, $"Summaries are sentences of the documents, picked by their meaning (the model {embedder.Model}); every quote was checked against its document.", figures, described, gaps, risks);
    }

    private static int SentencesOfOne(IReadOnlyList<SourceDocument> documents) => AnalysisLimits.MaxEmbeddedSentences / documents.Count;

    private static void CheckEvidence(IReadOnlyList<SourceDocument> documents, IReadOnlyList<GapResult> gaps, RiskResult? risks)
    {
        var known = documents.ToDictionary(document => document.Id, document => document.Parsed, StringComparer.Ordinal);
        var quoted = gaps.SelectMany(gap => gap.Findings).SelectMany(finding => finding.Evidence).Concat(risks?.Findings.Select(finding => finding.Evidence) ?? []);
        if (gaps.Any(gap => !known.ContainsKey(gap.Document)) || quoted.Any(evidence => !known.TryGetValue(evidence.Document, out var document) || !evidence.OccursIn(document)))
        {
            throw new ArgumentException("A result is about a document that is not given, or quotes what its document does not say.");
        }
    }
}
