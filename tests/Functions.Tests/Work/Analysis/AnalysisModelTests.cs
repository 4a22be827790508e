using System.Text.Json;
using Jobs.Functions.JobTypes.Analysis;
using Jobs.Functions.JobTypes.GapDetection;
using Jobs.Functions.JobTypes.RiskAnalysis;

namespace Jobs.Functions.Tests.Work.Analysis;

/// <summary>The types of analysis where an AI is configured: a scripted server.</summary>
public sealed class AnalysisModelTests
{
    private const string Text = "The service is backed up every night. The delivery may be delayed by weeks.";

    private static readonly object Document = new { text = Text, name = "Service" };

    [Fact]
    public async Task Model_judges_requirements_and_what_it_quotes_stands_only_where_the_document_has_it()
    {
        await using var server = await ScriptedServer.StartOpenAiAsync(AnswerOf(new
        {
            findings = new[]
            {
                new { requirementId = "R1", status = "covered", quotes = new[] { "backed  up every night", "invented" }, reason = "It says so." },
                new { requirementId = "R2", status = "covered", quotes = new[] { "Users sign in by single sign-on." }, reason = "It says so." },
                new { requirementId = "R9", status = "covered", quotes = new[] { "The service" }, reason = "Nobody asked." },
            },
        }));
        await using var app = await AiBuilds.StartAsync(server);

        var result = await app.ResultOfAsync("GAP_DETECTION", new { document = Document, requirements = new[] { "Backups are made.", "Users sign in by single sign-on." } });

        var findings = result.GetProperty("findings").EnumerateArray().ToList();
        Assert.Equal(["covered", "missing"], findings.Select(finding => finding.GetProperty("status").GetString()));
        Assert.Equal("backed up every night", Assert.Single(findings[0].GetProperty("evidence").EnumerateArray()).GetProperty("quote").GetString());
        Assert.Equal("What was quoted for this requirement does not occur in the document.", findings[1].GetProperty("reason").GetString());
        Assert.Equal("Requirements judged by the AI model scripted; every quote was checked against the document.", result.GetProperty("method").GetString());
        var request = Assert.Single(server.Requests).Body;
        Assert.Equal("json_schema", request["response_format"]!["type"]!.GetValue<string>());
        Assert.Contains(Text, request["messages"]!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Model_finds_risks_and_those_stand_whose_words_the_document_has()
    {
        await using var server = await ScriptedServer.StartOpenAiAsync(AnswerOf(new
        {
            risks = new[]
            {
                new { category = "schedule", likelihood = 4, impact = 3, quote = "The delivery may be delayed by weeks.", reason = "A delay." },
                new { category = "schedule", likelihood = 5, impact = 5, quote = "Everything burns down.", reason = "Invented." },
                new { category = "nonsense", likelihood = 5, impact = 5, quote = "The service is backed up", reason = "No category." },
                new { category = "schedule", likelihood = 6, impact = 5, quote = "The service is backed up", reason = "No likelihood." },
            },
        }));
        await using var app = await AiBuilds.StartAsync(server);

        var result = await app.ResultOfAsync("RISK_ANALYSIS", new { documents = new[] { Document } });

        var finding = Assert.Single(result.GetProperty("findings").EnumerateArray());
        Assert.Equal((12, "The delivery may be delayed by weeks."), (finding.GetProperty("score").GetInt32(), finding.GetProperty("evidence").GetProperty("quote").GetString()));
        Assert.Contains("the AI model scripted", result.GetProperty("method").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Model_picks_the_sentences_that_stand_for_a_document_of_a_report()
    {
        await using var server = await ScriptedServer.StartOpenAiAsync(AnswerOf(new { quotes = new[] { "The delivery may be delayed by weeks.", "Everything burns down.", "The service is backed up every night." } }));
        await using var app = await AiBuilds.StartAsync(server);

        var result = await app.ResultOfAsync("REPORT_GENERATION", new { documents = new[] { Document } });

        var summary = Assert.Single(result.GetProperty("documents").EnumerateArray()).GetProperty("summary").EnumerateArray();
        Assert.Equal(["The service is backed up every night.", "The delivery may be delayed by weeks."], summary.Select(quoted => quoted.GetProperty("quote").GetString()));
        Assert.Contains("the AI model scripted", result.GetProperty("method").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain("burns", result.GetProperty("html").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(GapModelMethod.MaxReasonLength, false)]
    [InlineData(GapModelMethod.MaxReasonLength + 1, true)]
    public async Task Reason_of_a_model_may_have_so_many_characters_and_is_cut_then(int length, bool isCut)
    {
        Assert.Equal(GapModelMethod.MaxReasonLength, RiskModelMethod.MaxReasonLength);
        var reason = new string('r', length);
        await using var server = await ScriptedServer.StartOpenAiAsync(
            AnswerOf(new { findings = new[] { new { requirementId = "R1", status = "missing", quotes = Array.Empty<string>(), reason } } }),
            AnswerOf(new { risks = new[] { new { category = "schedule", likelihood = 4, impact = 3, quote = "The delivery may be delayed by weeks.", reason } } }));
        await using var app = await AiBuilds.StartAsync(server);

        var gaps = await app.ResultOfAsync("GAP_DETECTION", new { document = Document, requirements = new[] { "Backups are made." } });
        var risks = await app.ResultOfAsync("RISK_ANALYSIS", new { documents = new[] { Document } });

        Assert.All([gaps, risks], result =>
        {
            var kept = result.GetProperty("findings")[0].GetProperty("reason").GetString()!;
            Assert.Equal((GapModelMethod.MaxReasonLength, isCut), (kept.Length, kept.EndsWith('…')));
        });
    }

    [Fact]
    public async Task Answer_of_another_form_is_asked_again_and_given_up_after_three()
    {
        await using var server = await ScriptedServer.StartOpenAiAsync(OpenAiAnswers.Stream(["No JSON."]), AnswerOf(new { risks = new[] { new { category = "schedule" } } }), AnswerOf(new { risks = Array.Empty<object>() }));
        await using var app = await AiBuilds.StartAsync(server);

        Assert.Equal(0, (await app.ResultOfAsync("RISK_ANALYSIS", new { documents = new[] { Document } })).GetProperty("found").GetInt32());
        Assert.Equal(3, server.Requests.Count);

        server.Otherwise = OpenAiAnswers.Stream(["""{"risks":[{"category":"sche"""], finish: "length");
        Assert.Equal("The AI model's answer was cut off: it may have no more tokens.", await app.ErrorOfAsync("RISK_ANALYSIS", new { documents = new[] { Document } }));
        Assert.Equal(6, server.Requests.Count);
    }

    [Theory]
    [InlineData(GapModelMethod.MaxRequirements, 1)]
    [InlineData(GapModelMethod.MaxRequirements + 1, 2)]
    public async Task Question_has_so_many_requirements(int requirements, int questions)
    {
        await using var server = await ScriptedServer.StartOpenAiAsync();
        server.Otherwise = AnswerOf(new { findings = Array.Empty<object>() });
        await using var app = await AiBuilds.StartAsync(server);

        var result = await app.ResultOfAsync("GAP_DETECTION", new { document = Document, requirements = Enumerable.Range(1, requirements).Select(number => $"Requirement {number}") });

        Assert.Equal((requirements, questions), (result.GetProperty("missing").GetInt32(), server.Requests.Count));
    }

    [Fact]
    public async Task Of_a_long_document_the_parts_are_shown_that_are_nearest_to_the_requirements()
    {
        await using var server = await ScriptedServer.StartOpenAiAsync();
        server.Otherwise = AnswerOf(new { findings = Array.Empty<object>() });
        await using var app = await AiBuilds.StartAsync(server);
        var other = string.Concat(Enumerable.Range(1, 2_000).Select(number => $"Chapter {number} tells of the weather in that year.\n\n"));

        await app.ResultOfAsync("GAP_DETECTION", new { document = new { text = other + "Backups are encrypted.\n\n" + other }, requirements = new[] { "Encrypted backups" } });

        var shown = Assert.Single(server.Requests).Body["messages"]!.ToString();
        Assert.Contains("Backups are encrypted.", shown, StringComparison.Ordinal);
        Assert.InRange(shown.Length, 1, AnalysisBatch.MaxQuestionText * 2);
    }

    private static ScriptedAnswer AnswerOf(object json) => OpenAiAnswers.Stream([JsonSerializer.Serialize(json)]);
}
