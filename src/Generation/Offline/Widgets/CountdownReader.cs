using System.Globalization;
using System.Text.RegularExpressions;
using Jobs.Generation.Offline.Prompts;

namespace Jobs.Generation.Offline.Widgets;

/// <summary>Finds in a prompt what to count down to.</summary>
internal static class CountdownReader
{
    private const string MonthNames = "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?";
    private const string Months = "janfebmaraprmayjunjulaugsepoctnovdec";
    private const string Days = "sunmontuewedthufrisat";

    private static readonly (PromptPattern Name, string Label, int Month, int Day)[] Holidays =
    [
        (new PromptPattern(@"\bnew year'?s?'? eve\b|\bsilvester\b"), "New Year's Eve", 12, 31),
        (new PromptPattern(@"\bnew year|\bnext year\b"), "New Year", 1, 1),
        (new PromptPattern(@"\bchristmas eve\b"), "Christmas Eve", 12, 24),
        (new PromptPattern(@"\b(?:christmas|xmas)\b"), "Christmas", 12, 25),
        (new PromptPattern(@"\bhalloween\b"), "Halloween", 10, 31),
        (new PromptPattern(@"\bvalentine"), "Valentine's Day", 2, 14),
        (new PromptPattern(@"\b(?:st\.?|saint) patrick"), "St Patrick's Day", 3, 17),
        (new PromptPattern(@"\b(?:independence day|(?:4th|fourth) of july)\b"), "Independence Day", 7, 4),
        (new PromptPattern(@"\bapril fool"), "April Fools' Day", 4, 1),
        (new PromptPattern(@"\bearth day\b"), "Earth Day", 4, 22),
        (new PromptPattern(@"\bpi day\b"), "Pi Day", 3, 14),
    ];

    private static readonly PromptPattern Iso = new(@"\b(\d{4})-(\d{1,2})-(\d{1,2})(?:[t ](\d{1,2}):(\d{2}))?");
    private static readonly PromptPattern Numeric = new(@"\b(\d{1,2})([./])(\d{1,2})[./](\d{4})\b");
    private static readonly PromptPattern DayMonth = new($@"\b(\d{{1,2}})(?:st|nd|rd|th|\.)?(?: of)? ({MonthNames})\.?(?:,? (\d{{4}}))?\b");
    private static readonly PromptPattern MonthDay = new($@"\b({MonthNames})\.? (\d{{1,2}})(?:st|nd|rd|th)?(?:(?:,| of)? (\d{{4}}))?\b");
    private static readonly PromptPattern YearStart = new(@"\b(?:to|until|till|for|before) (?:the year )?(20\d\d|21\d\d)\b");
    private static readonly PromptPattern Time = new(@"\b(?:at )?(\d{1,2})[:.](\d{2}) ?(am|pm)?\b|\b(?:at )?(\d{1,2}) ?(am|pm)\b|\bat (\d{1,2})(?: o'?clock| h\b)|\b(noon|midday|midnight)\b");
    private static readonly PromptPattern Weekday = new(@"\b(sun|mon|tues|wednes|thurs|fri|satur)days?\b|\b(weekend)\b");
    private static readonly PromptPattern Tomorrow = new(@"\b(?:tomorrow|end of (?:the )?day)\b");
    private static readonly PromptPattern Ahead = new(@"\bin (\d{1,5}|a|an|one|two|three|four|five|six|seven|ten) (minute|hour|day|week|month|year)s?\b|\b(\d{1,5}) (minute|hour|day|week|month|year)s? from (?:now|today)\b");
    private static readonly PromptPattern Duration = new(@"\b(\d{1,6}(?:[.,]\d+)?|an|a|one|two|three|five|ten)[ -]?(seconds?|secs?|s|minutes?|mins?|min|hours?|hrs?|h)\b");
    private static readonly PromptPattern Joint = new(@"^\s*(?:,|and|&)?\s*$");
    private static readonly PromptPattern TimerWord = new(@"\b(?:timer|pomodoro|countdown (?:of|for)|minutes?|seconds?)\b");
    private static readonly PromptPattern Pomodoro = new(@"\bpomodoro\b");
    private static readonly PromptPattern Subject = new(@"\b(?:to|until|till|for|before)\s+([^,.;:\n]+)");
    private static readonly PromptPattern SubjectEnd = new($@"\s(?:on|at|in|with|and|which|that|using|is|by|from)\s|\s\(|\s(?:\d|{MonthNames}\s\d)");

