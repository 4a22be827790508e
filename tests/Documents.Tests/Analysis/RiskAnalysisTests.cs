using System.Text.Json;
using Jobs.Documents.Analysis;
using Jobs.Documents.Embedding;
using Jobs.Documents.Wording;

namespace Jobs.Documents.Tests.Analysis;

public sealed class RiskAnalysisTests
{
    private static readonly SourceDocument Document = TestDocument.Of(
        ("Status", 1, "The team meets on Monday. The delivery will probably be delayed by three weeks. There is no risk of data loss."),
        ("Security", 2, "All passwords are stored in plain text. An attack on the portal is unlikely and would cause minor harm.")).Source();

    [Fact]
    public async Task Risks_are_found_rated_and_sorted()
    {
        var result = await new RiskAnalysis(new LocalEmbedder()).AnalyseAsync([Document], default);
        var quotes = result.Findings.Select(finding => finding.Evidence.Quote).ToList();
        Assert.Equal(["schedule", "security"], result.Findings.Where(finding => finding.Evidence.Quote.Contains("delayed", StringComparison.Ordinal) || finding.Evidence.Quote.Contains("plain text", StringComparison.Ordinal)).Select(finding => finding.Category).Order());
        Assert.DoesNotContain(quotes, quote => quote.Contains("no risk", StringComparison.Ordinal) || quote.Contains("Monday", StringComparison.Ordinal));
        Assert.Equal(result.Findings.Select(finding => finding.Score).OrderDescending(), result.Findings.Select(finding => finding.Score));
        Assert.All(result.Findings, finding => Assert.True(finding.Evidence.OccursIn(Document.Parsed) && finding.Score == finding.Likelihood * finding.Impact));
        var unlikely = result.Findings.Single(finding => finding.Evidence.Quote.Contains("unlikely", StringComparison.Ordinal));
        Assert.True(unlikely.Likelihood <= 2 && unlikely.Impact <= 3);
    }

    [Theory]
    [InlineData("tuned", 0.9, 0.9)]
    [InlineData("heldout", 0.77, 0.75)]
    public async Task Labelled_sentences_are_told_apart(string half, double leastFound, double leastCategory)
    {
        var labelled = LabelledSet.ReadRisks().Where(sentence => sentence.Half == half).ToList();
        var result = await new RiskAnalysis(new LocalEmbedder()).AnalyseAsync([TestDocument.Of(string.Join("\n\n", labelled.Select(sentence => sentence.Text))).Source()], default);
        var found = result.Findings.ToDictionary(finding => finding.Evidence.Quote, finding => finding.Category);
        var told = labelled.Count(sentence => found.ContainsKey(sentence.Text) == sentence.Category is not null);
        var risks = labelled.Where(sentence => sentence.Category is not null && found.ContainsKey(sentence.Text)).ToList();
        var category = risks.Count(sentence => found[sentence.Text] == sentence.Category);

        // A little under what was measured.
        Assert.True((double)told / labelled.Count >= leastFound, $"{told} of {labelled.Count} told apart.");
        Assert.True((double)category / risks.Count >= leastCategory, $"{category} of {risks.Count} in their category.");
    }

    [Fact]
    public async Task Joined_results_list_what_several_found_once()
    {
        var other = TestDocument.Of("A fire in the server room may stop the work.").Source("d2");
        var analysis = new RiskAnalysis(new WordEmbedder());
        var (one, both) = (await analysis.AnalyseAsync([Document], default), await analysis.AnalyseAsync([Document, other], default));

        var joined = RiskResult.Join([one, both]);

        Assert.Equal((both.Found, both.Findings.Count), (joined.Found, joined.Findings.Count));
        Assert.Equal(joined.Findings.Select(finding => finding.Score).OrderDescending(), joined.Findings.Select(finding => finding.Score));
        Assert.Equal($"{one.Method} {both.Method}", joined.Method);
    }

    [Fact]
    public async Task Same_risk_twice_is_one()
    {
        var twice = TestDocument.Of("The delivery may be delayed by several weeks.\n\nThe delivery may be delayed by several weeks.").Source();
        Assert.Equal(1, (await new RiskAnalysis(new WordEmbedder()).AnalyseAsync([twice], default)).Found);
    }

