using System.Text.Json.Nodes;
using Jobs.Domain.Widgets;
using Jobs.Generation.Offline.Widgets;

namespace Jobs.Generation.Tests;

public class RefinementTests
{
    [Theory]
    [InlineData("make the button red")]
    [InlineData("rename it to Laps")]
    [InlineData("dark theme please")]
    [InlineData("hello")]
    [InlineData("add a countdown")]
    public void Settings_stay_when_the_prompt_does_not_change_them(string refinement) =>
        Assert.Equal(new CounterSettings(5, 2, null, 9, true), GeneratedWidget.From("a counter starting at 5 by 2, max 9, with reset", refinement).Settings<CounterSettings>());

    [Fact]
    public void Reset_button_and_limits_are_added_and_removed()
    {
        Assert.True(GeneratedWidget.From("a counter", "add a reset button").Settings<CounterSettings>().Reset);
        Assert.False(GeneratedWidget.From("a counter with reset", "remove the reset button").Settings<CounterSettings>().Reset);
        Assert.Equal(new CounterSettings(0, 5, null, 50, false), GeneratedWidget.From("a counter", "steps of 5 and a maximum of 50").Settings<CounterSettings>());
    }

    [Theory]
    [InlineData("make the button red", "#dc2626")]
    [InlineData("change the blue button to green", "#15803d")]
    [InlineData("rename it to Red button", "#2563eb")]
    [InlineData("button colour: #123456", "#123456")]
    public void Colour_changes_only_when_asked(string refinement, string accent) =>
        Assert.Equal(accent, GeneratedWidget.From("a counter with a blue button", refinement).Plan.Accent?.ToString());

    [Theory]
    [InlineData("rename it to Laps", "Laps")]
    [InlineData("change the title to \"My laps\" and make it red", "My laps")]
    [InlineData("call it Laps and add a reset button", "Laps")]
    [InlineData("make the button red", "Rounds")]
    public void Title_changes_only_when_asked(string refinement, string title) =>
        Assert.Equal(title, GeneratedWidget.From("a counter called Rounds", refinement).Plan.Title);

    [Fact]
    public void Derived_title_follows_the_settings() =>
        Assert.Equal("Countdown to Christmas", GeneratedWidget.From("a countdown to new year", "change it to christmas").Plan.Title);

    [Theory]
    [InlineData("add an option tacos", "Pizza|Sushi|Tacos")]
    [InlineData("add tacos and soup to the poll", "Pizza|Sushi|Tacos|Soup")]
    [InlineData("add an option \"Mac and cheese\"", "Pizza|Sushi|Mac and cheese")]
    [InlineData("remove pizza and add tacos and soup", "Sushi|Tacos|Soup")]
    [InlineData("replace sushi with tacos", "Pizza|Tacos")]
    [InlineData("options: a, b, c", "A|B|C")]
    [InlineData("add pizza", "Pizza|Sushi")]
    [InlineData("remove pizza", "Pizza|Sushi")]
    [InlineData("add a blue button", "Pizza|Sushi")]
    public void Options_are_edited_and_never_fewer_than_two(string refinement, string options) =>
        Assert.Equal(options, string.Join('|', GeneratedWidget.From("a poll: Lunch? pizza, sushi", refinement).Settings<PollSettings>().Options));

    [Fact]
    public void Other_lists_are_edited_alike()
    {
        Assert.Equal(["Milk", "Bread"], GeneratedWidget.From("todo list: milk, eggs", "remove eggs", "add the item bread").Settings<TodoListSettings>().Items);
        Assert.Equal(["Name", "Email", "Phone"], GeneratedWidget.From("form with name and email", "add a phone field").Settings<ContactFormSettings>().Fields.Select(field => field.Label));
        Assert.Equal([new("Apples", 5), new("Pears", 7), new("Kiwis", 4)], GeneratedWidget.From("bar chart: Apples 5, Pears 3", "change Pears to 7", "add Kiwis 4").Settings<BarChartSettings>().Bars);
        Assert.Equal(["Basic 9", "Pro 39", "Team 99"], GeneratedWidget.From("price table: Basic $9, Pro $29", "change Pro to $39", "add a plan Team $99")
            .Settings<PriceTableSettings>().Plans.Select(plan => $"{plan.Name} {plan.Price}"));
        Assert.Equal([new("km", "mi"), new("kg", "lb")], GeneratedWidget.From("convert km to miles", "add kg to lb").Settings<UnitConverterSettings>().Pairs);
    }

    [Theory]
    [InlineData("turn it into a quiz about space", WidgetKind.Quiz)]
    [InlineData("make it a poll instead: tea or coffee", WidgetKind.Poll)]
    [InlineData("a calculator", WidgetKind.Calculator)]
    [InlineData("make the counter red", WidgetKind.Counter)]
    [InlineData("make it a blue one", WidgetKind.Counter)]
    public void Kind_changes_only_when_asked(string refinement, WidgetKind kind)
    {
        var widget = GeneratedWidget.From("a red counter called Laps", refinement);
        Assert.Equal((kind, "Laps"), (widget.Kind, widget.Plan.Title));
    }

    [Fact]
    public void Files_of_another_origin_are_rebuilt_from_all_prompts()
    {
        Assert.True(SourceFiles.TryCreate([new("src/App.tsx", "export default function App() { return null; }")], out var foreign, out _));
        var widget = GeneratedWidget.Build(new("W", null, "add an option c", [], [GeneratedWidget.Asked("a poll: a, b"), GeneratedWidget.Asked("make the button red")], foreign) { Workbench = new NoWorkbench() });
        Assert.Equal(["A", "B", "C"], widget.Settings<PollSettings>().Options);
        Assert.Equal("#dc2626", widget.Plan.Accent?.ToString());
    }

    [Theory]
    [InlineData("settings.options", "[\"only one\"]")]
    [InlineData("settings.options", "[null, null]")]
    [InlineData("settings.kind", "\"nothing\"")]
    [InlineData("settings.more", "1")]
    [InlineData("accent", "\"red;}\"")]
    [InlineData("theme", "7")]
    [InlineData("title", "null")]
    public void Plan_that_was_tampered_with_is_not_read(string path, string value)
    {
        var widget = GeneratedWidget.From("a poll: a, b");
        var plan = JsonNode.Parse(widget.Files.Files[WidgetPlan.FileName])!.AsObject();
        var names = path.Split('.');
        (names.Length == 2 ? plan[names[0]]!.AsObject() : plan)[names[^1]] = JsonNode.Parse(value);
        Assert.Null(WidgetPlan.FromJson(plan.ToJsonString()));
    }

    [Fact]
    public void Plan_reads_back_as_it_was_written()
    {
        foreach (var row in KindTests.Prompts)
        {
            var widget = GeneratedWidget.From((string)row[1]);
            Assert.Equal(widget.Files.Files[WidgetPlan.FileName], widget.Plan.ToJson());
        }
    }
}
