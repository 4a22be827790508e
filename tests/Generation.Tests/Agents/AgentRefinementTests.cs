using System.Text.Json.Nodes;
using Jobs.Domain.Generation;
using Jobs.Domain.Widgets;
using Jobs.Generation.Offline.Agents;

namespace Jobs.Generation.Tests.Agents;

public class AgentRefinementTests
{
    [Theory]
    [InlineData("make it uppercase instead", "Upper", "")]
    [InlineData("also return the word count", "Lower", "Words")]
    [InlineData("also reverse it", "Lower|Reverse", "")]
    [InlineData("then trim it and count the characters", "Lower|Trim", "Characters")]
    [InlineData("hello", "Lower", "")]
    [InlineData("remove the lowercase", "Lower", "")]
    public void Text_agent_is_changed(string refinement, string steps, string counts)
    {
        var text = Assert.IsType<TextSettings>(GeneratedAgent.From("make text lowercase", refinement).Plan.Settings);
        Assert.Equal((steps, counts), (string.Join('|', text.Steps.Select(step => step.Change)), string.Join('|', text.Counts)));
    }

    [Fact]
    public void Email_agent_is_changed()
    {
        static EmailSettings Email(params string[] prompts) => Assert.IsType<EmailSettings>(GeneratedAgent.From(prompts).Plan.Settings);
        Assert.Equal(EmailService.SendGrid, Email("email me a joke", "use SendGrid").Service);
        Assert.Equal(EmailService.Resend, Email("email me a joke by sendgrid", "use Resend instead").Service);
        Assert.Equal(EmailService.Draft, Email("email me a joke by sendgrid", "draft only").Service);
        Assert.Equal((EmailService.Draft, "Mailgun"), (Email("email me a joke by sendgrid", "use mailgun").Service, Email("email me a joke by sendgrid", "use mailgun").UnknownService));
        Assert.Equal("bob@example.com", Email("email me a joke by resend", "send it to bob@example.com").To);
        Assert.Equal(("me@example.com", ""), (Email("email me a joke by resend", "send from me@example.com").From, Email("email me a joke by resend", "send from me@example.com").To));
        Assert.Equal(EmailContent.Quote, Email("email me a joke by resend", "a quote instead of a joke").Content);
        Assert.Equal("Hi!", Email("email me a joke by resend", "change the subject to \"Hi!\"").Subject);
        Assert.Equal("Water the plants", Email("remind me to water the plants every friday using Resend").Text);
    }

    [Fact]
    public void Other_kinds_are_changed()
    {
        Assert.Equal(["https://a.example/", "title,author"], Http("fetch https://a.example and return the title", "also return the author"));
        Assert.Equal(["https://b.example/x", "title"], Http("fetch https://a.example and return the title", "call https://b.example/x instead"));
        Assert.Equal(
            [new("a1", 5), new("b1", 7), new("c1", 1)],
            Assert.IsType<ScoreSettings>(GeneratedAgent.From("score texts: a1 = 5, b1 = 2", "also c1 = 1 and b1 = 7").Plan.Settings).Weights.OrderBy(weight => weight.Word));
        Assert.Equal(5, Assert.IsType<SummarySettings>(GeneratedAgent.From("summarize text", "five sentences please").Plan.Settings).Sentences);
        Assert.Equal(new UnitsSettings("miles", "kilometres", 2), GeneratedAgent.From("convert km to miles", "the other way round", "two decimals").Plan.Settings);
        Assert.Equal("es", Assert.IsType<TranslationSettings>(GeneratedAgent.From("translate to German", "to Spanish instead").Plan.Settings).To);
        Assert.Equal(["Pizza", "Tacos"], Assert.IsType<RandomSettings>(GeneratedAgent.From("pick randomly from: pizza, sushi", "remove sushi and add tacos").Plan.Settings).Options.Select(option => char.ToUpperInvariant(option[0]) + option[1..]));
        Assert.Equal(DateUnit.Weeks, Assert.IsType<DateSettings>(GeneratedAgent.From("add 3 days to a date", "add 2 weeks instead").Plan.Settings).Unit);
        Assert.Equal([Measure.Sum], Assert.IsType<StatisticsSettings>(GeneratedAgent.From("the mean and sum of numbers", "without the mean").Plan.Settings).Measures);

        static string[] Http(params string[] prompts) => GeneratedAgent.From(prompts).Plan.Settings is HttpSettings http ? [http.Address, string.Join(',', http.Fields)] : [];
    }

