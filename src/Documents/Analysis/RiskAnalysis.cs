using System.Globalization;
using System.Numerics.Tensors;
using Jobs.Documents.Embedding;
using Jobs.Documents.Wording;

namespace Jobs.Documents.Analysis;

/// <summary>
/// Finds the risks that documents tell of, without any AI service: sentences whose words tell of a risk (risk-cues.json) and whose meaning is nearer to sentences about risks than to
/// harmless ones (risk-categories.json). A denied or averted risk is none. Likelihood and impact begin with the middle and the category's own, and move by what the sentence says.
/// The same input gives the same result.
/// </summary>
public sealed class RiskAnalysis(IEmbedder embedder)
{
    /// <summary>The most risks that a result lists.</summary>
    public const int MaxFindings = 50;

    /// <summary>The most proposed risks that are looked at, those with the highest scores first.</summary>
    public const int MaxCandidates = 200;

    /// <summary>The highest likelihood and impact; the lowest is 1.</summary>
    public const int Highest = 5;

    /// <summary>How much nearer to risks than to harmless sentences one must be whose words alone prove little.</summary>
    public const double LeastMargin = 0.02;

    /// <summary>How much nearer to risks than to harmless sentences one must be whose words tell of none.</summary>
    public const double MarginWithoutCue = 0.06;

    /// <summary>How much nearer to risks than to harmless sentences one must be whose words prove enough.</summary>
    public const double MarginWithStrongCue = 0;

    /// <summary>What weight of cues proves enough.</summary>
    public const int StrongWeight = 2;

    /// <summary>From which cosine on two sentences tell of the same risk.</summary>
    public const double SameRiskAt = 0.93;

    private const double CueBonus = 0.06;
    private const int UsualLikelihood = 3;
    private const double LargeSum = 1_000_000;

    private readonly SemaphoreSlim _turn = new(1);
    private Prototypes? _prototypes;

    /// <summary>The categories of risks, in the order in which reports show them.</summary>
    public static IReadOnlyList<string> Categories { get; } = [.. RiskKnowledge.Built.Categories.Select(category => category.Id)];

    /// <summary>The texts whose vectors <see cref="AnalyseAsync"/> asks for: who has made them before, some at a time, gives it <see cref="KnownVectors"/>.</summary>
    /// <exception cref="TextTooLongException">The documents are more than <see cref="AnalysisLimits"/> allow.</exception>
    public static IReadOnlyList<string> TextsOf(IReadOnlyList<SourceDocument> documents, CancellationToken cancellationToken)
    {
        CheckDocuments(documents);
        var knowledge = RiskKnowledge.Built;
        return [.. knowledge.Categories.SelectMany(category => category.Sentences), .. knowledge.Harmless, .. SentencesOf(documents, cancellationToken).Sentences.Select(sentence => sentence.Text)];
    }

