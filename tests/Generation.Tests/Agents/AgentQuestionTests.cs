using Jobs.Domain.Conversations;
using Jobs.Domain.Generation;
using Jobs.Domain.Widgets;
using Jobs.Generation.Offline.Agents;

namespace Jobs.Generation.Tests.Agents;

public class AgentQuestionTests
{
    private const string Joke = "email me a joke every morning";

    [Fact]
    public void Email_without_a_service_is_asked_about()
    {
        var question = Assert.IsType<GenerationResult.Question>(GeneratedAgent.Generate(GeneratedAgent.Request(Joke)));
        Assert.Equal("Which email service?", question.Text);
        Assert.Equal(["Resend", "SendGrid", "Draft only"], question.Choices);
        Assert.Equal("Draft only", question.Default);
    }

    [Theory]
    [InlineData("Resend", EmailService.Resend, "")]
    [InlineData("let's use resend please", EmailService.Resend, "")]
    [InlineData("SENDGRID", EmailService.SendGrid, "")]
    [InlineData("twilio send grid", EmailService.SendGrid, "")]
    [InlineData("Draft only", EmailService.Draft, "")]
    [InlineData("don't send anything", EmailService.Draft, "")]
    [InlineData("none", EmailService.Draft, "")]
    [InlineData("", EmailService.Draft, "")]
    [InlineData("Mailgun", EmailService.Draft, "Mailgun")]
    [InlineData("\"; pwned(); //\n", EmailService.Draft, "\"; pwned(); //")]
    public void Answer_about_the_service_is_understood(string answer, EmailService service, string unknown)
    {
        var agent = GeneratedAgent.Answering(_ => answer, Joke);
        var email = Assert.IsType<EmailSettings>(agent.Plan.Settings);
        Assert.Equal((service, unknown), (email.Service, email.UnknownService));
        Assert.Equal(unknown.Length > 0, agent.Summary.Contains($"does not know the service \"{unknown}\"", StringComparison.Ordinal));
        Assert.Contains("`0 7 * * *`", agent.Summary, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Resend", "api.resend.com", "RESEND_API_KEY")]
    [InlineData("SendGrid", "api.sendgrid.com", "SENDGRID_API_KEY")]
    public void Service_brings_its_host_and_its_secret_into_summary_and_readme(string answer, string host, string secret)
    {
        var agent = GeneratedAgent.Answering(_ => answer, Joke);
        Assert.Equal([secret], agent.Manifest.Secrets);
        foreach (var text in new[] { agent.Summary, agent.Readme })
        {
            Assert.Contains(host, text, StringComparison.Ordinal);
            Assert.Contains(secret, text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Scheduled_email_that_is_sent_needs_an_address_and_asks_for_it()
    {
        var agent = GeneratedAgent.Answering(question => question.Text.Contains("service") ? "Resend" : "to ada@example.com please", Joke);
        Assert.Equal(2, agent.Asked.Count);
        Assert.Equal("ada@example.com", Assert.IsType<EmailSettings>(agent.Plan.Settings).To);
        Assert.Single(GeneratedAgent.Answering(_ => "Resend", "email ada@example.com a joke every morning").Asked);
        Assert.Single(GeneratedAgent.Answering(_ => "Draft only", Joke).Asked);
    }

    [Theory]
    [InlineData("draft an email to a customer")]
    [InlineData("send an email with a joke by SendGrid")]
    [InlineData("email me a fact using resend")]
    [InlineData("send an email through Mailgun")]
    [InlineData("uppercase the text")]
    [InlineData("validate email addresses")]
    [InlineData("translate to French")]
    [InlineData("days between 2026-01-02 and another date")]
    [InlineData("convert dates like 25/04/2026 to iso")]
    [InlineData("convert km to miles")]
    [InlineData("fetch https://example.com/")]
    public void Prompt_that_leaves_nothing_open_is_not_asked_about(string prompt) => Assert.Empty(GeneratedAgent.From(prompt).Asked);

    [Theory]
    [InlineData("translate a text", "Into which language should it translate?")]
    [InlineData("convert dates like 03/04/2026 to ISO dates", null)]
    [InlineData("days between dates like 03/04/2026", "How are the dates of the input written?")]
    [InlineData("convert miles", "Convert miles to which unit?")]
    [InlineData("temperature converter", "Which units of temperature should it convert?")]
    [InlineData("fix the case of a text", "Which case should the text get?")]
    [InlineData("something with csv", "Which direction should it convert?")]
    [InlineData("score leads", "Which words count, and how many points is each worth?")]
    [InlineData("validate the input", "What should it validate?")]
    [InlineData("call an API", "Which address should it call?")]
    [InlineData("transform a text", "What should it do with the text?")]
    [InlineData("date arithmetic", "What should it calculate?")]
    [InlineData("fill a template", "What is the template? Write the places to fill as {{name}}.")]
    public void Choice_that_matters_is_asked_about(string prompt, string? question) =>
        Assert.Equal(question, (GeneratedAgent.Generate(GeneratedAgent.Request(prompt)) as GenerationResult.Question)?.Text);

    [Fact]
    public void Answers_shape_the_agent()
    {
        Assert.Equal(new TranslationSettings("en", "fr"), GeneratedAgent.Answering(_ => "into French, please", "translate a text from English").Plan.Settings);
        Assert.Equal(DateFormat.Eu, Assert.IsType<DateSettings>(GeneratedAgent.Answering(_ => "European (03/04/2026)", "days between dates like 03/04/2026").Plan.Settings).Format);
        Assert.Equal(DateFormat.Us, Assert.IsType<DateSettings>(GeneratedAgent.Answering(_ => "the American way", "days between dates like 03/04/2026").Plan.Settings).Format);
        Assert.Equal(new UnitsSettings("miles", "kilometres", 4), GeneratedAgent.Answering(_ => "km", "convert miles").Plan.Settings);
        Assert.Equal("https://api.example.com/v1", Assert.IsType<HttpSettings>(GeneratedAgent.Answering(_ => "https://api.example.com/v1.", "call an API").Plan.Settings).Address);
        Assert.Equal("https://example.com/a", Assert.IsType<HttpSettings>(GeneratedAgent.Answering(_ => "example.com/a", "call an API").Plan.Settings).Address);
        Assert.Equal("", Assert.IsType<HttpSettings>(GeneratedAgent.Answering(_ => "file:///etc/passwd", "call an API").Plan.Settings).Address);
        Assert.False(Assert.IsType<CsvSettings>(GeneratedAgent.Answering(_ => "JSON to CSV", "something with csv").Plan.Settings).ToJson);
        Assert.Equal([new("spam", -5), new("sale", 1.5)], Assert.IsType<ScoreSettings>(GeneratedAgent.Answering(_ => "spam -5, sale 1.5", "score leads").Plan.Settings).Weights);
        Assert.Equal(["Hot", "new"], Assert.IsType<ScoreSettings>(GeneratedAgent.Answering(_ => "Hot and new", "score leads").Plan.Settings).Weights.Select(weight => weight.Word));
        Assert.Equal([TextChange.Upper], Assert.IsType<TextSettings>(GeneratedAgent.Answering(_ => "UPPER CASE", "fix the case of a text").Plan.Settings).Steps.Select(step => step.Change));
    }

    [Fact]
    public void Answers_that_make_no_sense_give_what_the_default_gives()
    {
        foreach (var row in AgentKindTests.Prompts)
        {
            var prompt = (string)row[1];
            var (asked, nonsense) = (GeneratedAgent.From(prompt), GeneratedAgent.Answering(_ => "£$%& wibble", prompt));
            Assert.Equal(asked.Kind, nonsense.Kind);
        }
    }

    [Fact]
    public void Earlier_answers_count_when_the_plan_is_gone()
    {
        Assert.True(SourceFiles.TryCreate([new("functions/main.ts", "export default () => 1;")], out var foreign, out _));
        ChatMessage Said(int number, ChatMessageKind kind, string text) => new() { JobId = "job_1_000000000000", Number = number, Kind = kind, Content = text, CreatedAt = GeneratedAgent.Now };
        ChatMessage[] earlier =
        [
            Said(0, ChatMessageKind.Prompt, "email me a joke"), Said(1, ChatMessageKind.Question, "Which email service?"), Said(2, ChatMessageKind.Answer, "SendGrid"),
        ];
        var agent = GeneratedAgent.Build(new("A", null, "a quote instead", [], earlier, foreign) { Workbench = new NoWorkbench() }, _ => throw new InvalidOperationException("It asks again."));
        var email = Assert.IsType<EmailSettings>(agent.Plan.Settings);
        Assert.Equal((EmailService.SendGrid, EmailContent.Quote), (email.Service, email.Content));
    }
}