    [Theory]
    [InlineData("turn it into a word counter that counts words", AgentKind.Text)]
    [InlineData("make it an agent that validates IBANs instead", AgentKind.Validation)]
    [InlineData("use two decimals", AgentKind.Units)]
    [InlineData("add a summary", AgentKind.Units)]
    [InlineData("thank you", AgentKind.Units)]
    public void Kind_changes_only_when_asked(string refinement, AgentKind kind) => Assert.Equal(kind, GeneratedAgent.From("convert km to miles", refinement).Kind);

    /// <summary>Earlier builds wrote such agents where no kind fitted.</summary>
    [Theory]
    [InlineData("it gets csv and turns it to json", "asdf")]
    [InlineData("semicolons please", "csv to json")]
    public void Agent_of_a_kind_that_is_no_more_is_built_from_its_prompts(string prompt, string earlier)
    {
        Assert.True(SourceFiles.TryCreate([new(AgentPlan.FileName, """{"name":null,"cron":null,"settings":{"kind":"general","asked":"asdf"}}"""), new("functions/main.ts", "export default () => 1;")], out var files, out _));
        var request = GeneratedAgent.Request(prompt) with { Earlier = [GeneratedWidget.Asked(earlier)], Current = files };
        Assert.Equal(AgentKind.Csv, GeneratedAgent.Build(request, _ => throw new InvalidOperationException("It asks.")).Kind);
    }

    [Fact]
    public void Agent_of_a_kind_that_is_no_more_is_asked_about_when_no_prompt_fits()
    {
        Assert.True(SourceFiles.TryCreate([new(AgentPlan.FileName, """{"name":null,"cron":null,"settings":{"kind":"general","asked":"asdf"}}""")], out var files, out _));
        var request = GeneratedAgent.Request("be nicer") with { Earlier = [GeneratedWidget.Asked("asdf")], Current = files };
        Assert.Equal(AgentKindQuestion.Text, Assert.IsType<GenerationResult.Question>(GeneratedAgent.Generate(request)).Text);
    }

    [Fact]
    public void Summary_says_whether_anything_changed()
    {
        Assert.StartsWith("The offline generator built an agent that converts kilometres to miles.", GeneratedAgent.From("convert km to miles").Summary, StringComparison.Ordinal);
        Assert.StartsWith("The offline generator changed the agent, which now converts miles to kilometres.", GeneratedAgent.From("convert km to miles", "the other way").Summary, StringComparison.Ordinal);
        Assert.StartsWith("The offline generator found nothing in the prompt that it can change; the agent still converts kilometres to miles.", GeneratedAgent.From("convert km to miles", "be nicer").Summary, StringComparison.Ordinal);
    }

    [Fact]
    public void Name_and_schedule_are_kept_and_changed()
    {
        var agent = GeneratedAgent.From("an agent called Joke Bot that tells me a joke every morning", "give me a quote");
        Assert.Equal(("Joke Bot", "0 7 * * *"), (agent.Manifest.Name, agent.Plan.Cron));
        agent = GeneratedAgent.From("tell me a joke every morning", "every hour please", "call it \"Fun\"");
        Assert.Equal(("Fun", "0 * * * *"), (agent.Manifest.Name, agent.Plan.Cron));
    }

    [Theory]
    [InlineData("settings.kind", "\"nothing\"")]
    [InlineData("settings.more", "1")]
    [InlineData("settings.address", "\"file:///etc/passwd\"")]
    [InlineData("settings.address", "\"https://user:secret@example.com/\"")]
    [InlineData("settings.fields", "[\"a-b\"]")]
    [InlineData("settings.fields", "[\"constructor(){}\"]")]
    [InlineData("settings.fields", "[null]")]
    [InlineData("cron", "\"* * * * * `x`\"")]
    [InlineData("name", "\"\"")]
    public void Plan_that_was_tampered_with_is_not_read(string path, string value)
    {
        var plan = JsonNode.Parse(GeneratedAgent.From("fetch https://example.com and return the title").Files.Files[AgentPlan.FileName])!.AsObject();
        var names = path.Split('.');
        (names.Length == 2 ? plan[names[0]]!.AsObject() : plan)[names[^1]] = JsonNode.Parse(value);
        Assert.Null(AgentPlan.FromJson(plan.ToJsonString()));
    }

    [Fact]
    public void Plan_reads_back_as_it_was_written()
    {
        foreach (var row in AgentKindTests.Prompts)
        {
            var agent = GeneratedAgent.From((string)row[1]);
            Assert.Equal(agent.Files.Files[AgentPlan.FileName], agent.Plan.ToJson());
        }
    }
}
