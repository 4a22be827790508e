using System.Globalization;
using System.Reflection;
using Jobs.Generation.Offline.Prompts;
using Jobs.Generation.Repositories;

namespace Jobs.Generation.Offline.Repositories.Rules;

/// <summary>
/// A report of a day, week or month, made of the repository's own <c>reports/template.md</c> or of ours: <c>reports/daily-2024-03-05.md</c>, <c>reports/weekly-2024-W10.md</c>,
/// <c>reports/monthly-2024-03.md</c>. One that is there already is left as it is.
/// </summary>
internal sealed class DatedReportRule : RepositoryRule
{
    private const string Folder = "reports";

    private const string TemplatePath = $"{Folder}/template.md";

    private static readonly PromptPattern Pattern = new(
        @"^(?:add|create|write|make|generate|prepare|start) (?:a |an |the |today's |this week's |this month's )?(?:new )?(?<kind>daily|weekly|monthly) (?:status |progress )?report"
        + @"(?: (?:for|of|on) (?:the (?:week|month) of )?(?<day>today|yesterday|tomorrow|(?:this|last|next) (?:week|month)|[0-9]{4}-[0-9]{2}-[0-9]{2}))?$");

    private static readonly Lazy<string> OwnTemplate = new(ReadTemplate);

    /// <inheritdoc/>
    public override string Example => "add a daily report for today";

    /// <inheritdoc/>
    public override RuleResult? Do(Clause clause, RuleWork work)
    {
        if (Match(clause, Pattern) is not { } match)
        {
            return null;
        }

        var kind = match["kind"].ToLowerInvariant();
        var day = DayOf(match["day"].ToLowerInvariant(), work.Today);
        var (period, words) = kind switch
        {
            "weekly" => ($"{ISOWeek.GetYear(day.ToDateTime(default)):D4}-W{ISOWeek.GetWeekOfYear(day.ToDateTime(default)):D2}", "Weekly"),
            "monthly" => (day.ToString("yyyy-MM", CultureInfo.InvariantCulture), "Monthly"),
            _ => (day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), "Daily"),
        };
        var path = $"{Folder}/{kind}-{period}.md";
        var title = $"Add the {kind} report of {period}";
        if (work.Files.HasFile(path))
        {
            return new RuleResult(title, $"{path} is there already.");
        }

        var template = work.Files.HasFile(TemplatePath) ? work.Open(TemplatePath) : new TextFile(OwnTemplate.Value);
        var text = template.Text
            .Replace("{{title}}", $"{words} report of {period}", StringComparison.Ordinal)
            .Replace("{{kind}}", kind, StringComparison.Ordinal)
            .Replace("{{period}}", period, StringComparison.Ordinal)
            .Replace("{{date}}", day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), StringComparison.Ordinal);
        work.Write(path, template, text);
        return new RuleResult(title, $"{path} was made of {(work.Files.HasFile(TemplatePath) ? TemplatePath : "the template of this service")}.");
    }

    private static DateOnly DayOf(string said, DateOnly today) => said switch
    {
        "" or "today" or "this week" or "this month" => today,
        "yesterday" => today.AddDays(-1),
        "tomorrow" => today.AddDays(1),
        "last week" => today.AddDays(-7),
        "next week" => today.AddDays(7),
        "last month" => today.AddMonths(-1),
        "next month" => today.AddMonths(1),
        _ => DateOnly.TryParseExact(said, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : throw RuleWork.Refuse($"{said} is no day of the calendar."),
    };

    private static string ReadTemplate()
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream("Repositories/report-template.md")!);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}
