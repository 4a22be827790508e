using System.Globalization;
using System.Text.RegularExpressions;
using Jobs.Generation.Offline.Prompts;

namespace Jobs.Generation.Offline.Agents;

/// <summary>Finds in a prompt when an agent is to run by itself. What it returns is five cron fields; the time zone is the schedule's own affair.</summary>
internal static partial class ScheduleReader
{
    private const string Days = "sunmontuewedthufrisat";
    private const string DayNames = "sun|mon|tues|wednes|thurs|fri|satur";

    private static readonly PromptPattern Minutes = new(@"\b(?:every|each) (\d{1,2})[ -]?min(?:ute)?s?\b");
    private static readonly PromptPattern Minute = new(@"\b(?:every|each) minute\b|\bminutely\b");
    private static readonly PromptPattern Hours = new(@"\b(?:every|each) (\d{1,2})[ -]?h(?:ou)?rs?\b");
    private static readonly PromptPattern Hourly = new(@"\b(?:every|each|once an) hour\b|\bhourly\b");
    private static readonly PromptPattern Weekday = new($@"\b(?:every|each|on|mondays? to fridays?)? ?\b(?:(weekdays?|workdays?|working days?|business days?)|(weekends?)|({DayNames})days?)\b");
    private static readonly PromptPattern Repeats = new($@"\b(?:every|each)\b|\b(?:mon|tues|wednes|thurs|fri|satur|sun)days\b|\bdaily\b|\bweekly\b|\bmonthly\b|\bnightly\b|\bon (?:weekdays|weekends)\b");
    private static readonly PromptPattern Month = new(@"\b(?:every|each|once a) month\b|\bmonthly\b|\b(?:first|1st) (?:day )?of (?:the|each|every) month\b");
    private static readonly PromptPattern Week = new(@"\b(?:every|each|once a) week\b|\bweekly\b");
    private static readonly PromptPattern Day = new(@"\b(?:every|each|once a|twice a) (?:single )?(?:day|morning|evening|night|noon|midday|afternoon|midnight)\b|\bdaily\b|\bnightly\b|\b(?:every|each) (?:day )?at\b");
    private static readonly PromptPattern Time = new(@"\b(?:at )?(\d{1,2})[:.](\d{2}) ?(am|pm)?\b|\b(?:at )?(\d{1,2}) ?(am|pm)\b|\bat (\d{1,2})(?: o'?clock| h\b)?");
    private static readonly PromptPattern PartOfDay = new(@"\b(morning|noon|midday|lunch|afternoon|evening|midnight|nightly|night)s?\b");

    /// <summary>The cron fields, or null when the prompt names no repeated time.</summary>
    public static string? Find(PromptReader prompt)
    {
        var text = prompt.Unquoted;
        if (Minutes.Match(text) is { Success: true } minutes)
        {
            return Int(minutes.Groups[1]) is > 0 and < 60 and var step ? $"*/{step} * * * *" : null;
        }

        if (Minute.IsMatch(text))
        {
            return "* * * * *";
        }

        if (Hours.Match(text) is { Success: true } hours)
        {
            return Int(hours.Groups[1]) is > 0 and < 24 and var step ? $"0 */{step} * * *" : null;
        }

        if (Hourly.IsMatch(text))
        {
            return "0 * * * *";
        }

        var (hour, minute) = TimeOf(text);
        var at = string.Create(CultureInfo.InvariantCulture, $"{minute} {hour}");
        if (Repeats.IsMatch(text) && Weekday.Match(text) is { Success: true } day)
        {
            return $"{at} * * {(day.Groups[1].Success ? "1-5" : day.Groups[2].Success ? "0,6" : Days.IndexOf(day.Groups[3].Value[..3].ToLowerInvariant(), StringComparison.Ordinal) / 3)}";
        }

        return Month.IsMatch(text) ? $"{at} 1 * *" : Week.IsMatch(text) ? $"{at} * * 1" : Day.IsMatch(text) ? $"{at} * * *" : null;
    }

    /// <summary>Whether a text has the form of what <see cref="Find"/> returns.</summary>
    public static bool IsCron(string text) => Cron().IsMatch(text);

    private static (int Hour, int Minute) TimeOf(string text)
    {
        foreach (var match in Time.Matches(text).Take(PromptReader.MaxItems))
        {
            var hour = Int(match.Groups.Values.First(group => group.Name is "1" or "4" or "6" && group.Success));
            var minute = match.Groups[2].Success ? Int(match.Groups[2]) : 0;
            var half = (match.Groups[3].Value + match.Groups[5].Value).ToLowerInvariant();
            hour = half switch { "pm" when hour < 12 => hour + 12, "am" when hour == 12 => 0, _ => hour };
            if (hour < 24 && minute < 60)
            {
                return (hour, minute);
            }
        }

        return PartOfDay.Match(text).Value.ToLowerInvariant().TrimEnd('s') switch
        {
            "noon" or "midday" or "lunch" => (12, 0),
            "afternoon" => (15, 0),
            "evening" => (18, 0),
            "night" or "nightly" => (22, 0),
            "midnight" => (0, 0),
            _ => (7, 0),
        };
    }

    private static int Int(Group group) => int.Parse(group.Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^[0-9*/,-]{1,8}( [0-9*/,-]{1,8}){4}\z")]
    private static partial Regex Cron();
}
