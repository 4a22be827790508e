using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Jobs.Generation.Offline.Prompts;

namespace Jobs.Generation.Offline.Agents;

/// <summary>Settings of a calculation with dates.</summary>
/// <param name="Task">What is calculated.</param>
/// <param name="Format">How dates of the input are written; ISO dates are always understood.</param>
/// <param name="Number">How many days, weeks, months or years are added when a run does not say; may be negative.</param>
/// <param name="Unit">What is added.</param>
/// <param name="Weekday">The day of the week that is looked for, 0 being Sunday.</param>
public sealed record DateSettings(DateTask Task, DateFormat Format, int Number, DateUnit Unit, int Weekday) : AgentSettings(AgentKind.Date)
{
    /// <inheritdoc/>
    public override bool IsValid() =>
        Enum.IsDefined(Task) && Enum.IsDefined(Format) && Enum.IsDefined(Unit) && Math.Abs(Number) <= DateTemplate.MostNumber && Weekday is >= 0 and <= 6;
}

/// <summary>Calculates with dates, in days of the calendar: no time zone is involved.</summary>
public sealed class DateTemplate : AgentTemplate<DateSettings>
{
    internal const int MostNumber = 100_000;

    private const string FormatQuestion = "How are the dates of the input written?";

    private static readonly string[] DayNames = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

    private static readonly PromptPattern Business = new(@"\b(?:business|working|work|week)[ -]?days?\b");
    private static readonly PromptPattern Between = new(@"\b(?:between|difference|apart|days? (?:until|till|since|left)|how (?:many|long)|number of (?:\w+ )?days?|count\w* (?:the )?(?:\w+ )?days?)\b");
    private static readonly PromptPattern Adding = new(@"\b(?:add|plus|after|later|from now|deadline|due)\w*\b|\bin (\d{1,5}) (?:business |working )?(?:day|week|month|year)s?\b");
    private static readonly PromptPattern Taking = new(@"\b(?:subtract\w*|minus|before|earlier|ago|take away|go back)\b");
    private static readonly PromptPattern Amount = new(@"\b(\d{1,5}|a|an|one|two|three|four|five|six|seven|ten) (?:business |working |work |calendar )?(day|week|month|year)s?\b");
    private static readonly PromptPattern Age = new(@"\b(?:age|how old|birth ?dates?|birthdays?|date of birth)\b");
    private static readonly PromptPattern Next = new(@"\b(?:next|following|coming|upcoming|first) (sun|mon|tues|wednes|thurs|fri|satur)day\b");
    private static readonly PromptPattern SomeWeekday = new(@"\b(sun|mon|tues|wednes|thurs|fri|satur)day\b");
    private static readonly PromptPattern NextWord = new(@"\bnext (?:weekday|working day|business day|workday)\b");
    private static readonly PromptPattern WeekdayOf = new(@"\b(?:what|which) (?:week)?day|\bday of (?:the )?week\b|\bweekday of\b|\bname of the day\b|\bweekday (?:for|name)\b");
    private static readonly PromptPattern Formatting = new(@"\b(?:format|pars|normali[sz]|convert|rewrit|standardi[sz])\w* (?:a |an |the |any |some |my |all )*(?:\w+ )?dates?\b|\bdates? (?:to|into|as|in) iso\b");
    private static readonly PromptPattern Us = new(@"\bus\b|\bu\.s\.|\bamerican\b|\bmm[/.-]dd|\bmonth first\b|\bunited states\b");
    private static readonly PromptPattern Eu = new(@"\beu\b|\beuropean?\b|\bdd[/.-]mm|\bday first\b|\bbritish\b|\buk\b|\bgerman\b|\bswiss\b");
    private static readonly PromptPattern Iso = new(@"\biso\b|\byyyy-mm-dd\b|\b\d{4}-\d{2}-\d{2}\b");
    private static readonly PromptPattern Ambiguous = new(@"\b(\d{1,2})/(\d{1,2})/(?:\d{4}|\d{2})\b|\bslash(?:es)?\b|\bdate formats?\b");

    /// <inheritdoc/>
    public override AgentKind Kind => AgentKind.Date;

    /// <inheritdoc/>
    public override string Noun => "a date agent";

    /// <inheritdoc/>
    public override string Does => "Calculate with dates";

    /// <inheritdoc/>
    public override IReadOnlyList<(PromptPattern Phrase, int Weight)> Words { get; } = Phrases(
        (@"days? between|between (?:two |the )?dates|(?:difference|time) between (?:two |the )?dates|(?:business|working) days?|day of (?:the )?week|date (?:arithmetic|calculat\w+|difference)", 7),
        (@"(?:add|subtract)\w* (?:\w+ ){0,3}(?:days?|weeks?|months?|years?)|next (?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:what|which) (?:week)?day|days? (?:until|till|since)|weekday of", 6),
        (@"(?:calculat|comput|tell|work|find)\w* (?:[\w'’]+ ){0,4}age|how old|age (?:of|from|in|calculator)|date of birth|(?:format|pars|normali[sz]|convert)\w* (?:\w+ ){0,2}dates?|dates? (?:to|into|as|in) iso", 6),
        (@"dates?|(?:american|european) dates?|us format|eu format|european|american|weeks? later", 3));

