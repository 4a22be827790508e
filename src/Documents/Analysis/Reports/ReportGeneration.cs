using Jobs.Documents.Embedding;
using Jobs.Documents.Wording;

namespace Jobs.Documents.Analysis.Reports;

/// <summary>Makes a report of documents and of what earlier analyses found in them. The same input gives the same report.</summary>
public sealed class ReportGeneration(IEmbedder embedder)
{
    /// <summary>The most comparisons with requirements.</summary>
    public const int MaxGaps = 50;

    /// <summary>The longest title, in characters.</summary>
    public const int MaxTitleLength = 200;

    /// <summary>Checks what a report is to be made of; so do those that make it.</summary>
    /// <exception cref="TextTooLongException">There is more than the limits allow.</exception>
    /// <exception cref="ArgumentException">A result is about a document that is not given, or quotes what its document does not say.</exception>
    public static void CheckParts(string title, IReadOnlyList<SourceDocument> documents, IReadOnlyList<GapResult> gaps, RiskResult? risks)
    {
        RiskAnalysis.CheckDocuments(documents);
        TextTooLongException.ThrowIfLonger(title.Length, MaxTitleLength, "The title");
        TextTooLongException.ThrowIfMore(gaps.Count, MaxGaps, "comparisons with requirements");
        var known = documents.ToDictionary(document => document.Id, document => document.Parsed, StringComparer.Ordinal);
        var quoted = gaps.SelectMany(gap => gap.Findings).SelectMany(finding => finding.Evidence).Concat(risks?.Findings.Select(finding => finding.Evidence) ?? []);
        if (gaps.Any(gap => !known.ContainsKey(gap.Document)) || quoted.Any(evidence => !known.TryGetValue(evidence.Document, out var document) || !evidence.OccursIn(document)))
        {
            throw new ArgumentException("A result is about a document that is not given, or quotes what its document does not say.");
        }
    }

    /// <summary>The texts whose vectors <see cref="GenerateAsync"/> asks for: who has made them before, some at a time, gives it <see cref="KnownVectors"/>.</summary>
    /// <exception cref="TextTooLongException">There is more than the limits allow.</exception>
    public static IReadOnlyList<string> TextsOf(IReadOnlyList<SourceDocument> documents, CancellationToken cancellationToken)
    {
        RiskAnalysis.CheckDocuments(documents);
        return [.. documents.SelectMany(document => ExtractiveSummary.TextsOf(document, SentencesOfOne(documents), cancellationToken))];
    }

    /// <summary>Makes a report without any AI service. Every quote in it is checked against its document, those of earlier results too.</summary>
    /// <exception cref="TextTooLongException">There is more than the limits allow.</exception>
    /// <exception cref="ArgumentException">A result is about a document that is not given, or quotes what its document does not say.</exception>
    public async Task<Report> GenerateAsync(
        string title, IReadOnlyList<SourceDocument> documents, IReadOnlyList<GapResult> gaps, RiskResult? risks, CancellationToken cancellationToken)
    {
        CheckParts(title, documents, gaps, risks);
        var summaries = new List<IReadOnlyList<Evidence>>();
        foreach (var document in documents)
        {
            summaries.Add(await ExtractiveSummary.OfAsync(document, embedder, SentencesOfOne(documents), cancellationToken));
        }

        return Compose(title, $"Summaries are sentences of the documents, picked by their meaning (the model {embedder.Model}); every quote was checked against its document.", documents, summaries, gaps, risks);
    }

    /// <summary>
    /// Makes a report whose summaries are words that somebody else, such as an AI, picked: <paramref name="quotes"/>, by the documents' ids. Those stand that the document has, at most as many
    /// as another summary has, in the document's order.
    /// </summary>
    /// <exception cref="TextTooLongException">There is more than the limits allow.</exception>
    /// <exception cref="ArgumentException">A result is about a document that is not given, or quotes what its document does not say.</exception>
    public static Report Check(
        string title, IReadOnlyList<SourceDocument> documents, ILookup<string, string> quotes, IReadOnlyList<GapResult> gaps, RiskResult? risks, string method, CancellationToken cancellationToken)
    {
        CheckParts(title, documents, gaps, risks);
        var summaries = documents.Select(document => ExtractiveSummary.Check(document, quotes[document.Id], cancellationToken)).ToList();
        return Compose(title, method, documents, summaries, gaps, risks);
    }

    /// <summary>What of a document a reader should see who picks its summary and takes so many characters at once, such as an AI: all of it, or parts that are evenly spread.</summary>
    /// <exception cref="TextTooLongException">The document is longer than is analysed.</exception>
    public static string ExcerptOf(SourceDocument document, int maxLength)
    {
        var text = document.Parsed.Text;
        TextTooLongException.ThrowIfLonger(text.Length, DocumentSentences.MaxDocumentLength, "The document");
        if (text.Length <= maxLength)
        {
            return text;
        }

        var passages = Passages.Of(text, Passages.ShortLength);
        var most = Math.Max(1, maxLength / Passages.ShortLength);
        return string.Join(Passages.Gap, Enumerable.Range(0, most).Select(i => passages[(int)((long)i * passages.Count / most)]).Select(passage => text.Substring(passage.Start, passage.Length)));
    }

    private static Report Compose(
        string title, string method, IReadOnlyList<SourceDocument> documents, IReadOnlyList<IReadOnlyList<Evidence>> summaries, IReadOnlyList<GapResult> gaps, RiskResult? risks)
    {
        var described = documents.Zip(summaries, (document, summary) =>
        {
            var (id, name, parsed) = document;
            return new ReportDocument(id, name, parsed.Format, parsed.Words, parsed.Pages, parsed.Sections.Count, parsed.Tables.Count, parsed.Language, summary);
        }).ToList();
        var figures = new ReportFigures(
            documents.Count, documents.Sum(document => (long)document.Parsed.Words), gaps.Sum(gap => gap.Findings.Count), gaps.Sum(gap => gap.Covered), gaps.Sum(gap => gap.Partial),
            gaps.Sum(gap => gap.Missing), risks?.Findings.Count ?? 0, risks is { Findings.Count: > 0 } ? risks.Findings.Max(risk => risk.Score) : null);
        return new(title, method, figures, described, gaps, risks);
    }

    private static int SentencesOfOne(IReadOnlyList<SourceDocument> documents) => AnalysisLimits.MaxEmbeddedSentences / documents.Count;
}
