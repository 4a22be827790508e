using System.Text.Json.Nodes;
using Jobs.Generation.Offline.Prompts;

namespace Jobs.Generation.Offline.Agents;

/// <summary>Settings of a statistic.</summary>
/// <param name="Measures">What is returned, in order.</param>
public sealed record StatisticsSettings(IReadOnlyList<Measure> Measures) : AgentSettings(AgentKind.Statistics)
{
    /// <inheritdoc/>
    public override bool IsValid() => Measures.Count > 0 && Fit(Measures);
}

/// <summary>Measures a list of numbers.</summary>
public sealed class StatisticsTemplate : AgentTemplate<StatisticsSettings>
{
    private static readonly (Measure Measure, PromptPattern Words, string Property, string Type, string Does)[] Measures =
    [
        Of(Measure.Count, "how many numbers|number of values|count(?: of)?(?: the)? (?:numbers|values)", "count", "count"),
        Of(Measure.Sum, "sums?|totals?|add(?:s|ing)? up", "sum", "sum"),
        Of(Measure.Mean, "averages?|means?|arithmetic mean", "mean", "mean"),
        Of(Measure.Median, "medians?", "median", "median"),
        Of(Measure.Mode, "modes?|most (?:common|frequent) (?:number|value)s?", "mode", "mode", "number[]"),
        Of(Measure.Least, "min(?:imum)?s?|smallest|lowest|least", "min", "minimum"),
        Of(Measure.Greatest, "max(?:imum)?s?|largest|highest|biggest|greatest", "max", "maximum"),
        Of(Measure.Range, "range|spread", "range", "range"),
        Of(Measure.Variance, "variances?", "variance", "variance"),
        Of(Measure.Deviation, "standard deviations?|std ?dev|stdev|deviation", "standardDeviation", "standard deviation"),
        Of(Measure.Quartiles, "quartiles?|percentiles?", "quartiles", "quartiles", "number[]"),
    ];

    private static readonly PromptPattern Removal = new(@"\b(?:remove|drop|without|don'?t|do not|no longer)\b");
    private static readonly PromptPattern Anew = new(@"\b(?:instead|only|just)\b");

    /// <inheritdoc/>
    public override AgentKind Kind => AgentKind.Statistics;

    /// <inheritdoc/>
    public override string Noun => "a statistics agent";

    /// <inheritdoc/>
    public override string Does => "Measure a list of numbers";

    /// <inheritdoc/>
    public override IReadOnlyList<(PromptPattern Phrase, int Weight)> Words { get; } = Phrases(
        (@"statistics? (?:of|for|on|about) (?:a |the |some )?(?:list of )?(?:numbers|values|data)|(?:number|numeric|descriptive) statistics|standard deviation|(?:mean|average|median|sum|total|variance|minimum|maximum)s?\b[^.\n]{0,60}\b(?:numbers|values|list|array)|(?:numbers|values)\b[^.\n]{0,60}\b(?:mean|average|median|sum|variance)", 6),
        (@"averages?|medians?|statistics?|variances?|quartiles?|percentiles?|sums? up|add up|stdev", 4),
        (@"sum|mean|minimum|maximum|range|mode", 3));

    /// <inheritdoc/>
    protected override StatisticsSettings Read(AgentPrompt prompt, StatisticsSettings? current)
    {
        var found = Measures.Where(measure => prompt.Mentions(measure.Words)).Select(measure => measure.Measure).ToList();
        if (current is null)
        {
            return new(found.Count > 0 ? found : [Measure.Count, Measure.Sum, Measure.Mean, Measure.Median, Measure.Least, Measure.Greatest, Measure.Deviation]);
        }

        var rest = prompt.Mentions(Removal) ? [.. current.Measures.Except(found)] : prompt.Mentions(Anew) ? found : current.Measures.Union(found).ToList();
        return rest.Count > 0 ? new(rest) : current;
    }

    /// <inheritdoc/>
    protected override AgentParts Write(StatisticsSettings settings)
    {
        var measures = settings.Measures.Select(measure => Measures.First(known => known.Measure == measure)).ToList();
        return new(
            $"calculates the {Enumerate([.. measures.Select(measure => measure.Does)])} of a list of numbers",
            ConfigOf(settings),
            Constant("input"),
            Schema.Object([.. measures.Select(measure => (
                measure.Property, measure.Type == "number" ? Schema.Number($"The {measure.Does}.") : Schema.List(Schema.Number("A number."), $"The {measure.Does}.")))]),
            new JsonObject { ["numbers"] = new JsonArray(2, 4, 4, 4, 5, 5, 7, 9) });
    }

    private static (Measure, PromptPattern, string, string, string) Of(Measure measure, string words, string property, string does, string type = "number") =>
        (measure, new PromptPattern($@"\b(?:{words})\b"), property, type, does);
}

/// <summary>What can be said of a list of numbers.</summary>
public enum Measure
{
    /// <summary>How many there are.</summary>
    Count,

    /// <summary>Their sum.</summary>
    Sum,

    /// <summary>Their mean.</summary>
    Mean,

    /// <summary>The one in the middle.</summary>
    Median,

    /// <summary>The most frequent.</summary>
    Mode,

    /// <summary>The smallest.</summary>
    Least,

    /// <summary>The largest.</summary>
    Greatest,

    /// <summary>From the smallest to the largest.</summary>
    Range,

    /// <summary>Their variance.</summary>
    Variance,

    /// <summary>Their standard deviation.</summary>
    Deviation,

    /// <summary>Their quartiles.</summary>
    Quartiles,
}
