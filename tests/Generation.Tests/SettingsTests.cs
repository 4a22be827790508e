using Jobs.Domain.Widgets;
using Jobs.Generation.Offline.Prompts;
using Jobs.Generation.Offline.Widgets;

namespace Jobs.Generation.Tests;

public class SettingsTests
{
    [Theory]
    [InlineData("a counter", 0, 1, null, null, false)]
    [InlineData("counter starting at 5", 5, 1, null, null, false)]
    [InlineData("counter from 10 to 20 in steps of 2 with a reset button", 10, 2, 10d, 20d, true)]
    [InlineData("a counter between 0 and 100, step 0.5", 0, 0.5, 0d, 100d, false)]
    [InlineData("count by 10, never below 0, start at 50 and can be reset", 50, 10, 0d, null, true)]
    [InlineData("a counter with a maximum of 8 and no reset button", 0, 1, null, 8d, false)]
    [InlineData("a counter from -3 up to 3", -3, 1, -3d, 3d, false)]
    [InlineData("a counter with step 0", 0, 1, null, null, false)]
    [InlineData("tally my push-ups: every click adds 10, and there is a reset button", 0, 10, null, null, true)]
    public void Counter_settings_come_from_the_prompt(string prompt, double start, double step, double? min, double? max, bool reset) =>
        Assert.Equal(new CounterSettings(start, step, min, max, reset), GeneratedWidget.From(prompt).Settings<CounterSettings>());

    [Theory]
    [InlineData("todo list: buy milk, walk the dog and call mum", "Buy milk|Walk the dog|Call mum")]
    [InlineData("a to-do list with the items boxes, tape and a van, in green", "Boxes|Tape|Van")]
    [InlineData("shopping list\n- 2 eggs\n- bread, sliced\n3) \"oat\" milk", "2 eggs|Bread, sliced|\"oat\" milk")]
    [InlineData("a to-do list with a blue button and a dark theme", "")]
    [InlineData("checklist: passport; tickets; phone, charger", "Passport|Tickets|Phone, charger")]
    [InlineData("to-do list with \"Rest, at last\" and \"Eat\"", "Rest, at last|Eat")]
    public void Tasks_come_from_the_prompt(string prompt, string expected) =>
        Assert.Equal(expected, string.Join('|', GeneratedWidget.From(prompt).Settings<TodoListSettings>().Items));

    [Theory]
    [InlineData("a contact form", "Name:Text!|Email:Email!|Message:Multiline!")]
    [InlineData("contact form with name, email, phone and message", "Name:Text!|Email:Email!|Phone:Tel|Message:Multiline!")]
    [InlineData("RSVP form with full name, number of guests and dietary notes (optional)", "Full name:Text!|Number of guests:Number!|Dietary notes:Multiline")]
    [InlineData("booking form with the fields: date, phone (required), website and a blue button saying \"Book\"", "Date:Date!|Phone:Tel!|Website:Url")]
    [InlineData("a feedback form for our bakery", "Name:Text!|Email:Email!|Message:Multiline!")]
    [InlineData("Newsletter sign-up, only the email address", "Email:Email!")]
    [InlineData("newsletter form with name and email", "Name:Text!|Email:Email!")]
    public void Form_fields_come_from_the_prompt(string prompt, string expected) =>
        Assert.Equal(expected, string.Join('|', GeneratedWidget.From(prompt).Settings<ContactFormSettings>().Fields
            .Select(field => $"{field.Label}:{field.Type}{(field.Required ? "!" : "")}")));

