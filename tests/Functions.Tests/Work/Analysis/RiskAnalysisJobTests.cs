using System.Text;
using Jobs.Documents.Embedding;
using Jobs.Functions.JobTypes.ParseDocument;

namespace Jobs.Functions.Tests.Work.Analysis;

/// <summary>The job type RISK_ANALYSIS.</summary>
public sealed class RiskAnalysisJobTests
{
    private const string Type = "RISK_ANALYSIS";
    private const string Status = "The team meets on Monday. The delivery will probably be delayed by three weeks. There is no risk of data loss.";
    private const string Security = "All passwords are stored in plain text. An attack on the portal is unlikely and would cause minor harm.";

    [Fact]
    public async Task Result_is_as_documented()
    {
        await using var app = await AnalysisJobs.StartAsync();

        var job = await app.DoJobAsync(Type, new { documents = new[] { new { text = "The delivery will probably be delayed by three weeks.", name = "Status" } } });

        Payload.AssertMatches("003-risk-analysis.json", job);
    }

    [Fact]
    public async Task Risks_of_documents_are_rated_and_rest_on_words_that_they_have()
    {
        await using var app = await AnalysisJobs.StartAsync(new LocalEmbedder());

        var result = await app.ResultOfAsync(Type, new { documents = new[] { new { text = Status, name = "Status" }, new { text = Security, name = "Security" } } });

        var documents = result.GetProperty("documents").EnumerateArray().ToDictionary(document => document.GetProperty("id").GetString()!, document => document.GetProperty("name").GetString()!);
        var findings = result.GetProperty("findings").EnumerateArray().ToList();
        Assert.Contains(findings, finding => (finding.GetProperty("category").GetString(), documents[finding.GetProperty("evidence").GetProperty("document").GetString()!]) == ("schedule", "Status"));
        Assert.Contains(findings, finding => (finding.GetProperty("category").GetString(), documents[finding.GetProperty("evidence").GetProperty("document").GetString()!]) == ("security", "Security"));
        Assert.All(findings, finding =>
        {
            var evidence = finding.GetProperty("evidence");
            var text = documents[evidence.GetProperty("document").GetString()!] == "Status" ? Status : Security;
            Assert.Equal(evidence.GetProperty("quote").GetString(), text.Substring(evidence.GetProperty("start").GetInt32(), evidence.GetProperty("length").GetInt32()));
            Assert.Equal(finding.GetProperty("score").GetInt32(), finding.GetProperty("likelihood").GetInt32() * finding.GetProperty("impact").GetInt32());
            Assert.DoesNotContain("no risk", evidence.GetProperty("quote").GetString(), StringComparison.Ordinal);
        });
        Assert.Contains("snowflake-arctic-embed-xs", result.GetProperty("method").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Document_that_is_named_twice_is_read_as_one()
    {
        await using var app = await AnalysisJobs.StartAsync();

        var result = await app.ResultOfAsync(Type, new { documents = new object[] { new { text = Status, name = "Status" }, new { documentId = await app.UploadAsync(Encoding.UTF8.GetBytes(Status)) } } });

        Assert.Equal("Status", Assert.Single(result.GetProperty("documents").EnumerateArray()).GetProperty("name").GetString());
    }

    [Fact]
    public async Task Documents_may_have_so_many_characters_together()
    {
        await using var app = await AnalysisJobs.StartAsync();
        // Of words without a mark of an end, so that few sentences are long.
        var half = string.Concat(Enumerable.Repeat("word ", DocumentSources.MaxTextLength / 2 / 5))[..^1] + ".";
        var first = await app.UploadAsync(Encoding.UTF8.GetBytes(half));
        var second = await app.UploadAsync(Encoding.UTF8.GetBytes("W" + half[1..]));
        var third = await app.UploadAsync("One more."u8.ToArray());

        Assert.Equal("COMPLETED", (await app.DoJobAsync(Type, new { documents = new object[] { new { documentId = first }, new { documentId = second } } })).Status());
        Assert.Equal(
            "The documents are more than 20, or have more than 5000000 characters together.",
            await app.ErrorOfAsync(Type, new { documents = new object[] { new { documentId = first }, new { documentId = second }, new { documentId = third } } }));
    }

    [Fact]
    public async Task Input_at_its_limits_is_taken_and_one_past_them_is_not()
    {
        await using var app = await AnalysisJobs.StartAsync();

        Assert.Equal("", await Errors(DocumentSources.MaxDocuments));
        Assert.Equal("'input.documents' must have at most 20 documents.", await Errors(DocumentSources.MaxDocuments + 1));
        Assert.Equal("'input.documents' must have 1 to 20 documents.", await Errors(0));
        Assert.Equal("'input.documents' must have 1 to 20 documents.", await app.ErrorsOfAsync(Type, new { }));
        Assert.Equal("'input.documents[1]' must be an object.", await app.ErrorsOfAsync(Type, new { documents = new object?[] { new { text = "x" }, null } }));
        Assert.Equal("'input.documents[0].documentId' must be the id of a document.", await app.ErrorsOfAsync(Type, new { documents = new[] { new { documentId = "x" } } }));

        Task<string> Errors(int count) => app.ErrorsOfAsync(Type, new { documents = Enumerable.Range(0, count).Select(number => new { text = $"{number}" }) });
    }
}
