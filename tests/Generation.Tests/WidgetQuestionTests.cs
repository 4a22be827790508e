using Jobs.Domain.Conversations;
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

    [Theory]
    [InlineData("a snake game")]
    [InlineData("asdf")]
    public void Prompt_that_fits_no_kind_is_asked_about_with_the_kinds_as_choices(string prompt)
    {
        var question = Assert.IsType<GenerationResult.Question>(GeneratedWidget.Generate(Request(prompt)));
        Assert.Contains("Which of these should it be?", question.Text, StringComparison.Ordinal);
        Assert.Equal(
            ["a counter", "a to-do list", "a contact form", "a countdown", "a calculator", "a poll", "a quiz", "a price table", "a unit converter", "a bar chart"], question.Choices);
        Assert.True(question.Choices.Count <= ChatMessage.MaxChoices);
        Assert.Null(question.Default);
    }

    [Theory]
    [InlineData("a poll", WidgetKind.Poll)]
    [InlineData("Poll.", WidgetKind.Poll)]
    [InlineData("A To-Do list", WidgetKind.TodoList)]
    [InlineData("then make it a quiz about space", WidgetKind.Quiz)]
    [InlineData("a card", WidgetKind.Card)]
    public void Answer_that_names_a_kind_builds_it(string answer, WidgetKind kind) => Assert.Equal(kind, Named("a snake game", answer).Kind);

    [Fact]
    public void Every_choice_is_an_answer()
    {
        foreach (var choice in KindQuestion.Choices)
        {
            Assert.Equal(choice, KindChooser.TemplateOf(Named("asdf", choice).Kind).Noun);
        }
    }

    [Fact]
    public void Widget_is_made_of_prompt_and_answer()
    {
        Assert.Equal(["Pizza", "Sushi", "Tacos"], Named("something for lunch: pizza, sushi or tacos", "a poll").Settings<PollSettings>().Options);
        var list = Named("our weekend in red", "a to-do list called Trip: tent, water");
        Assert.Equal(("Tent, Water", "Trip", "#dc2626"), (string.Join(", ", list.Settings<TodoListSettings>().Items), list.Plan.Title, list.Plan.Accent?.ToString()));
        Assert.Equal("Asdf", Named("asdf", "a card").Plan.Text);
    }

    [Fact]
    public void Countdown_that_was_answered_is_asked_about_its_date()
    {
        var request = Request("asdf") with { Answers = [new(KindQuestion.Text, "a countdown")] };
        var question = Assert.IsType<GenerationResult.Question>(GeneratedWidget.Generate(request));
        Assert.Equal(OfflineWidgetGenerator.DateQuestion, question.Text);
        var widget = GeneratedWidget.Build(request with { Answers = [.. request.Answers, new(question.Text, "New Year")] });
        Assert.Equal("Countdown to New Year", widget.Plan.Title);
    }

    [Theory]
    [InlineData("a snake game")]
    [InlineData("whatever")]
    [InlineData("")]
    public void Answer_that_fits_no_kind_fails_the_build_with_what_can_be_built(string answer)
    {
        var failure = Assert.Throws<GenerationException>(() => GeneratedWidget.Generate(Request("a snake game") with { Answers = [new(KindQuestion.Text, answer)] }));
        Assert.False(failure.IsTransient);
        Assert.Equal(
            "The offline generator cannot build this. It can build a counter, a to-do list, a contact form, a countdown, a calculator, a poll, a quiz, a price table, a unit converter, "
            + "a bar chart and a card with a text or a list; for anything else, an operator can register a generator with an AI in its place (docs/operations.md).",
            failure.Message);
    }

    [Fact]
    public void Answered_kind_is_replayed_where_the_files_hold_no_plan()
    {
        Assert.True(SourceFiles.TryCreate([new("src/App.tsx", "export default function App() { return null; }")], out var foreign, out _));
        var asked = GeneratedWidget.Asked("red, blue or green");
        var question = asked with { Number = asked.Number + 1, Kind = ChatMessageKind.Question, Content = KindQuestion.Text };
        var answer = asked with { Number = asked.Number + 2, Kind = ChatMessageKind.Answer, Content = "a poll: red, blue" };
        var widget = GeneratedWidget.Build(Request("add an option yellow") with { Earlier = [asked, question, answer], Current = foreign });
        Assert.Equal(["Red", "Blue", "Yellow"], widget.Settings<PollSettings>().Options);
    }

    private static GeneratedWidget Named(string prompt, string kind) => GeneratedWidget.Build(Request(prompt) with { Answers = [new(KindQuestion.Text, kind)] });

    private static GenerationRequest Request(string prompt) => new(GeneratedWidget.DefaultName, null, prompt, [], [], SourceFiles.Empty) { Workbench = new NoWorkbench() };

    private static (WidgetSettings Settings, string Title) Answered(string prompt, string answer)
    {
        var widget = GeneratedWidget.Build(Request(prompt) with { Answers = [new(OfflineWidgetGenerator.DateQuestion, answer)] });
        return (widget.Plan.Settings, widget.Plan.Title);
    }
}
