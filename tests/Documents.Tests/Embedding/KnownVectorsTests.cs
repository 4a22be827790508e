using Jobs.Documents.Analysis;
using Jobs.Documents.Analysis.Reports;
using Jobs.Documents.Embedding;

namespace Jobs.Documents.Tests.Embedding;

public sealed class KnownVectorsTests
{
    private static readonly SourceDocument Document = TestDocument.Of(
        ("Plan", 1, "The project renews the roof of the library in May. The delivery of slate may be delayed by weeks. The library stays open during the work."),
        ("Security", 2, "All passwords are stored in plain text. The library stays open during the work.")).Source();

    private static readonly Requirement[] Requirements = [new("R1", "The library stays open."), new("R2", "Passwords are encrypted.")];

    [Fact]
    public Task Gap_detection_asks_for_no_text_but_those_that_it_names() =>
        AssertAsksForNoOther(GapDetection.TextsOf(Document, Requirements, default), async embedder => await new GapDetection(embedder).DetectAsync(Document, Requirements, default));

    [Fact]
    public Task Risk_analysis_asks_for_no_text_but_those_that_it_names() =>
        AssertAsksForNoOther(RiskAnalysis.TextsOf([Document], default), async embedder => await new RiskAnalysis(embedder).AnalyseAsync([Document], default));

    [Fact]
    public Task Report_asks_for_no_text_but_those_that_it_names() =>
        AssertAsksForNoOther(ReportGeneration.TextsOf([Document], default), async embedder => await new ReportGeneration(embedder).GenerateAsync("Report", [Document], [], null, default));

    [Fact]
    public async Task Documents_of_very_many_sentences_name_no_more_texts_than_may_be_embedded()
    {
        var document = TestDocument.Of(string.Concat(Enumerable.Range(1, AnalysisLimits.MaxEmbeddedSentences + 1).Select(number => $"The delivery of part {number} may be late.\n\n"))).Source();

        Assert.Equal(AnalysisLimits.MaxEmbeddedSentences, RiskAnalysis.TextsOf([document], default).Count(text => text.StartsWith("The delivery of part", StringComparison.Ordinal)));
        Assert.Equal(AnalysisLimits.MaxEmbeddedSentences + 1, GapDetection.TextsOf(document, [new("R1", "Each delivery is in time.")], default).Count);
        Assert.Empty(GapDetection.TextsOf(document, Requirements, default));
        Assert.All((await new GapDetection(new WordEmbedder()).DetectAsync(document, Requirements, default)).Findings, finding => Assert.Equal("No sentence of the document speaks of this.", finding.Reason));
        Assert.Equal(AnalysisLimits.MaxEmbeddedSentences, ReportGeneration.TextsOf([document], default).Count);
        await AssertAsksForNoOther(RiskAnalysis.TextsOf([document], default), async embedder => await new RiskAnalysis(embedder).AnalyseAsync([document], default));
    }

    [Fact]
    public async Task Vectors_of_other_texts_are_made_in_their_places()
    {
        var other = new WordEmbedder();
        var known = new KnownVectors(other, new Dictionary<string, ReadOnlyMemory<float>> { ["a known text"] = (await other.EmbedAsync(["tea"], default))[0] });

        var vectors = await known.EmbedAsync(["coffee", "a known text", "coffee"], default);

        var expected = await other.EmbedAsync(["coffee", "tea"], default);
        Assert.Equal([expected[0].ToArray(), expected[1].ToArray(), expected[0].ToArray()], vectors.Select(vector => vector.ToArray()));
    }

    /// <summary>What is made of vectors that were there before is also the same as what is made at once.</summary>
    private static async Task AssertAsksForNoOther<T>(IReadOnlyList<string> texts, Func<IEmbedder, Task<T>> act)
    {
        var before = new WordEmbedder();
        string[] distinct = [.. texts.Distinct(StringComparer.Ordinal)];
        var vectors = await before.EmbedAsync(distinct, default);
        var other = new WordEmbedder();

        var result = await act(new KnownVectors(other, distinct.Zip(vectors).ToDictionary(pair => pair.First, pair => pair.Second, StringComparer.Ordinal)));

        Assert.Equal(0, other.Embedded);
        Assert.Equivalent(await act(new WordEmbedder()), result, strict: true);
    }
}