    public static readonly TheoryData<string, CountdownTarget, string> Targets = new()
    {
        { "a countdown to new year with a blue button", new CountdownTarget.Yearly(1, 1, 0, 0), "New Year" },
        { "countdown to New Year's Eve at 20:00", new CountdownTarget.Yearly(12, 31, 20, 0), "New Year's Eve" },
        { "days until christmas", new CountdownTarget.Yearly(12, 25, 0, 0), "Christmas" },
        { "countdown to 2027-03-04", new CountdownTarget.Local(2027, 3, 4, 0, 0), "" },
        { "countdown to 2027-03-04 18:30", new CountdownTarget.Local(2027, 3, 4, 18, 30), "" },
        { "countdown to 24.12.2027", new CountdownTarget.Local(2027, 12, 24, 0, 0), "" },
        { "countdown to 12/24/2027", new CountdownTarget.Local(2027, 12, 24, 0, 0), "" },
        { "countdown to our wedding on June 24, 2027 at 3pm", new CountdownTarget.Local(2027, 6, 24, 15, 0), "our wedding" },
        { "countdown to the 3rd of October", new CountdownTarget.Yearly(10, 3, 0, 0), "" },
        { "countdown to 29 February", new CountdownTarget.Yearly(2, 29, 0, 0), "" },
        { "countdown in 3 days", new CountdownTarget.Instant(GeneratedWidget.Now.AddDays(3)), "" },
        { "a countdown that ends in two weeks", new CountdownTarget.Instant(GeneratedWidget.Now.AddDays(14)), "" },
        { "countdown to friday", new CountdownTarget.Weekly(5, 0, 0), "Friday" },
        { "countdown to monday at 9:15 am", new CountdownTarget.Weekly(1, 9, 15), "Monday" },
        { "a countdown to midnight", new CountdownTarget.Weekly(null, 0, 0), "" },
        { "a timer of 10 minutes", new CountdownTarget.Timer(600), "" },
        { "timer for 1 hour and 30 seconds", new CountdownTarget.Timer(3630), "" },
        { "timer of 1 hour, 5 minutes and 10 seconds", new CountdownTarget.Timer(3910), "" },
        { "a pomodoro timer with 25 minutes work and 5 minutes break", new CountdownTarget.Timer(1500), "" },
        { "pomodoro", new CountdownTarget.Timer(1500), "" },
        { "a countdown to the launch with a red button", new CountdownTarget.Chosen(), "the launch" },
        { "a countdown to 31 February 2027", new CountdownTarget.Chosen(), "" },
    };

    [Theory]
    [MemberData(nameof(Targets))]
    public void Countdown_target_comes_from_the_prompt(string prompt, CountdownTarget target, string label) =>
        Assert.Equal(new CountdownSettings(target, label), GeneratedWidget.From(prompt).Settings<CountdownSettings>());

    [Theory]
    [InlineData("a poll: What is for lunch? Pizza, sushi or tacos", "What is for lunch?", "Pizza|Sushi|Tacos")]
    [InlineData("poll asking \"Tea or coffee?\"", "Tea or coffee?", "Tea|Coffee")]
    [InlineData("Make a poll about the office dog with the options yes, no and maybe", "Office dog", "Yes|No|Maybe")]
    [InlineData("let people vote between red, blue and green", "", "Red|Blue|Green")]
    [InlineData("a poll", "", "Yes|No|Not sure")]
    [InlineData("Poll: Favourite colour? red, blue, green. Use a purple button.", "Favourite colour?", "Red|Blue|Green")]
    public void Poll_comes_from_the_prompt(string prompt, string question, string options)
    {
        var poll = GeneratedWidget.From(prompt).Settings<PollSettings>();
        Assert.Equal((question, options), (poll.Question, string.Join('|', poll.Options)));
    }

    [Theory]
    [InlineData("Quiz: Capital of France? Paris/Rome/Madrid", "Capital of France? [Paris] Rome Madrid")]
    [InlineData("quiz\n1. Largest planet? Mars / *Jupiter / Venus\n2. 2+2? 3, 4 (correct), 5", "Largest planet? Mars [Jupiter] Venus; 2+2? 3 [4] 5")]
    [InlineData("a quiz: Who wrote Faust? Goethe/Schiller. Who wrote Emma? Austen/Eliot", "Who wrote Faust? [Goethe] Schiller; Who wrote Emma? [Austen] Eliot")]
    public void Quiz_questions_come_from_the_prompt(string prompt, string expected)
    {
        var quiz = GeneratedWidget.From(prompt).Settings<QuizSettings>();
        Assert.Equal(expected, string.Join("; ", quiz.Questions.Select(question =>
            $"{question.Text} {string.Join(' ', question.Answers.Select((answer, index) => index == question.Correct ? $"[{answer}]" : answer))}")));
        Assert.Equal("", quiz.Topic);
    }

