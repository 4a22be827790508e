using Jobs.Generation.Offline.Prompts;

namespace Jobs.Generation.Offline.Widgets;

/// <summary>A bar.</summary>
/// <param name="Label">What it stands for.</param>
/// <param name="Value">Its value; may be negative.</param>
public sealed record ChartBar(string Label, double Value);

/// <summary>Settings of a bar chart.</summary>
/// <param name="Bars">At least one.</param>
/// <param name="Unit">What the values are in, such as "%" or "$"; may be empty.</param>
public sealed record BarChartSettings(IReadOnlyList<ChartBar> Bars, string Unit) : WidgetSettings(WidgetKind.BarChart)
{
    /// <inheritdoc/>
    public override bool IsValid() => Bars.Count > 0 && Bars.All(bar => bar is not null && double.IsFinite(bar.Value)) && Fit([.. Bars.Select(bar => bar.Label)]) && Fit([Unit]);
}

/// <summary>Values as bars, with the same values as a table for those who cannot see them.</summary>
public sealed class BarChartTemplate : WidgetTemplate<BarChartSettings>
{
    private static readonly PromptPattern Lead = new(@"\b(?:values?|data|bars?|numbers|results)(?: are| being)?\s*:\s*|\b(?:showing|with|of|comparing|displaying|plotting)\s+(?:the )?(?:values?|data|bars?|numbers)?\s*:?\s*");
    private static readonly PromptPattern ReplaceLead = new(@"\b(?:values?|data|bars?)(?: are| should be)?\s*:\s*");
    private static readonly PromptPattern Labelled = new(@"^(.*?[^\s:=(–-])(?:\s*[:=(–]\s*|\s+-\s+|\s+(?:is|at)\s+|\s+)([$€£])?\s?(-?\d[\d.,]*)\s?(%|€|£|\$|km|kg|k|m|million|units?|votes?|points?|people|hours?|sales)?\)?$");
    private static readonly PromptPattern Leading = new(@"^([$€£])?(-?\d[\d.,]*)\s?(%|€|£|\$|km|kg)?\s+(.+)$");
    private static readonly PromptPattern About = new(@"\b(?:chart|graph|diagram|histogram|plot)\b (?:of|for|about|showing|comparing|with) (?:the |my |our )?([^,:;.\n\d]+)(?::|\n)");

    private static readonly IReadOnlyList<ChartBar> Example = [new("January", 12), new("February", 19), new("March", 15), new("April", 24)];

    /// <inheritdoc/>
    public override WidgetKind Kind => WidgetKind.BarChart;

    /// <inheritdoc/>
    public override string Noun => "a bar chart";

    /// <inheritdoc/>
    public override string Folder => "bar-chart";

    /// <inheritdoc/>
    public override IReadOnlyList<(PromptPattern Phrase, int Weight)> Words { get; } = Phrases(
        ("(?:bar|column|line|pie)[ -](?:chart|graph|diagram|plot)s?", 5),
        ("charts?|graphs?|diagrams?|histograms?", 4),
        ("bars|plot|visuali[sz](?:e|ation)", 2));

    /// <inheritdoc/>
    protected override BarChartSettings Read(PromptReader prompt, BarChartSettings? current, DateTimeOffset now)
    {
        var unit = "";
        ChartBar? Parse(string text)
        {
            if (ParseBar(text) is not var (bar, found))
            {
                return null;
            }

            unit = found.Length > 0 ? found : unit;
            return bar;
        }

        IReadOnlyList<ChartBar> ParseAll(IReadOnlyList<string> items) =>
            [.. items.Select(Parse).OfType<ChartBar>().DistinctBy(bar => bar.Label, StringComparer.OrdinalIgnoreCase)];

        var bars = current is not null ? prompt.Edit(current.Bars, ReplaceLead, Parse, bar => bar.Label)
            : new[] { ParseAll(prompt.AfterColon()), ParseAll(prompt.List(Lead)) }.MaxBy(listed => listed.Count)!;
        return new(bars.Count > 0 ? bars : current?.Bars ?? Example, unit.Length > 0 ? unit : current?.Unit ?? "");
    }

    /// <inheritdoc/>
    protected override string Describe(BarChartSettings settings) =>
        ReferenceEquals(settings.Bars, Example)
            ? "a bar chart with example values; values of your own go into the prompt as \"Apples 5, Pears 3\""
            : $"a bar chart with {Count(settings.Bars.Count, "bar")}";

    /// <summary>What the chart is about, for its title.</summary>
    internal static string? SubjectOf(PromptReader prompt) =>
        About.Match(prompt.Body + "\n") is { Success: true } match && PromptReader.CleanItem(match.Groups[1].Value) is { Length: > 0 } subject
            ? PromptReader.Capitalise(subject)
            : null;

    private static (ChartBar Bar, string Unit)? ParseBar(string text)
    {
        var (label, number, unit) = Labelled.Match(text) is { Success: true } last
            ? (last.Groups[1].Value, last.Groups[3].Value, last.Groups[2].Value + last.Groups[4].Value)
            : Leading.Match(text) is { Success: true } first
                ? (first.Groups[4].Value, first.Groups[2].Value, first.Groups[1].Value + first.Groups[3].Value)
                : ("", "", "");
        var name = PromptReader.CleanItem(label);
        return name.Length > 0 && PromptReader.ParseNumber(number.TrimEnd('.', ',')) is { } value ? (new(PromptReader.Capitalise(name), value), unit) : null;
    }
}
