using System.Xml.Linq;
using Jobs.Documents.Analysis.Reports;
using Jobs.Documents.Embedding;
using Jobs.Functions.JobTypes.ReportGeneration;

namespace Jobs.Functions.Tests.Work.Analysis;

/// <summary>The job type REPORT_GENERATION.</summary>
public sealed class ReportGenerationJobTests
{
    private const string Type = "REPORT_GENERATION";
    private const string Hostile = "The delivery <script>alert(1)</script> may be delayed by \"weeks\" & [months](javascript:x) onload=y.";

    [Fact]
    public async Task Result_is_as_documented()
    {
        await using var app = await AnalysisJobs.StartAsync();

        var job = await app.DoJobAsync(Type, new { title = "Roof", documents = new[] { new { text = "The roof of the library is renewed in May.", name = "Plan" } } });

        Payload.AssertMatches("003-report-generation.json", job);
    }

    [Fact]
    public async Task Report_of_earlier_jobs_has_their_documents_findings_and_charts()
    {
        await using var app = await AnalysisJobs.StartAsync(new LocalEmbedder());
        var document = await app.UploadFixtureAsync("agreement.docx");
        var parsing = await app.StartJobAsync("PARSE_DOCUMENT", document);
        await app.WaitForAnalysisAsync(parsing);
        var gaps = await app.StartJobAsync("GAP_DETECTION", new { document = new { jobId = parsing, name = "The agreement" }, requirements = new[] { "Backups are made every night.", "Users sign in by single sign-on." } });
        var risks = await app.StartJobAsync("RISK_ANALYSIS", new { documents = new object[] { document, new { text = "The delivery will probably be delayed by three weeks.", name = "Status" } } });
        await app.WaitForAnalysisAsync(gaps);
        await app.WaitForAnalysisAsync(risks);

        var result = await app.ResultOfAsync(Type, new { title = "Hosting", jobs = new[] { parsing, gaps, risks } });

        Assert.Equal(["Hosting agreement", "Status"], result.GetProperty("documents").EnumerateArray().Select(item => item.GetProperty("name").GetString()));
        Assert.Equal(["words", "coverage", "risks"], result.GetProperty("charts").EnumerateArray().Select(chart => chart.GetProperty("name").GetString()));
        var figures = result.GetProperty("figures");
        Assert.Equal((2, 2, 1, 1), (Number("documents"), Number("requirements"), Number("covered"), Number("missing")));
        Assert.True(Number("risks") > 0);
        foreach (var rendering in new[] { "markdown", "html" })
        {
            Assert.Contains("Backups are made every night", result.GetProperty(rendering).GetString(), StringComparison.Ordinal);
            Assert.Contains("delayed by three weeks", result.GetProperty(rendering).GetString(), StringComparison.Ordinal);
        }

        Assert.Contains("snowflake-arctic-embed-xs", result.GetProperty("method").GetString(), StringComparison.Ordinal);

        int Number(string name) => figures.GetProperty(name).GetInt32();
    }

    [Fact]
    public async Task Markup_of_a_document_is_text_in_every_rendering()
    {
        await using var app = await AnalysisJobs.StartAsync();
        var document = new { text = Hostile, name = Hostile };
        var risks = await app.StartJobAsync("RISK_ANALYSIS", new { documents = new[] { document } });
        var gaps = await app.StartJobAsync("GAP_DETECTION", new { document, requirements = new[] { Hostile } });
        Assert.Equal(1, (await app.WaitForAnalysisAsync(risks)).GetProperty("result").GetProperty("found").GetInt32());
        await app.WaitForAnalysisAsync(gaps);

        var result = await app.ResultOfAsync(Type, new { title = Hostile, documents = new[] { document }, jobs = new[] { risks, gaps } });

        var html = result.GetProperty("html").GetString()!;
        Assert.DoesNotContain("<script", html, StringComparison.Ordinal);
        Assert.Contains("default-src", html, StringComparison.Ordinal);
        foreach (var markup in result.GetProperty("charts").EnumerateArray().Select(chart => chart.GetProperty("svg").GetString()!).Append(html))
        {
            var elements = XDocument.Parse(markup).Root!.DescendantsAndSelf().ToList();
            Assert.DoesNotContain(elements, element => element.Name.LocalName is "script" or "foreignObject" or "iframe" or "object");
            Assert.DoesNotContain(elements.Attributes(), attribute => attribute.Name.LocalName.StartsWith("on", StringComparison.OrdinalIgnoreCase));
            Assert.DoesNotContain(elements.Attributes("href"), link => !link.Value.StartsWith('#'));
        }

        var markdown = result.GetProperty("markdown").GetString()!;
        Assert.DoesNotContain("<script", markdown, StringComparison.Ordinal);
        Assert.DoesNotContain("](javascript", markdown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Jobs_of_others_and_of_other_types_are_none()
    {
        await using var app = await AnalysisJobs.StartAsync();
        var parsed = await app.StartJobAsync("PARSE_DOCUMENT", new { text = "Tea is a drink." });
        await app.WaitForAnalysisAsync(parsed);
        var report = await app.StartJobAsync(Type, new { jobs = new[] { parsed } });
        Assert.Equal("COMPLETED", (await app.WaitForAnalysisAsync(report)).Status());

        foreach (var (id, caller) in new[] { (parsed, AnalysisJobs.Bob), (report, AnalysisJobs.Ann) })
        {
            Assert.Equal($"There is no job {id} of the type PARSE_DOCUMENT or GAP_DETECTION or RISK_ANALYSIS.", await app.ErrorOfAsync(Type, new { jobs = new[] { id } }, caller));
        }
    }

    [Fact]
    public async Task Input_at_its_limits_is_taken_and_one_past_them_is_not()
    {
        await using var app = await AnalysisJobs.StartAsync();
        var title = new string('t', ReportGeneration.MaxTitleLength);

        Assert.Equal("", await app.ErrorsOfAsync(Type, new { title, jobs = Enumerable.Repeat("x", ReportGenerationHandler.MaxJobs) }));
        Assert.Equal("'input.jobs' must have at most 20 ids of jobs.", await app.ErrorsOfAsync(Type, new { jobs = Enumerable.Repeat("x", ReportGenerationHandler.MaxJobs + 1) }));
        Assert.Equal("'input.jobs' must have at most 20 ids of jobs.", await app.ErrorsOfAsync(Type, new { jobs = new string?[] { null } }));
        Assert.Equal("'input.title' must have 1 to 200 characters.", await app.ErrorsOfAsync(Type, new { title = title + "t", jobs = new[] { "x" } }));
        Assert.Equal("'input' must have 'documents' or 'jobs'.", await app.ErrorsOfAsync(Type, new { title, documents = Array.Empty<object>() }));
        Assert.Equal("", await app.ErrorsOfAsync(Type, new { documents = Documents(20) }));
        Assert.Equal("'input.documents' must have at most 20 documents.", await app.ErrorsOfAsync(Type, new { documents = Documents(21) }));

        static IEnumerable<object> Documents(int count) => Enumerable.Range(0, count).Select(number => new { text = $"{number}" });
    }
}
