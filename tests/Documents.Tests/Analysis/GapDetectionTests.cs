using System.Text.Json;
using Jobs.Documents.Analysis;
using Jobs.Documents.Embedding;
using Jobs.Documents.Wording;

namespace Jobs.Documents.Tests.Analysis;

public sealed class GapDetectionTests
{
    private static readonly SourceDocument Document = TestDocument.Of(
        ("Policy", 1, "This policy is about the service."),
        ("Incidents", 2, "Customers are informed of a security incident within 72 hours. We may inform the authority of a breach."),
        ("Backups", 2, "Backups of all databases are made every night. Backups are not encrypted. Mobile devices are out of scope.")).Source();

    [Theory]
    [InlineData("Customers must be informed of security incidents within 24 hours.", GapStatus.Partial, "72 hours")]
    [InlineData("Customers must be informed of security incidents within 96 hours.", GapStatus.Covered, "72 hours")]
    [InlineData("Backups of databases must be made daily.", GapStatus.Covered, "every night")]
    [InlineData("Backups must be encrypted.", GapStatus.Missing, "not encrypted")]
    [InlineData("The authority must be informed of a breach.", GapStatus.Partial, "may inform")]
    [InlineData("Mobile devices must be managed.", GapStatus.Missing, "out of scope")]
    [InlineData("The canteen must serve vegetarian food.", GapStatus.Missing, null)]
    public async Task Requirement_is_judged_by_what_the_document_says(string requirement, GapStatus expected, string? quoted)
    {
        var finding = Assert.Single((await new GapDetection(new LocalEmbedder()).DetectAsync(Document, [new("r1", requirement)], default)).Findings);
        Assert.True(expected == finding.Status, $"{finding.Status} {finding.Score}: {finding.Reason}");
        Assert.All(finding.Evidence, evidence => Assert.True(evidence.OccursIn(Document.Parsed)));
        if (quoted is null)
        {
            Assert.Empty(finding.Evidence);
        }
        else
        {
            Assert.Contains(finding.Evidence, evidence => evidence.Quote.Contains(quoted, StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("tuned", 0.86)]
    [InlineData("heldout", 0.69)]
    public async Task Labelled_requirements_are_judged_as_people_did(string half, double least)
    {
        var (right, all, wrong) = (0, 0, new List<string>());
        foreach (var document in LabelledSet.Read().Documents.Where(document => document.Half == half))
        {
            var source = document.Parsed().Source(document.Id);
            var result = await new GapDetection(new LocalEmbedder()).DetectAsync(source, [.. document.Requirements.Select(labelled => new Requirement(labelled.Id, labelled.Text))], default);
            foreach (var (labelled, finding) in document.Requirements.Zip(result.Findings))
            {
                Assert.All(finding.Evidence, evidence => Assert.True(evidence.OccursIn(source.Parsed)));
                var isRight = string.Equals(labelled.Status, finding.Status.ToString(), StringComparison.OrdinalIgnoreCase);
                (right, all) = (right + (isRight ? 1 : 0), all + 1);
                wrong.AddRange(isRight ? [] : [$"{labelled.Id} is {labelled.Status}, not {finding.Status} ({finding.Score}): {finding.Reason}"]);
            }
        }

        // A little under what was measured.
        Assert.True((double)right / all >= least, $"{right} of {all} right. {string.Join(" / ", wrong)}");
    }

    [Fact]
    public async Task Same_input_gives_the_same_bytes_in_the_words_of_the_api()
    {
        Requirement[] requirements = [new("r1", "Backups must be made daily."), new("r2", "Customers must be informed within 24 hours.")];
        var first = JsonSerializer.Serialize(await new GapDetection(new WordEmbedder()).DetectAsync(Document, requirements, default), JsonSerializerOptions.Web);
        Assert.Equal(first, JsonSerializer.Serialize(await new GapDetection(new WordEmbedder()).DetectAsync(Document, requirements, default), JsonSerializerOptions.Web));
        Assert.Contains("\"requirementId\":\"r1\"", first, StringComparison.Ordinal);
        Assert.Contains("\"status\":\"", first, StringComparison.Ordinal);
        Assert.Contains("the model words", first, StringComparison.Ordinal);
        Assert.Equal(first, JsonSerializer.Serialize(JsonSerializer.Deserialize<GapResult>(first, JsonSerializerOptions.Web), JsonSerializerOptions.Web));
    }

    [Fact]
    public async Task Long_document_is_embedded_up_to_the_limit_and_the_method_says_so()
    {
        var embedder = new WordEmbedder();
        var text = string.Concat(Enumerable.Range(0, AnalysisLimits.MaxEmbeddedSentences + 500).Select(i => $"Sentence {i} is about number {i}. ")) + "Backups are made daily here.";
        var result = await new GapDetection(embedder).DetectAsync(TestDocument.Of(text).Source(), [new("r1", "Backups must be made daily."), new("r2", "A sentence about number 7.")], default);
        Assert.InRange(embedder.Embedded, 1, AnalysisLimits.MaxEmbeddedSentences + 2);
        Assert.Equal(GapStatus.Covered, result.Findings[0].Status);
        Assert.Contains("of 4501 sentences", result.Method, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Document_without_sentences_covers_nothing()
    {
        var result = await new GapDetection(new WordEmbedder()).DetectAsync(TestDocument.Of("").Source(), [new("r1", "Backups must be made daily.")], default);
        Assert.Equal((0, 0, 1), (result.Covered, result.Partial, result.Missing));
    }

    [Fact]
    public async Task More_than_the_limits_is_refused()
    {
        var gaps = new GapDetection(new WordEmbedder());
        Requirement[] most = [.. Enumerable.Range(0, AnalysisLimits.MaxRequirements).Select(i => new Requirement($"r{i}", "Backups are made."))];
        Assert.Equal(most.Length, (await gaps.DetectAsync(Document, most, default)).Findings.Count);
        await Assert.ThrowsAsync<TextTooLongException>(() => gaps.DetectAsync(Document, [.. most, new("one more", "Backups.")], default));
        var longest = new string('q', AnalysisLimits.MaxRequirementLength);
        Assert.Single((await gaps.DetectAsync(Document, [new("r1", longest)], default)).Findings);
        await Assert.ThrowsAsync<TextTooLongException>(() => gaps.DetectAsync(Document, [new("r1", longest + "q")], default));
        await Assert.ThrowsAsync<ArgumentException>(() => gaps.DetectAsync(Document, [new("r1", "Backups."), new("r1", "Logs.")], default));
        await Assert.ThrowsAsync<ArgumentException>(() => gaps.DetectAsync(Document, [new("r1", " ")], default));
        var huge = Document with { Parsed = Document.Parsed with { Text = new string(' ', DocumentSentences.MaxDocumentLength + 1) } };
        await Assert.ThrowsAsync<TextTooLongException>(() => gaps.DetectAsync(huge, [new("r1", "Backups.")], default));
        Assert.Throws<TextTooLongException>(() => GapDetection.Check(huge, [new("r1", "Backups.")], [], "m", default));
    }

    [Fact]
    public void Proposed_finding_stands_on_words_of_the_document_only()
    {
        Requirement[] requirements = [new("r1", "One."), new("r2", "Two."), new("r3", "Three."), new("r4", "Four.")];
        var result = GapDetection.Check(
            Document, requirements,
            [
                new("r1", GapStatus.Covered, ["made  every night", "invented words"], "It says so."), new("r2", GapStatus.Covered, ["invented words"], "It says so."),
                new("r3", GapStatus.Missing, [], "Nothing."),
                new("r4", GapStatus.Partial, [.. Enumerable.Repeat("invented words", GapDetection.MaxCandidateQuotes), "every night"], "One quote too many."), new("unknown", GapStatus.Covered, ["every night"], ""), new("r1", GapStatus.Missing, [], "A second one."),
            ],
            "An AI.", default);
        Assert.Equal([GapStatus.Covered, GapStatus.Missing, GapStatus.Missing, GapStatus.Missing], result.Findings.Select(finding => finding.Status));
        Assert.Equal("made every night", Assert.Single(result.Findings[0].Evidence).Quote);
        Assert.Contains("does not occur", result.Findings[1].Reason, StringComparison.Ordinal);
        Assert.Equal("Nothing.", result.Findings[2].Reason);
        Assert.Equal((1, 0, 3, "An AI."), (result.Covered, result.Partial, result.Missing, result.Method));
    }

    [Fact]
    public async Task Cancelled_token_stops_it()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new GapDetection(new WordEmbedder()).DetectAsync(Document, [new("r1", "Backups.")], cancelled.Token));
    }
}