    /// <summary>The target and its name ("New Year"; empty when it has none), or null when the prompt names no moment.</summary>
    public static (CountdownTarget Target, string Label)? Find(PromptReader prompt, DateTimeOffset now)
    {
        var text = prompt.Unquoted;
        if (Dated(text) is { } dated)
        {
            return (dated, NameOf(prompt));
        }

        foreach (var (name, label, month, day) in Holidays)
        {
            if (name.IsMatch(text))
            {
                var (hour, minute) = TimeOf(text);
                return (new CountdownTarget.Yearly(month, day, hour, minute), label);
            }
        }

        if (Ahead.Match(text) is { Success: true } ahead)
        {
            return (new CountdownTarget.Instant(Later(now, ahead)), "");
        }

        if (Weekday.Match(text) is { Success: true } weekday)
        {
            var (hour, minute) = TimeOf(text);
            var isWeekend = weekday.Groups[2].Success;
            var name = isWeekend ? "sat" : weekday.Groups[1].Value[..3].ToLowerInvariant();
            return (new CountdownTarget.Weekly(Days.IndexOf(name, StringComparison.Ordinal) / 3, hour, minute), isWeekend ? "the weekend" : PromptReader.Capitalise(weekday.Value.TrimEnd('s')));
        }

        if (Duration.Matches(text) is { Count: > 0 } durations && TimerWord.IsMatch(text))
        {
            var seconds = Together(text, durations).Sum(Seconds);
            return seconds is >= 1 and <= CountdownTarget.Timer.MaxSeconds ? (new CountdownTarget.Timer((int)seconds), "") : null;
        }

        if (Pomodoro.IsMatch(text))
        {
            return (new CountdownTarget.Timer(25 * 60), "");
        }

        if (Time.IsMatch(text) || Tomorrow.IsMatch(text))
        {
            var (hour, minute) = TimeOf(text);
            return (new CountdownTarget.Weekly(null, hour, minute), "");
        }

        return null;
    }

    /// <summary>What the prompt counts down to, in its own words; empty when it does not say.</summary>
    public static string NameOf(PromptReader prompt)
    {
        if (Subject.Match(prompt.Body) is not { Success: true } match)
        {
            return "";
        }

        var name = " " + match.Groups[1].Value;
        name = (SubjectEnd.Match(name) is { Success: true } end ? name[..end.Index] : name).Trim();
        return name.Length is > 0 and <= 60 && !char.IsDigit(name[0]) && name.ToLowerInvariant() is not ("the" or "my" or "our" or "a") ? PromptReader.Clean(name, PromptReader.MaxItemLength) : "";
    }

    private static CountdownTarget? Dated(string text)
    {
        var (hour, minute) = TimeOf(text);
        if (Iso.Match(text) is { Success: true } iso)
        {
            return Valid(new CountdownTarget.Local(
                Int(iso.Groups[1]), Int(iso.Groups[2]), Int(iso.Groups[3]), iso.Groups[4].Success ? Int(iso.Groups[4]) : hour, iso.Groups[5].Success ? Int(iso.Groups[5]) : minute));
        }

        if (Numeric.Match(text) is { Success: true } numeric)
        {
            var (first, second, year) = (Int(numeric.Groups[1]), Int(numeric.Groups[3]), Int(numeric.Groups[4]));
            // 24/12 can only be day first; with slashes anything else is read as month first, with dots as day first.
            var monthFirst = numeric.Groups[2].Value == "/" && first <= 12;
            return Valid(new CountdownTarget.Local(year, monthFirst ? first : second, monthFirst ? second : first, hour, minute));
        }

        if (DayMonth.Match(text) is { Success: true } dayMonth)
        {
            return OnDay(dayMonth.Groups[3], MonthOf(dayMonth.Groups[2]), Int(dayMonth.Groups[1]), hour, minute);
        }

        if (MonthDay.Match(text) is { Success: true } monthDay)
        {
            return OnDay(monthDay.Groups[3], MonthOf(monthDay.Groups[1]), Int(monthDay.Groups[2]), hour, minute);
        }

        return YearStart.Match(text) is { Success: true } start ? new CountdownTarget.Local(Int(start.Groups[1]), 1, 1, hour, minute) : null;
    }

