using System.Globalization;
using System.Numerics.Tensors;
using Jobs.Documents.Embedding;
using Jobs.Documents.Retrieval;
using Jobs.Documents.Wording;

namespace Jobs.Documents.Analysis;

/// <summary>
/// Compares a document with requirements, without any AI service. For each requirement it finds the sentences that are nearest by words and by meaning, scores them by both, and then
/// reads the best ones: whether they say the opposite, whether their figures agree, whether they are as firm, and whether they speak of every part of the requirement. The numbers below
/// were chosen on the tuned half of the labelled set in tests/Documents.Tests/Fixtures/retrieval. The same input gives the same result.
/// </summary>
public sealed class GapDetection(IEmbedder embedder)
{
    /// <summary>How many sentences are read for a requirement.</summary>
    public const int Candidates = 8;

    /// <summary>From which score on a sentence says what is required.</summary>
    public const double CoveredAt = 0.42;

    /// <summary>From which score on a sentence speaks of what is required.</summary>
    public const double PartialAt = 0.37;

    /// <summary>How much the meaning counts in a score; the words count for the rest.</summary>
    public const double MeaningShare = 0.4;

    /// <summary>How far from the document's average sentence to the requirement itself a sentence must be to mean the same: 0 the average, 1 the requirement's very words.</summary>
    public const double SameMeaningAt = 0.6;

    /// <summary>How much lower than the best score that of a sentence may be which is read beside the best, or held against it.</summary>
    public const double BesideBest = 0.12;

    /// <summary>How many sentences a finding quotes at most.</summary>
    public const int MaxEvidence = 3;

    /// <summary>The most quotes of a proposed finding that are looked at.</summary>
    public const int MaxCandidateQuotes = 5;

    private const int ScoreDigits = 3;
    private const string NothingSaid = "No sentence of the document speaks of this.";

    /// <summary>What requirements say of themselves and not of what is required.</summary>
    private static readonly HashSet<string> Frame = [.. Terms.Of("system shall must should required requires requirement provide provided provides ensure ensures document documented describe described describes supplier contractor vendor provider service party parties include includes including able least within every each all any")];

    /// <summary>The texts whose vectors <see cref="DetectAsync"/> asks for: who has made them before, some at a time, gives it <see cref="KnownVectors"/>.</summary>
    /// <exception cref="TextTooLongException">The document or the requirements are more than <see cref="AnalysisLimits"/> allow.</exception>
    /// <exception cref="ArgumentException">Two requirements have the same id, or one is blank.</exception>
    public static IReadOnlyList<string> TextsOf(SourceDocument document, IReadOnlyList<Requirement> requirements, CancellationToken cancellationToken)
    {
        CheckRequirements(requirements);
        var spans = Selected(document.Parsed, DocumentSentences.Of(document.Parsed, cancellationToken), requirements, cancellationToken);
        return spans.Count == 0 ? [] : [.. spans.Select(span => DocumentSentences.TextOf(document.Parsed, span)), .. requirements.Select(requirement => requirement.Text)];
    }