    /// <summary>
    /// The parts of documents that a reader should see who takes so many characters at once, such as an AI, in the documents' order. Of more than <paramref name="most"/> those with the most
    /// words that tell of risks.
    /// </summary>
    /// <exception cref="TextTooLongException">The documents are more than <see cref="AnalysisLimits"/> allow, or longer than are analysed.</exception>
    public static IReadOnlyList<(SourceDocument Document, string Text)> PassagesOf(IReadOnlyList<SourceDocument> documents, int maxLength, int most, CancellationToken cancellationToken)
    {
        CheckDocuments(documents);
        var all = new List<(SourceDocument Document, string Text)>();
        foreach (var document in documents)
        {
            var text = document.Parsed.Text;
            TextTooLongException.ThrowIfLonger(text.Length, DocumentSentences.MaxDocumentLength, "The document");
            all.AddRange(Passages.Of(text, maxLength).Select(passage => (document, text.Substring(passage.Start, passage.Length))));
        }

        return all.Count <= most ? all : [.. all.Index().OrderByDescending(passage => WeightOf(passage.Item.Text)).Take(most).OrderBy(passage => passage.Index).Select(passage => passage.Item)];

        int WeightOf(string text)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return RiskCues.In(text).Weight;
        }
    }

    /// <summary>Finds the risks of documents.</summary>
    /// <exception cref="TextTooLongException">The documents are more than <see cref="AnalysisLimits"/> allow.</exception>
    public async Task<RiskResult> AnalyseAsync(IReadOnlyList<SourceDocument> documents, CancellationToken cancellationToken)
    {
        CheckDocuments(documents);
        var (all, total) = SentencesOf(documents, cancellationToken);
        var prototypes = await PrototypesAsync(cancellationToken);
        var vectors = await embedder.EmbedAsync([.. all.Select(sentence => sentence.Text)], cancellationToken);
        var found = new List<(RiskFinding Finding, ReadOnlyMemory<float> Vector)>();
        for (var i = 0; i < all.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (Judge(all[i], vectors[i], prototypes) is not { } finding)
            {
                continue;
            }

            var same = found.FindIndex(other => TensorPrimitives.Dot(other.Vector.Span, vectors[i].Span) >= SameRiskAt);
            if (same < 0)
            {
                found.Add((finding, vectors[i]));
            }
            else if (finding.Score > found[same].Finding.Score)
            {
                found[same] = (finding, vectors[i]);
            }
        }

        var method = string.Create(
            CultureInfo.InvariantCulture,
            $"Sentences whose words tell of risks (a lexicon) and whose meaning is near to sentences about risks (the model {embedder.Model}), rated by rules; {all.Count} of {total} sentences were read.");
        return RiskResult.Of(method, documents, [.. found.Select(item => item.Finding)]);
    }

    /// <summary>
    /// Takes risks from somebody else, such as an AI: those stand whose quote the named document has, whose category is known, and whose likelihood and impact are 1 to 5. Of several
    /// that rest on the same words the highest counts.
    /// </summary>
    /// <exception cref="TextTooLongException">The documents are more than <see cref="AnalysisLimits"/> allow.</exception>
    public static RiskResult Check(IReadOnlyList<SourceDocument> documents, IReadOnlyList<RiskCandidate> candidates, string method, CancellationToken cancellationToken)
    {
        CheckDocuments(documents);
        var found = new List<RiskFinding>();
        foreach (var candidate in candidates.OrderByDescending(candidate => (long)candidate.Likelihood * candidate.Impact).Take(MaxCandidates))
        {
            if (documents.FirstOrDefault(document => document.Id == candidate.Document) is { } document
                && Categories.Contains(candidate.Category)
                && candidate.Likelihood is >= 1 and <= Highest && candidate.Impact is >= 1 and <= Highest
                && EvidenceCheck.Find(document, candidate.Quote, cancellationToken) is { } evidence
                && !found.Exists(finding => finding.Evidence == evidence))
            {
                found.Add(new(candidate.Category, candidate.Likelihood, candidate.Impact, candidate.Likelihood * candidate.Impact, candidate.Reason, evidence));
            }
        }

        return RiskResult.Of(method, documents, found);
    }

    internal static void CheckDocuments(IReadOnlyList<SourceDocument> documents)
    {
        TextTooLongException.ThrowIfMore(documents.Count, AnalysisLimits.MaxDocuments, "documents");
        if (documents.DistinctBy(document => document.Id).Count() != documents.Count)
        {
            throw new ArgumentException("Each document has an id of its own.", nameof(documents));
        }
    }

    /// <summary>All sentences, or, of too many, those with cues before the others; in the documents' order.</summary>
    private static (List<Sentence> Sentences, int Total) SentencesOf(IReadOnlyList<SourceDocument> documents, CancellationToken cancellationToken)
    {
        var all = new List<Sentence>();
        foreach (var document in documents)
        {
            foreach (var span in DocumentSentences.Of(document.Parsed, cancellationToken))
            {
                cancellationToken.ThrowIfCancellationRequested();
                var text = DocumentSentences.TextOf(document.Parsed, span);
                all.Add(new(all.Count, document, span, text, RiskCues.In(text)));
                TextTooLongException.ThrowIfMore(all.Count, DocumentSentences.MaxSentences, "sentences or more in the documents");
            }
        }

        return all.Count <= AnalysisLimits.MaxEmbeddedSentences
            ? (all, all.Count)
            : ([.. all.OrderByDescending(sentence => sentence.Cues.Weight).Take(AnalysisLimits.MaxEmbeddedSentences).OrderBy(sentence => sentence.Number)], all.Count);
    }

    private static RiskFinding? Judge(Sentence sentence, ReadOnlyMemory<float> vector, Prototypes prototypes)
    {
        var cues = sentence.Cues;
        if (cues.IsDenied)
        {
            return null;
        }

        var margin = prototypes.Risks.Max(risks => Nearest(vector, risks.Vectors)) - Nearest(vector, prototypes.Harmless);
        var least = cues.Weight == 0 ? MarginWithoutCue : cues.Weight >= StrongWeight ? MarginWithStrongCue : LeastMargin;
        if (margin < least)
        {
            return null;
        }

        var category = prototypes.Risks
            .MaxBy(risks => Nearest(vector, risks.Vectors) + (CueBonus * Math.Min(2, cues.Cues.Where(cue => cue.Category == risks.Category.Id).Sum(cue => cue.Weight)))).Category;
        var large = Quantities.Of(sentence.Text).Exists(quantity => quantity is { Kind: QuantityKind.Money, Value: >= LargeSum }) ? 1 : 0;
        var likelihood = Math.Clamp(UsualLikelihood + cues.Likelihood, 1, Highest);
        var impact = Math.Clamp(category.Impact + cues.Impact + large, 1, Highest);
        var words = cues.Cues.Count == 0 ? "no single words, but its meaning" : string.Join(", ", cues.Cues.Select(cue => $"\"{string.Join(' ', cue.Words).Replace("*", "\u2026", StringComparison.Ordinal)}\"").Distinct());
        return new(
            category.Id, likelihood, impact, likelihood * impact, $"The sentence tells of a risk by {words}; its meaning is nearest to risks of the category {category.Id}.",
            Evidence.At(sentence.Document, sentence.Span.Start, sentence.Span.Length));
    }

    private static double Nearest(ReadOnlyMemory<float> vector, ReadOnlyMemory<float>[] others) => others.Max(other => TensorPrimitives.Dot(vector.Span, other.Span));

    private async Task<Prototypes> PrototypesAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (_prototypes is null)
            {
                var risks = new List<(RiskCategory, ReadOnlyMemory<float>[])>();
                foreach (var category in RiskKnowledge.Built.Categories)
                {
                    risks.Add((category, await embedder.EmbedAsync(category.Sentences, cancellationToken)));
                }

                _prototypes = new(risks, await embedder.EmbedAsync(RiskKnowledge.Built.Harmless, cancellationToken));
            }

            return _prototypes;
        }
        finally
        {
            _turn.Release();
        }
    }

    private sealed record Sentence(int Number, SourceDocument Document, TextSpan Span, string Text, RiskCues Cues);

    private sealed record Prototypes(IReadOnlyList<(RiskCategory Category, ReadOnlyMemory<float>[] Vectors)> Risks, ReadOnlyMemory<float>[] Harmless);
}