    private static CountdownTarget? OnDay(Group year, int month, int day, int hour, int minute) =>
        Valid(year.Success ? new CountdownTarget.Local(Int(year), month, day, hour, minute) : new CountdownTarget.Yearly(month, day, hour, minute));

    private static CountdownTarget? Valid(CountdownTarget target) => target.IsValid() ? target : null;

    private static (int Hour, int Minute) TimeOf(string text)
    {
        foreach (Match match in Time.Matches(Numeric.Replace(text, " ")))
        {
            if (match.Groups[7].Success)
            {
                return (match.Groups[7].Value.StartsWith("mid", StringComparison.OrdinalIgnoreCase) && match.Groups[7].Value.EndsWith("night", StringComparison.OrdinalIgnoreCase) ? 0 : 12, 0);
            }

            var hour = Int(match.Groups.Values.First(group => group.Success && int.TryParse(group.Value, out _) && group.Name is "1" or "4" or "6" && group.Success));
            var minute = match.Groups[2].Success ? Int(match.Groups[2]) : 0;
            var half = match.Groups[3].Value + match.Groups[5].Value;
            hour = half.ToLowerInvariant() switch { "pm" when hour < 12 => hour + 12, "am" when hour == 12 => 0, _ => hour };
            if (hour < 24 && minute < 60)
            {
                return (hour, minute);
            }
        }

        return (0, 0);
    }

    private static DateTimeOffset Later(DateTimeOffset now, Match match)
    {
        var (count, unit) = match.Groups[1].Success ? (match.Groups[1].Value, match.Groups[2].Value) : (match.Groups[3].Value, match.Groups[4].Value);
        var number = (int)Amount(count);
        var utc = now.ToUniversalTime();
        var later = unit.ToLowerInvariant() switch
        {
            "minute" => utc.AddMinutes(number),
            "hour" => utc.AddHours(number),
            "day" => utc.AddDays(number),
            "week" => utc.AddDays(7.0 * number),
            "month" => utc.AddMonths(Math.Min(number, 12_000)),
            _ => utc.AddYears(Math.Min(number, 1_000)),
        };
        return new(later.Ticks - (later.Ticks % TimeSpan.TicksPerSecond), TimeSpan.Zero);
    }

    /// <summary>The first duration with the smaller units that belong to it: "1 hour and 30 minutes", but of "25 minutes of work and 5 of break" the first.</summary>
    private static IEnumerable<Match> Together(string text, MatchCollection durations)
    {
        yield return durations[0];
        for (var i = 1; i < durations.Count; i++)
        {
            var (before, next) = (durations[i - 1], durations[i]);
            if (UnitSeconds(next) >= UnitSeconds(before) || !Joint.IsMatch(text[(before.Index + before.Length)..next.Index]))
            {
                yield break;
            }

            yield return next;
        }
    }

    private static double Seconds(Match match) => Amount(match.Groups[1].Value) * UnitSeconds(match);

    private static int UnitSeconds(Match duration) => char.ToLowerInvariant(duration.Groups[2].Value[0]) switch { 's' => 1, 'm' => 60, _ => 3600 };

    private static double Amount(string text) => text.ToLowerInvariant() switch
    {
        "a" or "an" or "one" => 1,
        "two" => 2,
        "three" => 3,
        "four" => 4,
        "five" => 5,
        "six" => 6,
        "seven" => 7,
        "ten" => 10,
        _ => PromptReader.ParseNumber(text) ?? 0,
    };

    private static int MonthOf(Group name) => (Months.IndexOf(name.Value[..3].ToLowerInvariant(), StringComparison.Ordinal) / 3) + 1;

    private static int Int(Group group) => int.Parse(group.Value, CultureInfo.InvariantCulture);
}
