using System.Xml.Linq;
using Jobs.Documents.Analysis;
using Jobs.Documents.Analysis.Reports;
using Jobs.Documents.Wording;

namespace Jobs.Documents.Tests.Analysis.Reports;

public sealed class ReportTests
{
    private const string Hostile = "<script>alert(1)</script> ]]> & \"quotes\" | `code` [link](x) \u0001\uFFFE \uD800 \u202E end of it.";

    private static readonly SourceDocument Document = TestDocument.Of(
        ("Plan", 1, "The project renews the roof of the library in May. The roof gets new slate and better insulation. The library stays open during the work on the roof. " +
        "The work on the roof costs 840,000 euros. Neighbours hear of the work two weeks before it begins. The delivery of slate may be delayed. " + Hostile)).Source();

    [Fact]
    public async Task Summary_is_sentences_of_the_document_in_its_order()
    {
        var report = await Generate();
        var summary = Assert.Single(report.Documents).Summary;
        Assert.Equal(ExtractiveSummary.MostSentences, summary.Count);
        Assert.All(summary, sentence => Assert.True(sentence.OccursIn(Document.Parsed)));
        Assert.Equal(summary.OrderBy(sentence => sentence.Start), summary);
    }

    [Fact]
    public async Task Figures_are_those_of_the_results()
    {
        var figures = (await Generate()).Figures;
        Assert.Equal((1, 2, 1, 0, 1, 1, 12), (figures.Documents, figures.Requirements, figures.Covered, figures.Partial, figures.Missing, figures.Risks, figures.HighestRisk!.Value));
    }

