using Jobs.Domain.Conversations;
using Jobs.Domain.Generation;
using Jobs.Generation.Offline.Agents;

namespace Jobs.Generation.Tests.Agents;

/// <summary>What the generator says of what it cannot build.</summary>
public class AgentHonestyTests
{
    public static readonly TheoryData<string> Nothing = new("asdf", "make the world a better place", "", "play chess against me");

    [Theory]
    [MemberData(nameof(Nothing))]
    public void Prompt_that_fits_no_kind_asks_for_one(string prompt)
    {
        var question = Assert.IsType<GenerationResult.Question>(GeneratedAgent.Generate(GeneratedAgent.Request(prompt)));
        Assert.Equal(AgentKindQuestion.Text, question.Text);
        Assert.InRange(question.Choices.Count, 2, ChatMessage.MaxChoices);
        Assert.Null(question.Default);
    }

    [Fact]
    public void Question_names_every_kind()
    {
        var named = AgentKindQuestion.Choices.Concat([AgentKindQuestion.Text]).ToList();
        Assert.All(AgentKindChooser.Templates, template => Assert.Contains(named, text => text.Contains(template.Does, StringComparison.OrdinalIgnoreCase)));
        Assert.Equal(Enum.GetValues<AgentKind>(), AgentKindChooser.Templates.Select(template => template.Kind).Order());
    }

    [Fact]
    public void Choice_of_a_kind_builds_it()
    {
        foreach (var template in AgentKindChooser.Templates)
        {
            foreach (var answer in new[] { template.Does, $"{template.Does.ToLowerInvariant()}." })
            {
                var agent = GeneratedAgent.Answering(question => question.Text == AgentKindQuestion.Text ? answer : question.Default ?? "", "asdf");
                Assert.Equal(template.Kind, agent.Kind);
            }
        }
    }

    [Fact]
    public void Prompt_and_answer_are_read_together()
    {
        var agent = GeneratedAgent.Answering(_ => "convert km to miles with two decimals", "an agent called \"Helper\" for my marathon, every monday at 8:30");
        Assert.Equal(new UnitsSettings("kilometres", "miles", 2), agent.Plan.Settings);
        Assert.Equal(("Helper", "30 8 * * 1"), (agent.Plan.Name, agent.Plan.Cron));
    }

    [Theory]
    [InlineData("asdf", "qwertz")]
    [InlineData("play chess against me", "")]
    [InlineData("", "no idea")]
    public void Answer_that_fits_no_kind_fails_with_what_can_be_built(string prompt, string answer)
    {
        var error = Assert.Throws<GenerationException>(() => GeneratedAgent.Answering(_ => answer, prompt));
        Assert.False(error.IsTransient);
        Assert.All(AgentKindChooser.Templates, template => Assert.Contains(template.Does, error.Message, StringComparison.OrdinalIgnoreCase));
        Assert.Contains("docs/operations.md", error.Message, StringComparison.Ordinal);
        Assert.InRange(error.Message.Length, 1, 500);
    }

    [Theory]
    [InlineData("draft an email with an attachment", "attach files")]
    [InlineData("draft an email and send a copy to my boss by bcc", "send copies (cc, bcc)")]
    [InlineData("draft an HTML email", "format an e-mail in HTML")]
    [InlineData("draft an email and post it to Slack", "post to chats or social networks")]
    [InlineData("score messages in my inbox by keywords: invoice 5", "read a mailbox")]
    [InlineData("summarise a PDF", "handle PDF files")]
    [InlineData("summarise a Word document", "handle Office files")]
    [InlineData("count the words of a scan, extract text from images", "handle images")]
    [InlineData("summarise a podcast", "handle sound or video")]
    [InlineData("count the words of a text and store them in a database", "read or write a database or an online sheet")]
    [InlineData("fetch https://example.com/ and tell me only when it has changed", "remember anything from one run to the next")]
    [InlineData("summarise a text with ChatGPT", "use an AI model")]
    [InlineData("translate to German by using an AI", "use an AI model")]
    [InlineData("add 5 business days, taking account of public holidays", "know holidays")]
    [InlineData("summarise a text and email it", "send e-mail")]
    [InlineData("summarise a text and translate it to French", "summarise")]
    [InlineData("draft an email that summarises https://example.com/news", "call an HTTP address")]
    [InlineData("text me the sum of my numbers as an SMS", "send text messages, calls or notifications")]
    public void Wish_that_the_kind_cannot_meet_is_named(string prompt, string wish)
    {
        var agent = GeneratedAgent.From(prompt);
        Assert.Contains("It does not ", agent.Summary, StringComparison.Ordinal);
        Assert.Contains(wish, agent.Summary, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("draft an email without attachments")]
    [InlineData("draft an email, no cc please")]
    [InlineData("draft an email saying \"see the PDF in the database\"")]
    [InlineData("email me a reminder to send the PDFs every friday using Resend")]
    [InlineData("post the input to https://hooks.slack.com/services/x")]
    [InlineData("fetch https://api.example.com/x and return the summary")]
    [InlineData("score texts without using an AI")]
    public void Wish_that_is_met_or_declined_or_quoted_is_not_named(string prompt)
    {
        var agent = GeneratedAgent.From(prompt);
        Assert.DoesNotContain("It does not ", agent.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public void Prompt_that_asks_for_its_kind_only_leaves_no_wish_unmet() =>
        Assert.All(AgentKindTests.Prompts, row => Assert.DoesNotContain("It does not ", GeneratedAgent.From((string)row[1]).Summary, StringComparison.Ordinal));

    [Fact]
    public void Unmet_wish_of_a_refinement_is_named() =>
        Assert.EndsWith(
            "It does not attach files or summarise: the offline generator cannot build that into a unit agent.",
            GeneratedAgent.From("convert km to miles", "add a summary as an attachment").Summary,
            StringComparison.Ordinal);
}
