using Jobs.Documents.Analysis;
using Jobs.Documents.Embedding;
using Jobs.Functions.JobTypes.GapDetection;
using Jobs.Functions.JobTypes.ParseDocument;

namespace Jobs.Functions.Tests.Work.Analysis;

/// <summary>The job type GAP_DETECTION.</summary>
public sealed class GapDetectionJobTests
{
    private const string Type = "GAP_DETECTION";

    private static readonly object Document = new { text = "The service is backed up every night. All data is stored in Germany.", name = "Service description" };

    [Fact]
    public async Task Result_is_as_documented()
    {
        await using var app = await AnalysisJobs.StartAsync();

        var job = await app.DoJobAsync(Type, new { document = Document, requirements = new object[] { "The service is backed up every night", new { id = "sso", text = "Users sign in by single sign-on" } } });

        Payload.AssertMatches("003-gap-detection.json", job);
    }

    [Fact]
    public async Task Agreement_covers_what_it_says_by_words_that_it_has()
    {
        await using var app = await AnalysisJobs.StartAsync(new LocalEmbedder());
        var document = await app.UploadFixtureAsync("agreement.docx");
        var parsed = (await app.ResultOfAsync("PARSE_DOCUMENT", document)).ToDocument();

        var result = await app.ResultOfAsync(
            Type,
            new { document, requirements = new[] { "Backups are made every night.", "Incidents are answered within one hour.", "The service signs its users in by single sign-on." } });

        var findings = result.GetProperty("findings").EnumerateArray().ToList();
        Assert.Equal(["covered", "partial", "missing"], findings.Select(finding => finding.GetProperty("status").GetString()));
        Assert.Equal(["R1", "R2", "R3"], findings.Select(finding => finding.GetProperty("requirementId").GetString()));
        parsed.AssertOccurs(findings.SelectMany(finding => finding.GetProperty("evidence").EnumerateArray()));
        Assert.Contains("Backups are made every night", findings[0].GetProperty("evidence")[0].GetProperty("quote").GetString(), StringComparison.Ordinal);
        Assert.Equal("Services", findings[0].GetProperty("evidence")[0].GetProperty("heading").GetString());
        Assert.Contains("snowflake-arctic-embed-xs", result.GetProperty("method").GetString(), StringComparison.Ordinal);
        Assert.Equal("Hosting agreement", result.GetProperty("document").GetProperty("name").GetString());
    }

    [Fact]
    public async Task Document_that_a_job_has_parsed_gives_the_same_result_as_its_file()
    {
        await using var app = await AnalysisJobs.StartAsync();
        var document = await app.UploadFixtureAsync("agreement.pdf");
        var jobId = await app.StartJobAsync("PARSE_DOCUMENT", document);
        await app.WaitForAnalysisAsync(jobId);
        string[] requirements = ["Backups are made every night."];

        var ofFile = await app.ResultOfAsync(Type, new { document, requirements });
        var ofJob = await app.ResultOfAsync(Type, new { document = new { jobId }, requirements });

        Assert.Equal(ofFile.ToString(), ofJob.ToString());
    }

    [Fact]
    public async Task Job_that_is_not_the_users_or_not_a_document_is_none()
    {
        await using var app = await AnalysisJobs.StartAsync();
        var parsed = await app.StartJobAsync("PARSE_DOCUMENT", new { text = "Tea is a drink." });
        var failed = await app.StartJobAsync("PARSE_DOCUMENT", new { text = "{", format = "json" });
        var gaps = await app.StartJobAsync(Type, new { document = Document, requirements = new[] { "Backups" } });
        foreach (var id in new[] { parsed, failed, gaps })
        {
            await app.WaitForAnalysisAsync(id);
        }

        Assert.Equal($"There is no job {parsed} of the type PARSE_DOCUMENT.", await app.ErrorOfAsync(Type, InputOf(parsed), AnalysisJobs.Bob));
        foreach (var id in new[] { gaps, "job_1_000000000000", "550e8400-e29b-41d4-a716-446655440000", "../x" })
        {
            Assert.Equal($"There is no job {id} of the type PARSE_DOCUMENT.", await app.ErrorOfAsync(Type, InputOf(id)));
        }

        Assert.Equal($"The job {failed} has failed.", await app.ErrorOfAsync(Type, InputOf(failed)));

        static object InputOf(string jobId) => new { document = new { jobId }, requirements = new[] { "Backups" } };
    }