    /// <summary>Compares a document with requirements.</summary>
    /// <exception cref="TextTooLongException">The document or the requirements are more than <see cref="AnalysisLimits"/> allow.</exception>
    /// <exception cref="ArgumentException">Two requirements have the same id, or one is blank.</exception>
    public async Task<GapResult> DetectAsync(SourceDocument document, IReadOnlyList<Requirement> requirements, CancellationToken cancellationToken)
    {
        CheckRequirements(requirements);
        var spans = DocumentSentences.Of(document.Parsed, cancellationToken);
        var total = spans.Count;
        spans = Selected(document.Parsed, spans, requirements, cancellationToken);
        var method = string.Create(
            CultureInfo.InvariantCulture,
            $"Sentences found by words (BM25) and meaning (the model {embedder.Model}), then compared for negation, figures, firmness and parts by rules; {spans.Count} of {total} sentences were read.");
        if (spans.Count == 0)
        {
            var reason = total == 0 ? "The document has no sentences." : NothingSaid;
            return GapResult.Of(method, document, [.. requirements.Select(requirement => new GapFinding(requirement.Id, requirement.Text, GapStatus.Missing, 0, reason, []))]);
        }

        string[] sentences = [.. spans.Select(span => DocumentSentences.TextOf(document.Parsed, span))];
        var words = new Bm25Index(sentences, cancellationToken);
        var vectors = await embedder.EmbedAsync(sentences, cancellationToken);
        var retriever = new HybridRetriever(words, new VectorIndex(vectors));
        var requirementVectors = await embedder.EmbedAsync([.. requirements.Select(requirement => requirement.Text)], cancellationToken);
        var findings = new List<GapFinding>();
        for (var i = 0; i < requirements.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var vector = requirementVectors[i];
            var average = vectors.Average(sentence => (double)TensorPrimitives.Dot(vector.Span, sentence.Span));
            var sought = Sought(requirements[i].Text);
            var readings = retriever.Search(requirements[i].Text, vector.Span, Candidates, cancellationToken)
                .Select(item => Read(sentences[item.Index], spans[item.Index], sought, words, Nearness(TensorPrimitives.Dot(vector.Span, vectors[item.Index].Span), average)))
                .OrderByDescending(reading => reading.Score).ThenBy(reading => reading.Span.Start).ToList();
            findings.Add(Judge(document, requirements[i], sought, readings));
        }

        return GapResult.Of(method, document, findings);
    }

    /// <summary>
    /// Takes findings from somebody else, such as an AI. One that says something is covered, wholly or in part, stands only on words that the document has; without any it becomes
    /// missing, and says why. A requirement without a finding is missing too, of several findings the first counts, and those for unknown requirements are passed over.
    /// </summary>
    /// <exception cref="TextTooLongException">The requirements are more than <see cref="AnalysisLimits"/> allow.</exception>
    /// <exception cref="ArgumentException">Two requirements have the same id, or one is blank.</exception>
    public static GapResult Check(
        SourceDocument document, IReadOnlyList<Requirement> requirements, IReadOnlyList<GapCandidate> candidates, string method, CancellationToken cancellationToken)
    {
        CheckRequirements(requirements);
        TextTooLongException.ThrowIfLonger(document.Parsed.Text.Length, DocumentSentences.MaxDocumentLength, "The document");
        var findings = new List<GapFinding>();
        foreach (var requirement in requirements)
        {
            if (candidates.FirstOrDefault(candidate => candidate.RequirementId == requirement.Id) is not { } candidate)
            {
                findings.Add(new(requirement.Id, requirement.Text, GapStatus.Missing, 0, "Nothing was found about this requirement.", []));
                continue;
            }

            Evidence[] evidence =
            [
                .. candidate.Quotes.Take(MaxCandidateQuotes).Select(quote => EvidenceCheck.Find(document, quote, cancellationToken)).OfType<Evidence>().Distinct().Take(MaxEvidence),
            ];
            findings.Add(evidence.Length == 0 && candidate.Status != GapStatus.Missing
                ? new(requirement.Id, requirement.Text, GapStatus.Missing, 0, "What was quoted for this requirement does not occur in the document.", [])
                : new(requirement.Id, requirement.Text, candidate.Status, evidence.Length == 0 ? 0 : 1, candidate.Reason, evidence));
        }

        return GapResult.Of(method, document, findings);
    }