    [Fact]
    public void Risks_are_listed_up_to_the_limit_and_all_are_counted()
    {
        string[] sentences = [.. Enumerable.Range(0, RiskAnalysis.MaxFindings + 1).Select(i => $"Risk {i} is here.")];
        var document = TestDocument.Of(string.Join("\n\n", sentences)).Source();
        var result = RiskAnalysis.Check([document], [.. sentences.Select(quote => new RiskCandidate("d1", "legal", 3, 3, quote, ""))], "m", default);
        Assert.Equal((RiskAnalysis.MaxFindings + 1, RiskAnalysis.MaxFindings), (result.Found, result.Findings.Count));
        Assert.Equal(sentences[..^1], result.Findings.Select(finding => finding.Evidence.Quote));
    }

    [Fact]
    public async Task Same_input_gives_the_same_bytes()
    {
        var first = JsonSerializer.Serialize(await new RiskAnalysis(new LocalEmbedder()).AnalyseAsync([Document], default), JsonSerializerOptions.Web);
        Assert.Equal(first, JsonSerializer.Serialize(await new RiskAnalysis(new LocalEmbedder()).AnalyseAsync([Document], default), JsonSerializerOptions.Web));
        Assert.Equal(first, JsonSerializer.Serialize(JsonSerializer.Deserialize<RiskResult>(first, JsonSerializerOptions.Web), JsonSerializerOptions.Web));
    }

    [Fact]
    public void Proposed_risk_stands_on_words_of_its_document_and_within_the_scales()
    {
        RiskCandidate good = new("d1", "schedule", 4, 3, "probably be delayed", "It is late.");
        var result = RiskAnalysis.Check(
            [Document],
            [
                good, good with { Likelihood = 5 }, good with { Document = "d2" }, good with { Category = "magic" }, good with { Impact = 0 }, good with { Impact = 6 },
                good with { Likelihood = 6 }, good with { Quote = "is on time" }, good with { Quote = "stored in plain text", Category = "security", Likelihood = 5, Impact = 5 },
            ],
            "An AI.", default);
        Assert.Equal([25, 15], result.Findings.Select(finding => finding.Score));
        Assert.Equal("An AI.", result.Method);
    }

    [Fact]
    public void Proposed_risks_are_looked_at_up_to_the_limit()
    {
        RiskCandidate good = new("d1", "schedule", 1, 1, "probably be delayed", "It is late.");
        var invented = Enumerable.Repeat(good with { Likelihood = 5, Quote = "invented words" }, RiskAnalysis.MaxCandidates - 1).ToList();
        Assert.Equal(1, RiskAnalysis.Check([Document], [good, .. invented], "An AI.", default).Found);
        Assert.Equal(0, RiskAnalysis.Check([Document], [good, .. invented, invented[0]], "An AI.", default).Found);
    }

    [Fact]
    public async Task More_documents_than_the_limit_are_refused()
    {
        SourceDocument[] most = [.. Enumerable.Range(0, AnalysisLimits.MaxDocuments).Select(i => Document with { Id = $"d{i}" })];
        var risks = new RiskAnalysis(new WordEmbedder());
        Assert.NotNull(await risks.AnalyseAsync(most, default));
        await Assert.ThrowsAsync<TextTooLongException>(() => risks.AnalyseAsync([.. most, Document with { Id = "one more" }], default));
        await Assert.ThrowsAsync<ArgumentException>(() => risks.AnalyseAsync([Document, Document], default));
    }

    [Fact]
    public async Task Long_document_is_embedded_up_to_the_limit_and_its_risks_first()
    {
        var embedder = new WordEmbedder();
        var text = string.Concat(Enumerable.Range(0, AnalysisLimits.MaxEmbeddedSentences + 500).Select(i => $"Sentence {i} is about number {i}. ")) + "An outage would stop production.";
        var result = await new RiskAnalysis(embedder).AnalyseAsync([TestDocument.Of(text).Source()], default);
        Assert.InRange(embedder.Embedded, AnalysisLimits.MaxEmbeddedSentences, AnalysisLimits.MaxEmbeddedSentences + 200);
        Assert.Contains(result.Findings, finding => finding.Evidence.Quote == "An outage would stop production.");
    }
}