    /// <inheritdoc/>
    protected override DateSettings Read(AgentPrompt prompt, DateSettings? current)
    {
        var text = prompt.Reader.Unquoted;
        var amount = Amount.Match(text) is { Success: true } match ? match : null;
        var task = TaskIn(prompt, amount is not null) ?? current?.Task;
        if (task is null)
        {
            var answer = prompt.Ask(
                "What should it calculate?", ["Days between two dates", "A date some days later", "Business days between two dates", "The age", "The weekday of a date"], "Days between two dates");
            task = answer is null ? DateTask.DaysBetween : TaskIn(new AgentPrompt(answer, [], prompt.Now), hasAmount: false) ?? DateTask.DaysBetween;
        }

        var format = prompt.Mentions(Us) ? DateFormat.Us : prompt.Mentions(Eu) ? DateFormat.Eu : prompt.Mentions(Iso) ? DateFormat.Iso : current?.Format;
        if (format is null && Ambiguous.Match(text) is { Success: true } date)
        {
            format = date.Groups[1].Success && Int(date.Groups[1]) > 12 ? DateFormat.Eu
                : date.Groups[2].Success && Int(date.Groups[2]) > 12 ? DateFormat.Us
                : prompt.Ask(FormatQuestion, ["ISO (2026-04-03)", "US (04/03/2026)", "European (03/04/2026)"], "ISO (2026-04-03)") switch
                {
                    { } answer when Us.IsMatch(answer) => DateFormat.Us,
                    { } answer when Eu.IsMatch(answer) => DateFormat.Eu,
                    _ => DateFormat.Iso,
                };
        }

        var sign = prompt.Mentions(Taking) ? -1 : 1;
        return new(
            task.Value,
            format ?? DateFormat.Iso,
            amount is not null ? sign * Number(amount.Groups[1].Value) : current?.Number ?? 1,
            amount is not null ? Enum.Parse<DateUnit>(amount.Groups[2].Value + "s", ignoreCase: true) : current?.Unit ?? DateUnit.Days,
            SomeWeekday.Match(text) is { Success: true } day
                ? Array.FindIndex(DayNames, name => name.StartsWith(day.Groups[1].Value[..3], StringComparison.OrdinalIgnoreCase))
                : current?.Weekday ?? 1);
    }

    /// <inheritdoc/>
    protected override AgentParts Write(DateSettings settings)
    {
        var body = Body(settings);
        var how = settings.Format switch { DateFormat.Iso => "as YYYY-MM-DD", DateFormat.Us => "as MM/DD/YYYY or YYYY-MM-DD", DateFormat.Eu => "as DD/MM/YYYY or YYYY-MM-DD" };
        JsonObject SchemaOf(string type, string description) => type switch
        {
            "number" => Schema.Integer(description),
            "boolean" => Schema.Boolean(description),
            _ => Schema.Text(description),
        };
        var sample = settings.Format switch { DateFormat.Iso => "2026-12-24", DateFormat.Us => "12/24/2026", DateFormat.Eu => "24/12/2026" };
        return new(
            body.Does,
            ConfigOf(settings),
            Schema.Object([.. body.Inputs.Select(input => (input.Name + (input.Required ? "" : "?"), SchemaOf(input.Type, input.Description.Replace("{how}", how))))]),
            Schema.Object([.. body.Outputs.Select(output => (output.Name, SchemaOf(output.Type, output.Description)))]),
            new JsonObject(body.Inputs.Where(input => input.Required || body.Inputs.Count == 1)
                .Select(input => KeyValuePair.Create(input.Name, input.Type == "number" ? (JsonNode?)settings.Number : input.Name == "from" && body.Inputs.Any(other => other.Name == "to") ? settings.Format == DateFormat.Iso ? "2026-12-01" : "12/01/2026" : sample))))
        {
            Details = settings.Task is DateTask.BusinessDaysBetween or DateTask.AddBusinessDays ? ["Business days are Monday to Friday; it knows no holidays."] : [],
        };
    }

