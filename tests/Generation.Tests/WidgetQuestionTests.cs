using Jobs.Domain.Generation;
using Jobs.Domain.Widgets;
using Jobs.Generation.Offline.Widgets;

namespace Jobs.Generation.Tests;

public class WidgetQuestionTests
{
    [Theory]
    [InlineData("a countdown")]
    [InlineData("a countdown to our wedding with a red button")]
    [InlineData("a countdown to 31 February 2027")]
    public void Countdown_without_a_date_is_asked_about(string prompt)
    {
        var question = Assert.IsType<GenerationResult.Question>(GeneratedWidget.Generate(Request(prompt)));
        Assert.Equal("Which date should it count down to?", question.Text);
        Assert.Equal(["New Year", "Christmas", "Let the visitor choose"], question.Choices);
        Assert.Equal("Let the visitor choose", question.Default);
    }

    [Fact]
    public void Nothing_else_is_asked_about()
    {
        foreach (var row in KindTests.Prompts.Where(row => (string)row[1] != "a countdown for our wedding"))
        {
            Assert.IsType<GenerationResult.Files>(GeneratedWidget.Generate(Request((string)row[1])));
        }
    }

    [Fact]
    public void Answer_is_the_date()
    {
        Assert.Equal(
            (new CountdownSettings(new CountdownTarget.Local(2027, 6, 24, 15, 0), "our wedding"), "Countdown to our wedding"), Answered("a countdown to our wedding", "24 June 2027 at 3pm"));
        Assert.Equal((new CountdownSettings(new CountdownTarget.Yearly(1, 1, 0, 0), "New Year"), "Countdown to New Year"), Answered("a countdown", "New Year"));
        Assert.Equal((new CountdownSettings(new CountdownTarget.Yearly(1, 1, 0, 0), "New Year"), "Party"), Answered("a countdown called Party", "New Year"));
    }

    [Theory]
    [InlineData("Let the visitor choose")]
    [InlineData("no idea")]
    [InlineData("")]
    public void Answer_without_a_date_leaves_it_to_the_visitor(string answer) =>
        Assert.Equal(new CountdownSettings(new CountdownTarget.Chosen(), ""), Answered("a countdown", answer).Settings);

    [Fact]
    public void Refinement_does_not_ask_again()
    {
        var widget = GeneratedWidget.From("a countdown");
        Assert.IsType<GenerationResult.Files>(GeneratedWidget.Generate(Request("make the button red") with { Current = widget.Files }));
        Assert.IsType<GenerationResult.Question>(GeneratedWidget.Generate(Request("turn it into a countdown") with { Current = GeneratedWidget.From("a counter").Files }));
    }

    private static GenerationRequest Request(string prompt) => new(GeneratedWidget.DefaultName, null, prompt, [], [], SourceFiles.Empty);

    private static (WidgetSettings Settings, string Title) Answered(string prompt, string answer)
    {
        var widget = GeneratedWidget.Build(Request(prompt) with { Answers = [new(OfflineWidgetGenerator.DateQuestion, answer)] });
        return (widget.Plan.Settings, widget.Plan.Title);
    }
}