    [Theory]
    [InlineData("a quiz about planets", "Space")]
    [InlineData("quiz on the capitals of the world", "Capitals")]
    [InlineData("a quiz about cheese", "General knowledge")]
    public void Quiz_without_questions_uses_a_built_in_set_and_says_so(string prompt, string topic)
    {
        var widget = GeneratedWidget.From(prompt);
        Assert.Equal(topic, widget.Settings<QuizSettings>().Topic);
        Assert.Equal($"{topic} quiz", widget.Plan.Title);
        Assert.Contains($"built-in questions ({topic})", widget.Summary, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("price table: Basic $9, Pro $29", "USD", "", "Basic 9|Pro 29")]
    [InlineData("pricing: Free 0 €, Team 49 € per month and Enterprise 1,199.50 €", "EUR", "month", "Free 0|Team 49|Enterprise 1199.5")]
    [InlineData("plans and prices: Small £5/month (1 user, email), Large £20/month", "GBP", "month", "Small 5 [1 user,Email]|Large 20")]
    [InlineData("a pricing table with Starter for free, Plus at $12 a year", "USD", "year", "Starter 0|Plus 12")]
    public void Plans_come_from_the_prompt(string prompt, string currency, string period, string plans)
    {
        var table = GeneratedWidget.From(prompt).Settings<PriceTableSettings>();
        Assert.Equal(
            (currency, period, plans),
            (table.Currency, table.Period, string.Join('|', table.Plans.Select(plan =>
                FormattableString.Invariant($"{plan.Name} {plan.Price}{(plan.Features.Count > 0 ? $" [{string.Join(',', plan.Features)}]" : "")}")))));
    }

    [Theory]
    [InlineData("convert km to miles", "km>mi")]
    [InlineData("unit converter for km/miles, kg/lb, °C/°F and litres/gallons", "km>mi|kg>lb|C>F|l>gal")]
    [InlineData("converter for litres to gallons, kg to pounds and km/h to mph", "l>gal|kg>lb|kmh>mph")]
    [InlineData("temperature converter", "C>F")]
    [InlineData("convert pounds and kilograms", "lb>kg")]
    [InlineData("convert apples to pears", "km>mi|kg>lb|C>F|l>gal|kmh>mph")]
    public void Units_come_from_the_prompt(string prompt, string expected) =>
        Assert.Equal(expected, string.Join('|', GeneratedWidget.From(prompt).Settings<UnitConverterSettings>().Pairs.Select(pair => $"{pair.From}>{pair.To}")));

    [Theory]
    [InlineData("bar chart: Apples 5, Pears 3", "", "Apples 5|Pears 3")]
    [InlineData("bar chart of fruit sales: Apples 5.5, Plums -2", "", "Apples 5.5|Plums -2")]
    [InlineData("a pie chart showing rent 45%, food 30% and fun 25%", "%", "Rent 45|Food 30|Fun 25")]
    [InlineData("graph our sales: Q1 $1,200, Q2 $1,850, Q3 $990", "$", "Q1 1200|Q2 1850|Q3 990")]
    [InlineData("poll results bar chart with Yes: 12, No: 7", "", "Yes 12|No 7")]
    public void Bars_come_from_the_prompt(string prompt, string unit, string bars)
    {
        var chart = GeneratedWidget.From(prompt).Settings<BarChartSettings>();
        Assert.Equal((unit, bars), (chart.Unit, string.Join('|', chart.Bars.Select(bar => FormattableString.Invariant($"{bar.Label} {bar.Value}")))));
    }

    [Theory]
    [InlineData("asdf", GeneratedWidget.DefaultName, "Asdf", "")]
    [InlineData("a list of my favourite films: Alien, Heat, Amélie", "My favourite films", "", "Alien|Heat|Amélie")]
    [InlineData("Welcome to our website. We bake bread with love and a little salt.", "Welcome to our website", "Welcome to our website. We bake bread with love and a little salt.", "")]
    public void Card_holds_the_words_of_the_prompt(string prompt, string title, string text, string items)
    {
        var widget = GeneratedWidget.From(prompt);
        Assert.Equal((title, text, items), (widget.Plan.Title, widget.Plan.Text, string.Join('|', widget.Settings<CardSettings>().Items)));
    }

    [Theory]
    [InlineData("a counter called Laps with a red button", "Laps")]
    [InlineData("a counter titled 'Bob's laps' please", "Bob's laps")]
    [InlineData("a counter named “Laps, daily”, in teal", "Laps, daily")]
    [InlineData("a counter \"Push-ups\"", "Push-ups")]
    [InlineData("a poll with the title Lunch poll, options: pizza, sushi", "Lunch poll")]
    [InlineData("title: My day. A to-do list", "My day")]
    [InlineData("a countdown to new year", "Countdown to New Year")]
    [InlineData("a calculator", GeneratedWidget.DefaultName)]
    [InlineData("bar chart with live data", GeneratedWidget.DefaultName)]
    public void Title_comes_from_the_prompt(string prompt, string title) => Assert.Equal(title, GeneratedWidget.From(prompt).Plan.Title);

    [Theory]
    [InlineData(80)]
    [InlineData(79)]
    public void Title_that_fits_is_whole(int length) => Assert.Equal(Words(length), TitleOf(Words(length)));

    [Fact]
    public void Title_that_is_too_long_ends_with_a_whole_word_and_an_ellipsis()
    {
        Assert.Equal(Words(78) + "…", TitleOf(Words(78) + " ab cdef"));
        Assert.Equal(Words(79) + "…", TitleOf(Words(79) + " more"));
        Assert.Equal(Words(75) + "…", TitleOf(Words(75) + ", overflow"));
        Assert.Equal(Words(60) + "…", TitleOf($"{Words(60)} {new string('x', 40)}"));
    }

    [Fact]
    public void Title_of_one_word_that_is_too_long_is_cut()
    {
        Assert.Equal(new string('x', 79) + "…", TitleOf(new string('x', 81)));
        Assert.Equal(new string('x', 78) + "…", TitleOf(new string('x', 78) + "😀😀"));
    }

    [Fact]
    public void Title_that_is_the_name_ends_with_a_whole_word()
    {
        var widget = GeneratedWidget.Build(new(Words(90), null, "a calculator", [], [], SourceFiles.Empty) { Workbench = new NoWorkbench() });
        Assert.Equal("abcd" + string.Concat(Enumerable.Repeat(" abcd", 15)) + "…", widget.Plan.Title);
    }

    [Theory]
    [InlineData("a countdown to new year with a blue button", "#2563eb", null, WidgetTheme.Auto)]
    [InlineData("a red counter", "#dc2626", null, WidgetTheme.Auto)]
    [InlineData("a counter in dark green", "#006400", null, WidgetTheme.Auto)]
    [InlineData("a counter with a #ff8800 accent and a dark theme", "#ff8800", null, WidgetTheme.Dark)]
    [InlineData("a calculator, button colour: #0af", "#00aaff", null, WidgetTheme.Auto)]
    [InlineData("a counter with crimson buttons on a light yellow background", "#dc143c", "#ffffe0", WidgetTheme.Auto)]
    [InlineData("light mode poll: red, blue or green", null, null, WidgetTheme.Light)]
    [InlineData("a calculator in dark mode", null, null, WidgetTheme.Dark)]
    [InlineData("a poll called \"blue button\": a, b", null, null, WidgetTheme.Auto)]
    public void Colours_come_from_the_prompt(string prompt, string? accent, string? surface, WidgetTheme theme)
    {
        var plan = GeneratedWidget.From(prompt).Plan;
        Assert.Equal((accent, surface, theme), (plan.Accent?.ToString(), plan.Surface?.ToString(), plan.Theme));
    }

    [Fact]
    public void Progress_and_summary_name_the_offline_generator()
    {
        var widget = GeneratedWidget.From("a countdown to new year");
        Assert.Equal(["Planning a countdown (offline generator)", $"Writing {widget.Files.Files.Count} files (offline generator)"], widget.Progress);
        Assert.Equal("The offline generator built a countdown to New Year, titled \"Countdown to New Year\".", widget.Summary);
    }

    private static string TitleOf(string title) => GeneratedWidget.From($"a calculator titled \"{title}\"").Plan.Title;

    /// <summary>Words of four letters, the last one of up to seven.</summary>
    private static string Words(int length)
    {
        var words = string.Join(' ', Enumerable.Repeat("abcd", length / 5));
        return words.PadRight(length, 'e');
    }
}