    private static (string Does, IReadOnlyList<Part> Inputs, IReadOnlyList<Part> Outputs) Body(DateSettings settings)
    {
        var number = settings.Number.ToString(CultureInfo.InvariantCulture);
        var unit = settings.Unit.ToString().ToLowerInvariant();
        Part date = new("date", "string", "The date {how}; the day of the run when missing.", Required: false);
        return settings.Task switch
        {
            DateTask.DaysBetween => (
                "counts the days between two dates",
                [new("from", "string", "The first date {how}; the day of the run when missing.", false), new("to", "string", "The second date {how}.")],
                [new("days", "number", "How many days the second date is after the first."), new("weeks", "number", "How many whole weeks that are.")]),
            DateTask.BusinessDaysBetween => (
                "counts the business days between two dates",
                [new("from", "string", "The first date {how}; the day of the run when missing.", false), new("to", "string", "The second date {how}.")],
                [new("businessDays", "number", "How many business days there are from the first date, which is not counted, to the second, which is.")]),
            DateTask.AddBusinessDays => (
                $"adds business days to a date, {number} by default",
                [date, new("days", "number", $"How many business days; {number} when missing.", false)],
                [new("date", "string", "The date as YYYY-MM-DD."), new("weekday", "string", "Its day of the week.")]),
            DateTask.Add => (
                $"adds {unit} to a date, {number} by default",
                [date, new(unit, "number", $"How many {unit}; {number} when missing.", false)],
                [new("date", "string", "The date as YYYY-MM-DD."), new("weekday", "string", "Its day of the week.")]),
            DateTask.NextWeekday => (
                $"finds the next {DayNames[settings.Weekday]} after a date",
                [date],
                [new("date", "string", "The date as YYYY-MM-DD."), new("days", "number", "How many days it is away.")]),
            DateTask.Age => (
                "calculates an age from a date of birth",
                [new("birthDate", "string", "The date of birth {how}."), new("on", "string", "The day for which the age is asked, {how}; the day of the run when missing.", false)],
                [new("years", "number", "The age in whole years."), new("daysToBirthday", "number", "How many days it is to the next birthday; 0 on the day itself.")]),
            DateTask.WeekdayOf => (
                "tells the day of the week of a date",
                [date],
                [new("weekday", "string", "The day of the week."), new("isWeekend", "boolean", "Whether it is a Saturday or a Sunday.")]),
            DateTask.Normalise => (
                "writes a date as YYYY-MM-DD",
                [date],
                [new("date", "string", "The date as YYYY-MM-DD.")]),
        };
    }

    private static DateTask? TaskIn(AgentPrompt prompt, bool hasAmount)
    {
        var business = prompt.Mentions(Business);
        return prompt.Mentions(Age) ? DateTask.Age
            : prompt.Mentions(Next) ? DateTask.NextWeekday
            : prompt.Mentions(NextWord) ? DateTask.AddBusinessDays
            : prompt.Mentions(WeekdayOf) ? DateTask.WeekdayOf
            : (prompt.Mentions(Adding) || prompt.Mentions(Taking)) && (hasAmount || !prompt.Mentions(Between)) ? business ? DateTask.AddBusinessDays : DateTask.Add
            : prompt.Mentions(Between) ? business ? DateTask.BusinessDaysBetween : DateTask.DaysBetween
            : prompt.Mentions(Formatting) ? DateTask.Normalise
            : business ? DateTask.BusinessDaysBetween
            : null;
    }

    private static int Number(string text) => text.ToLowerInvariant() switch
    {
        "a" or "an" or "one" => 1,
        "two" => 2,
        "three" => 3,
        "four" => 4,
        "five" => 5,
        "six" => 6,
        "seven" => 7,
        "ten" => 10,
        _ => int.Parse(text, CultureInfo.InvariantCulture),
    };

    private static int Int(Group group) => int.Parse(group.Value, CultureInfo.InvariantCulture);

    private sealed record Part(string Name, string Type, string Description, bool Required = true);
}

/// <summary>What is calculated with dates.</summary>
public enum DateTask
{
    /// <summary>The days from one date to another.</summary>
    DaysBetween,

    /// <summary>The business days from one date to another.</summary>
    BusinessDaysBetween,

    /// <summary>A date some time later.</summary>
    Add,

    /// <summary>A date some business days later.</summary>
    AddBusinessDays,

    /// <summary>The next Monday, or another day of the week.</summary>
    NextWeekday,

    /// <summary>An age.</summary>
    Age,

    /// <summary>The day of the week.</summary>
    WeekdayOf,

    /// <summary>The same date as YYYY-MM-DD.</summary>
    Normalise,
}

/// <summary>How dates are written.</summary>
public enum DateFormat
{
    /// <summary>YYYY-MM-DD.</summary>
    Iso,

    /// <summary>MM/DD/YYYY.</summary>
    Us,

    /// <summary>DD/MM/YYYY.</summary>
    Eu,
}

/// <summary>What is added to a date.</summary>
public enum DateUnit
{
    /// <summary>Days.</summary>
    Days,

    /// <summary>Weeks.</summary>
    Weeks,

    /// <summary>Months.</summary>
    Months,

    /// <summary>Years.</summary>
    Years,
}