    [Fact]
    public async Task Document_that_cannot_be_read_is_an_error()
    {
        await using var app = await AnalysisJobs.StartAsync();

        var error = await app.ErrorOfAsync(Type, new { document = await app.UploadFixtureAsync("locked.pdf"), requirements = new[] { "Backups" } });

        Assert.StartsWith("The PDF has a password.", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Document_without_a_sentence_covers_nothing()
    {
        await using var app = await AnalysisJobs.StartAsync();

        var result = await app.ResultOfAsync(Type, new { document = new { text = "Tea" }, requirements = new[] { "Coffee is served." } });

        Assert.Equal(("The document has no sentences.", 1), (result.GetProperty("findings")[0].GetProperty("reason").GetString(), result.GetProperty("missing").GetInt32()));
    }

    [Fact]
    public async Task Input_at_its_limits_is_taken_and_one_past_them_is_not()
    {
        await using var app = await AnalysisJobs.StartAsync();
        var text = new string('r', AnalysisLimits.MaxRequirementLength);
        var id = new string('i', GapDetectionHandler.MaxIdLength);
        var name = new string('n', DocumentReference.MaxNameLength);

        Assert.Equal("", await Errors(Enumerable.Repeat("r", AnalysisLimits.MaxRequirements)));
        Assert.Equal("'input.requirements' must have 1 to 200 requirements.", await Errors(Enumerable.Repeat("r", AnalysisLimits.MaxRequirements + 1)));
        Assert.Equal("'input.requirements' must have 1 to 200 requirements.", await Errors(Array.Empty<string>()));
        Assert.Equal("", await Errors([text]));
        Assert.Equal("'input.requirements[1]' must be a text of 1 to 2000 characters, or an object with such a 'text'.", await Errors(["r", text + "r"]));
        Assert.Equal("'input.requirements[0]' must be a text of 1 to 2000 characters, or an object with such a 'text'.", await Errors([" "]));
        Assert.Equal("", await Errors([new { id, text = "r" }]));
        Assert.Equal("'input.requirements[0].id' must have 1 to 100 characters.", await Errors([new { id = id + "i", text = "r" }]));
        Assert.Equal("'input.requirements[1].id' must be an id that no other requirement has.", await Errors([new { id = "R2", text = "r" }, "s"]));
        Assert.Equal("'input.requirements[1]' is not what it must be: look up this type's input in the documentation.", await Errors(["r", new { text = 7 }]));
        Assert.Equal("", await app.ErrorsOfAsync(Type, new { document = new { text = "x", name }, requirements = new[] { "r" } }));
        Assert.Equal("'input.document.name' must have 1 to 200 characters.", await app.ErrorsOfAsync(Type, new { document = new { text = "x", name = name + "n" }, requirements = new[] { "r" } }));
        Assert.Equal("'input.document' is required.", await app.ErrorsOfAsync(Type, new { requirements = new[] { "r" } }));
        Assert.Equal("'input.document' must have one of 'documentId', 'text' and 'jobId'.", await app.ErrorsOfAsync(Type, new { document = new { jobId = "x", text = "x" }, requirements = new[] { "r" } }));
        Assert.Equal("", await app.ErrorsOfAsync(Type, new { document = new { jobId = new string('j', 100) }, requirements = new[] { "r" } }));
        Assert.Equal("'input.document.jobId' must be the id of a job.", await app.ErrorsOfAsync(Type, new { document = new { jobId = new string('j', 101) }, requirements = new[] { "r" } }));

        Task<string> Errors(IEnumerable<object> requirements) => app.ErrorsOfAsync(Type, new { document = Document, requirements });
    }
}