    /// <summary>
    /// What of a document a reader should see who judges groups of requirements and takes so many characters at once, such as an AI: all of a short document, and of a longer one, for each
    /// group, the parts that are nearest to its requirements by words, in the document's order.
    /// </summary>
    /// <exception cref="TextTooLongException">The document is longer than is analysed.</exception>
    public static IReadOnlyList<string> ExcerptsOf(
        SourceDocument document, IReadOnlyList<IReadOnlyList<Requirement>> groups, int maxLength, CancellationToken cancellationToken)
    {
        var text = document.Parsed.Text;
        TextTooLongException.ThrowIfLonger(text.Length, DocumentSentences.MaxDocumentLength, "The document");
        if (text.Length <= maxLength)
        {
            return [.. groups.Select(_ => text)];
        }

        string[] passages = [.. Passages.Of(text, Passages.ShortLength).Select(passage => text.Substring(passage.Start, passage.Length))];
        var index = new Bm25Index(passages, cancellationToken);
        var most = Math.Max(1, maxLength / Passages.ShortLength);
        return [.. groups.Select(group => string.Join(Passages.Gap, NearestTo(index, group, most, cancellationToken).Select(number => passages[number])))];
    }

    /// <summary>The numbers of the texts that are nearest, of each requirement in turn the next best.</summary>
    private static SortedSet<int> NearestTo(Bm25Index index, IReadOnlyList<Requirement> requirements, int most, CancellationToken cancellationToken)
    {
        var found = requirements.Select(requirement => index.Search(requirement.Text, most, cancellationToken)).ToList();
        var chosen = new SortedSet<int>();
        for (var rank = 0; rank < most && chosen.Count < most; rank++)
        {
            foreach (var items in found.Where(items => rank < items.Count && chosen.Count < most))
            {
                chosen.Add(items[rank].Index);
            }
        }

        return chosen;
    }

    private static void CheckRequirements(IReadOnlyList<Requirement> requirements)
    {
        TextTooLongException.ThrowIfMore(requirements.Count, AnalysisLimits.MaxRequirements, "requirements");
        var ids = new HashSet<string>(StringComparer.Ordinal);
        foreach (var requirement in requirements)
        {
            TextTooLongException.ThrowIfLonger(requirement.Text.Length, AnalysisLimits.MaxRequirementLength, "A requirement");
            if (string.IsNullOrWhiteSpace(requirement.Text) || !ids.Add(requirement.Id))
            {
                throw new ArgumentException("Each requirement has a text, and an id of its own.", nameof(requirements));
            }
        }
    }

    /// <summary>All sentences, or, of too many, those that have most of the requirements' words, in the document's order.</summary>
    private static List<TextSpan> Selected(ParsedDocument document, List<TextSpan> spans, IReadOnlyList<Requirement> requirements, CancellationToken cancellationToken)
    {
        if (spans.Count <= AnalysisLimits.MaxEmbeddedSentences || requirements.Count == 0)
        {
            return spans;
        }

        var index = new Bm25Index([.. spans.Select(span => DocumentSentences.TextOf(document, span))], cancellationToken);
        var each = AnalysisLimits.MaxEmbeddedSentences / requirements.Count;
        var chosen = new SortedSet<int>();
        foreach (var requirement in requirements)
        {
            chosen.UnionWith(index.Search(requirement.Text, each, cancellationToken).Select(item => item.Index));
        }

        return [.. chosen.Select(number => spans[number])];
    }

    private static HashSet<string> Sought(string requirement)
    {
        var all = Terms.Of(requirement).ToHashSet(StringComparer.Ordinal);
        var sought = all.Where(term => !Frame.Contains(term)).ToHashSet(StringComparer.Ordinal);
        return sought.Count > 0 ? sought : all;
    }

    private static double Nearness(double cosine, double average) => average >= 1 ? 0 : Math.Clamp((cosine - average) / (1 - average) / SameMeaningAt, 0, 1);

    private static Reading Read(string sentence, TextSpan span, HashSet<string> sought, Bm25Index words, double nearness)
    {
        var terms = Terms.Of(sentence).ToHashSet(StringComparer.Ordinal);
        var (has, all) = (0.0, 0.0);
        foreach (var term in sought)
        {
            var weight = words.WeightOf(term);
            all += weight;
            has += terms.Contains(term) ? weight : 0;
        }

        return new(sentence, span, terms, (MeaningShare * nearness) + ((1 - MeaningShare) * (all == 0 ? 0 : has / all)));
    }