    [Fact]
    public async Task Page_and_charts_are_valid_xml_without_script_whatever_others_wrote()
    {
        var report = await Generate(Hostile);
        foreach (var markup in new[] { ReportHtml.Write(report), ReportCharts.CoverageBars(report), ReportCharts.RiskMatrix(report.Risks!), ReportCharts.WordBars(report) })
        {
            var root = XDocument.Parse(markup).Root!;
            Assert.DoesNotContain(root.DescendantsAndSelf(), element => element.Name.LocalName is "script" or "foreignObject" or "iframe");
            Assert.DoesNotContain(root.DescendantsAndSelf().Attributes(), attribute => attribute.Name.LocalName.StartsWith("on", StringComparison.OrdinalIgnoreCase));
            Assert.Contains("prefers-color-scheme:dark", markup, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Contents_lead_to_the_parts_of_the_page()
    {
        var root = XDocument.Parse(ReportHtml.Write(await Generate())).Root!;
        var ids = root.Descendants().Attributes("id").Select(id => "#" + id.Value).ToList();
        var links = root.Descendants("a").Attributes("href").Select(link => link.Value).ToList();
        Assert.Equal(["#key-figures", "#summaries", "#coverage", "#risks", "#method"], links);
        Assert.Equal(ids, links);
        Assert.Equal(3, root.Descendants().Count(element => element.Name.LocalName == "svg"));
    }

    [Fact]
    public async Task Matrix_counts_risks_where_they_belong()
    {
        var svg = XDocument.Parse(ReportCharts.RiskMatrix((await Generate()).Risks!)).Root!;
        var cells = svg.Elements().Where(element => element.Name.LocalName == "rect").ToList();
        Assert.Equal(25, cells.Count);
        var count = svg.Elements().Single(element => (string?)element.Attribute("class") == "count");
        var cell = cells[((5 - 4) * 5) + (3 - 1)];
        Assert.Equal("1", count.Value);
        Assert.Equal((int)cell.Attribute("x")! + 28, (int)count.Attribute("x")!);
        Assert.Equal("grid high", (string?)cell.Attribute("class"));
    }

    [Fact]
    public async Task Markdown_escapes_what_others_wrote()
    {
        var markdown = ReportMarkdown.Write(await Generate(Hostile));
        Assert.DoesNotContain("<script", markdown, StringComparison.Ordinal);
        Assert.Contains("&lt;script&gt;", markdown, StringComparison.Ordinal);
        Assert.DoesNotContain("[link](x)", markdown, StringComparison.Ordinal);
        Assert.Contains("## Coverage", markdown, StringComparison.Ordinal);
        Assert.Contains("| 12 | schedule | 4 | 3 |", markdown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Report_without_results_has_only_summaries_and_the_sizes_of_its_documents()
    {
        var report = await new ReportGeneration(new WordEmbedder()).GenerateAsync("Title", [Document], [], null, default);
        Assert.Null(report.Figures.HighestRisk);
        Assert.DoesNotContain("Coverage", ReportMarkdown.Write(report), StringComparison.Ordinal);
        Assert.Equal("Words by document", Assert.Single(XDocument.Parse(ReportHtml.Write(report)).Root!.Descendants(), element => element.Name.LocalName == "svg").Attribute("aria-label")!.Value);
        var empty = await new ReportGeneration(new WordEmbedder()).GenerateAsync("Title", [], [], new("m", 0, []), default);
        Assert.Contains("No risks were found.", ReportHtml.Write(empty), StringComparison.Ordinal);
    }

    [Fact]
    public void Summary_that_somebody_else_picked_has_only_words_of_the_document_and_not_too_many()
    {
        string[] quotes = ["It is invented.", "The work on the roof costs 840,000 euros.", "The project renews the roof of the library in May.", new string('x', ExtractiveSummary.MaxLength + 1)];

        var report = ReportGeneration.Check("Title", [Document], quotes.ToLookup(_ => Document.Id), [], null, "m", default);

        Assert.Equal([quotes[2], quotes[1]], Assert.Single(report.Documents).Summary.Select(sentence => sentence.Quote));
        var words = Document.Parsed.Text.Split(' ').Where(word => word.Length > 4).Distinct().ToArray();
        Assert.Equal(ExtractiveSummary.MostSentences, ReportGeneration.Check("Title", [Document], words.ToLookup(_ => Document.Id), [], null, "m", default).Documents[0].Summary.Count);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    public void Excerpt_is_the_whole_of_a_document_that_is_not_too_long_and_else_spread_over_it(int less, bool isSpread)
    {
        var text = string.Concat(Enumerable.Range(1, 500).Select(number => $"Chapter {number} tells of the weather.\n"));

        var excerpt = ReportGeneration.ExcerptOf(TestDocument.Of(text).Source(), text.Length - less);

        Assert.Equal(isSpread, excerpt.Contains("[…]", StringComparison.Ordinal));
        Assert.StartsWith("Chapter 1 tells", excerpt, StringComparison.Ordinal);
        Assert.InRange(excerpt.Length, 1, text.Length);
    }

    [Fact]
    public async Task Same_input_gives_the_same_bytes()
    {
        Assert.Equal(ReportHtml.Write(await Generate()), ReportHtml.Write(await Generate()));
        Assert.Equal(ReportMarkdown.Write(await Generate()), ReportMarkdown.Write(await Generate()));
    }

    [Fact]
    public async Task Results_that_quote_what_no_document_says_are_refused()
    {
        var (gap, risks) = Results("Requirement.");
        var reports = new ReportGeneration(new WordEmbedder());
        await Assert.ThrowsAsync<ArgumentException>(() => reports.GenerateAsync("Title", [Document], [gap with { Document = "other" }], null, default));
        var risk = risks.Findings[0];
        var invented = risks with { Findings = [risk with { Evidence = risk.Evidence with { Quote = new string('q', risk.Evidence.Length) } }] };
        await Assert.ThrowsAsync<ArgumentException>(() => reports.GenerateAsync("Title", [Document], [], invented, default));
    }

    [Fact]
    public async Task More_than_the_limits_is_refused()
    {
        var reports = new ReportGeneration(new WordEmbedder());
        var (gap, _) = Results("Requirement.");
        var title = new string('t', ReportGeneration.MaxTitleLength);
        Assert.NotNull(await reports.GenerateAsync(title, [Document], [.. Enumerable.Repeat(gap, ReportGeneration.MaxGaps)], null, default));
        await Assert.ThrowsAsync<TextTooLongException>(() => reports.GenerateAsync(title + "t", [Document], [], null, default));
        await Assert.ThrowsAsync<TextTooLongException>(() => reports.GenerateAsync(title, [Document], [.. Enumerable.Repeat(gap, ReportGeneration.MaxGaps + 1)], null, default));
    }

    private static Task<Report> Generate(string words = "Requirement.")
    {
        var (gap, risks) = Results(words);
        return new ReportGeneration(new WordEmbedder()).GenerateAsync(words.Length > 20 ? words : "Title", [Document with { Name = words }], [gap], risks, default);
    }

    private static (GapResult Gap, RiskResult Risks) Results(string words) =>
    (
        GapDetection.Check(Document, [new("r1", words), new("r2", "Other.")], [new("r1", GapStatus.Covered, ["renews the roof"], words)], words, default),
        RiskAnalysis.Check([Document], [new("d1", "schedule", 4, 3, "slate may be delayed", words)], words, default));
}
