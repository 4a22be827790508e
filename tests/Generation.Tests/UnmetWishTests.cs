namespace Jobs.Generation.Tests;

public class UnmetWishTests
{
    private const string Lead = " It cannot offer what else was asked for: ";

    [Theory]
    [InlineData("a price table with Basic $9, Pro $29 and a monthly/yearly toggle", "a monthly/yearly toggle")]
    [InlineData("price table: Basic $9, Pro $29. Add a toggle between monthly and yearly billing", "a monthly/yearly toggle")]
    [InlineData("pricing: Basic $9/month, Pro $29/month, with Stripe checkout and a coupon", "a checkout or payments; discount codes")]
    [InlineData("a poll: tea or coffee? Store the votes", "votes that are stored or shared between visitors")]
    [InlineData("contact form with name, email and file upload", "a file upload")]
    [InlineData("contact form that sends me an email", "sending or storing what is entered")]
    [InlineData("a to-do list with due dates and drag and drop", "due dates and reminders; drag and drop")]
    [InlineData("a login form", "a login")]
    [InlineData("bar chart with live data", "live data")]
    [InlineData("a countdown to new year with confetti and a sound", "a sound at the end; animations")]
    [InlineData("a quiz about space with a timer and a leaderboard", "a time limit; a leaderboard")]
    [InlineData("a pie chart showing rent 45%, food 30% and fun 25%", "a pie chart")]
    [InlineData("a mortgage calculator", "the formulas of a mortgage calculator")]
    [InlineData("a scientific calculator with a history", "the formulas of a scientific calculator; a history or a memory")]
    [InlineData("convert usd to eur", "currencies, whose rates change")]
    [InlineData("a converter for an amount in EUR to JPY (161)", "currencies, whose rates change")]
    [InlineData("a pomodoro timer of 25 minutes with 5 minutes break", "breaks and sessions")]
    [InlineData("a pomodoro timer that counts how many sessions I did", "breaks and sessions")]
    [InlineData("a counter that is a stopwatch", "a stopwatch")]
    [InlineData("a counter that saves the value", "keeping anything after the page is closed")]
    [InlineData("a counter with a dark mode toggle and a login", "a login; a switch between light and dark")]
    public void Wish_that_the_kind_cannot_meet_is_named(string prompt, string unmet) =>
        Assert.EndsWith($"{Lead}{unmet}.", GeneratedWidget.From(prompt).Summary, StringComparison.Ordinal);

    [Theory]
    [InlineData("todo list: buy a map, walk the dog and call mum")]
    [InlineData("a poll: Which video game? chess, go")]
    [InlineData("a poll about \"drag and drop\" and \"login with a database\"")]
    [InlineData("price table: Basic $9 (login, database), Pro $29 per month")]
    [InlineData("a to-do list for my project: record audio, add music")]
    [InlineData("quiz: Which game has a map? Chess / *Risk")]
    [InlineData("a quiz for our band timers")]
    [InlineData("a dark calculator")]
    [InlineData("a countdown to our next training session")]
    [InlineData("a trivia game")]
    public void Content_is_no_wish(string prompt) => Assert.DoesNotContain(Lead, GeneratedWidget.From(prompt).Summary, StringComparison.Ordinal);

    [Fact]
    public void Prompts_of_the_kinds_hold_no_unmet_wish() =>
        Assert.Equal(
            ["price calculator", "a pie chart showing rent 45%, food 30% and fun 25%"],
            KindTests.Prompts.Select(row => (string)row[1]).Where(prompt => GeneratedWidget.From(prompt).Summary.Contains(Lead, StringComparison.Ordinal)));

    [Fact]
    public void Unmet_wish_is_no_item_of_a_list()
    {
        Assert.Empty(GeneratedWidget.From("a to-do list with due dates and reminders").Settings<Offline.Widgets.TodoListSettings>().Items);
        Assert.Equal(
            ["Name", "Email"], GeneratedWidget.From("contact form with name, email and file upload").Settings<Offline.Widgets.ContactFormSettings>().Fields.Select(field => field.Label));
    }

    [Theory]
    [InlineData("turn it into a snake game", "a snake game")]
    [InlineData("add confetti", "animations")]
    public void Refinement_that_changes_nothing_says_so_and_why(string refinement, string unmet) =>
        Assert.Equal(
            $"The offline generator found nothing in the prompt that it can change; the widget is still a counter, titled \"{GeneratedWidget.DefaultName}\".{Lead}{unmet}.",
            GeneratedWidget.From("a counter", refinement).Summary);

    [Fact]
    public void What_was_asked_for_first_is_named_when_another_kind_was_built_for_it() =>
        Assert.EndsWith($"{Lead}a snake game.", GeneratedWidget.From("a snake game").Summary, StringComparison.Ordinal);
}