    private static GapFinding Judge(SourceDocument document, Requirement requirement, HashSet<string> sought, List<Reading> readings)
    {
        if (readings.Count == 0 || readings[0].Score < PartialAt)
        {
            return Finding(GapStatus.Missing, NothingSaid, []);
        }

        var isForbidding = Polarity.IsNegative(requirement.Text, sought);
        var best = readings[0];
        if (IsOpposite(best))
        {
            var other = readings.FirstOrDefault(reading => reading.Score >= Math.Max(CoveredAt, best.Score - BesideBest) && !IsOpposite(reading));
            return other is null
                ? Finding(GapStatus.Missing, "The document says that this is not so.", [best])
                : Finding(GapStatus.Partial, "The document says this in one place, and the opposite or an exception in another.", [other, best]);
        }

        Reading[] read = [best, .. readings.Skip(1).Where(reading => reading.Score >= Math.Max(PartialAt, best.Score - BesideBest) && !IsOpposite(reading)).Take(MaxEvidence - 1)];
        var reasons = new List<string>();
        reasons.AddRange(DifferentFigures(requirement.Text, read));
        if (Firmness.Weaker(best.Sentence, requirement.Text) is { } weak)
        {
            reasons.Add($"The document is less firm: it says \"{weak}\".");
        }

        if (UnspokenPart(requirement.Text, read) is { } part)
        {
            reasons.Add($"Nothing was found about \"{part}\".");
        }

        if (best.Score < CoveredAt)
        {
            reasons.Insert(0, "The document speaks of this, but does not say all of it.");
        }

        return reasons.Count == 0 ? Finding(GapStatus.Covered, "The document says this.", read) : Finding(GapStatus.Partial, string.Join(' ', reasons), read);

        bool IsOpposite(Reading reading) => Polarity.IsOutside(reading.Sentence) || Polarity.IsNegative(reading.Sentence, sought) != isForbidding;

        GapFinding Finding(GapStatus status, string reason, IReadOnlyList<Reading> quoted) => new(
            requirement.Id, requirement.Text, status, readings.Count == 0 ? 0 : Math.Round(readings[0].Score, ScoreDigits), reason,
            [.. quoted.Select(reading => Evidence.At(document, reading.Span.Start, reading.Span.Length))]);
    }

    private static IEnumerable<string> DifferentFigures(string requirement, IReadOnlyList<Reading> read)
    {
        List<Quantity> said = [.. read.SelectMany(reading => Quantities.Of(reading.Sentence))];
        foreach (var required in Quantities.Of(requirement))
        {
            var alike = said.FindAll(required.IsLike);
            if (alike.Count > 0 && !alike.Exists(required.IsMetBy))
            {
                yield return $"The document says \"{alike[0].Words}\" where \"{required.Words}\" is required.";
            }
            else if (alike.Count == 0 && required.Kind != QuantityKind.Count)
            {
                yield return $"The document does not say \"{required.Words}\".";
            }
        }
    }

    /// <summary>The first part of a requirement, divided at "and" and at commas, of which no term is in what was read; null when there is none.</summary>
    private static string? UnspokenPart(string requirement, IReadOnlyList<Reading> read)
    {
        var parts = PartsOf(requirement);
        return parts.Count < 2 ? null : parts.Find(part => Sought(part).Count > 0 && !Sought(part).Any(term => read.Any(reading => reading.Terms.Contains(term))));
    }

    private static List<string> PartsOf(string requirement)
    {
        var parts = new List<string>();
        foreach (var piece in requirement.Split([',', ';']))
        {
            parts.AddRange(piece.Split(" and ").Select(part => part.Trim().TrimEnd('.')).Where(part => Terms.Of(part).Any()));
        }

        return parts;
    }

    private sealed record Reading(string Sentence, TextSpan Span, HashSet<string> Terms, double Score);
}
