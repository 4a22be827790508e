using Jobs.Generation.Offline.Widgets;

namespace Jobs.Generation.Tests;

public class KindTests
{
    public static readonly TheoryData<WidgetKind, string> Prompts = new()
    {
        { WidgetKind.Counter, "a counter" },
        { WidgetKind.Counter, "A red counter from 10 to 20 in steps of 2 with a reset button" },
        { WidgetKind.Counter, "I need something that counts how many push-ups I do" },
        { WidgetKind.Counter, "click counter called \"Push-ups\", starting at 5" },
        { WidgetKind.Counter, "a counter for my to-do list" },
        { WidgetKind.Counter, "vote counter" },
        { WidgetKind.Counter, "Build me a tally, no lower than 0" },
        { WidgetKind.TodoList, "a to-do list with a countdown" },
        { WidgetKind.TodoList, "todo list: buy milk, walk the dog and call mum" },
        { WidgetKind.TodoList, "Please build a checklist for moving house with the items boxes, tape and a van" },
        { WidgetKind.TodoList, "shopping list in green\n- eggs\n- bread\n- a calculator" },
        { WidgetKind.TodoList, "task manager" },
        { WidgetKind.TodoList, "an app where I can tick off my chores" },
        { WidgetKind.ContactForm, "a contact form" },
        { WidgetKind.ContactForm, "contact form with name, email and message" },
        { WidgetKind.ContactForm, "RSVP form with name, number of guests and dietary notes (optional)" },
        { WidgetKind.ContactForm, "Newsletter sign-up for my bakery" },
        { WidgetKind.ContactForm, "feedback form with a poll" },
        { WidgetKind.ContactForm, "a form to contact us, with phone (required), website and a question" },
        { WidgetKind.Countdown, "a countdown to new year with a blue button" },
        { WidgetKind.Countdown, "count down to christmas" },
        { WidgetKind.Countdown, "How many days until 24 June 2027?" },
        { WidgetKind.Countdown, "countdown in 3 days" },
        { WidgetKind.Countdown, "a timer of 10 minutes" },
        { WidgetKind.Countdown, "countdown to friday at 5pm with a list of things to bring" },
        { WidgetKind.Countdown, "a pomodoro" },
        { WidgetKind.Countdown, "a countdown for our wedding" },
        { WidgetKind.Countdown, "a card with a countdown to Halloween" },
        { WidgetKind.Calculator, "a calculator" },
        { WidgetKind.Calculator, "Make a dark pocket calculator" },
        { WidgetKind.Calculator, "price calculator" },
        { WidgetKind.Calculator, "calculator with orange keys, please" },
        { WidgetKind.Poll, "a poll: What is for lunch? Pizza, sushi or tacos" },
        { WidgetKind.Poll, "poll asking \"Tea or coffee?\"" },
        { WidgetKind.Poll, "let people vote between red, blue and green" },
        { WidgetKind.Poll, "a survey about remote work with the options always, sometimes and never" },
        { WidgetKind.Poll, "Which widget do you like? counter, quiz, calculator - make it a poll" },
        { WidgetKind.Poll, "For our team lunch, a poll with pizza, salad and soup" },
        { WidgetKind.Quiz, "a quiz about planets" },
        { WidgetKind.Quiz, "quiz with a counter of points" },
        { WidgetKind.Quiz, "Quiz: Capital of France? Paris/Rome/Madrid" },
        { WidgetKind.Quiz, "trivia game" },
        { WidgetKind.Quiz, "a multiple-choice test on javascript" },
        { WidgetKind.Quiz, "a quiz about cheese" },
        { WidgetKind.PriceTable, "price table: Basic $9, Pro $29" },
        { WidgetKind.PriceTable, "pricing for Free $0, Team 49 € per month and Enterprise 199 €" },
        { WidgetKind.PriceTable, "a pricing page with a contact form" },
        { WidgetKind.PriceTable, "Show three plans and prices: Small £5/month (1 user), Medium £10/month, Large £20/month" },
        { WidgetKind.PriceTable, "unit price table" },
        { WidgetKind.UnitConverter, "a unit converter" },
        { WidgetKind.UnitConverter, "convert km to miles" },
        { WidgetKind.UnitConverter, "a form to convert kg to lb" },
        { WidgetKind.UnitConverter, "temperature converter °C/°F" },
        { WidgetKind.UnitConverter, "converter for litres to gallons, kg to pounds and km/h to mph" },
        { WidgetKind.UnitConverter, "a page where I can turn kilometres into miles" },
        { WidgetKind.BarChart, "bar chart: Apples 5, Pears 3" },
        { WidgetKind.BarChart, "poll results bar chart with Yes 12, No 7" },
        { WidgetKind.BarChart, "A chart of votes" },
        { WidgetKind.BarChart, "graph our sales: Q1 $1,200, Q2 $1,850, Q3 $990" },
        { WidgetKind.BarChart, "a pie chart showing rent 45%, food 30% and fun 25%" },
        { WidgetKind.Card, "a list of my favourite films: Alien, Heat, Amélie" },
        { WidgetKind.Card, "opening hours of our bakery: Monday to Friday 8-18, Saturday 8-12" },
        { WidgetKind.Card, "a business card for Ada Lovelace, mathematician" },
        { WidgetKind.Card, "welcome to our website" },
        { WidgetKind.Card, "a page with a list of my favourite films: Alien, Heat" },
        { WidgetKind.Card, "a red banner saying we are closed" },
        { WidgetKind.Card, "For our bakery, a notice about the new hours" },
        { WidgetKind.Card, "\"We are closed on Monday\"" },
        { WidgetKind.Card, "a widget that says 'Hello there'" },
        { WidgetKind.Card, "hello world" },
        { WidgetKind.Card, "Dear guests, breakfast is from 7 to 10." },
        { WidgetKind.Quiz, "a trivia game about space" },
        { WidgetKind.Poll, "for our game night, a poll with chess and go" },
        { WidgetKind.PriceTable, "For my online shop, a price table" },
    };

    [Theory]
    [MemberData(nameof(Prompts))]
    public void Kind_is_the_head_of_the_request(WidgetKind expected, string prompt) => Assert.Equal(expected, GeneratedWidget.From(prompt).Kind);

    [Theory]
    [InlineData("asdf")]
    [InlineData("?")]
    [InlineData("a snake game")]
    [InlineData("I want a snake game with a countdown")]
    [InlineData("a snake game called 'X'")]
    [InlineData("a memory card game with a timer")]
    [InlineData("a weather station with a list of temperatures")]
    [InlineData("a note-taking app")]
    [InlineData("a text editor")]
    [InlineData("We are looking for a snake game")]
    public void Kind_of_a_prompt_that_fits_none_is_none(string prompt) => Assert.Null(KindChooser.Choose(new(prompt)));
}
