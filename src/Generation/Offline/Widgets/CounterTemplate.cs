using System.Text.RegularExpressions;
using Jobs.Generation.Offline.Prompts;

namespace Jobs.Generation.Offline.Widgets;

/// <summary>Settings of a counter.</summary>
/// <param name="Start">The first value, and the one that reset goes back to.</param>
/// <param name="Step">How much one press changes; greater than zero.</param>
/// <param name="Min">The least value, or null.</param>
/// <param name="Max">The greatest value, or null.</param>
/// <param name="Reset">Whether there is a reset button.</param>
public sealed record CounterSettings(double Start, double Step, double? Min, double? Max, bool Reset) : WidgetSettings(WidgetKind.Counter)
{
    /// <inheritdoc/>
    public override bool IsValid() => Step > 0 && (Min is null || Min <= Start) && (Max is null || Max >= Start);
}

/// <summary>A number that buttons raise and lower.</summary>
public sealed class CounterTemplate : WidgetTemplate<CounterSettings>
{
    private const string Numeral = @"(-?\d+(?:[.,]\d+)?)\b";

    private static readonly PromptPattern StartAt = new(@"\b(?:start(?:s|ing)?(?: it)?(?: value)?(?: at| from| with| to| of|:)?|begin(?:s|ning)?(?: at| from| with)?|initial value(?: of|:)?|from|begin at)\s+" + Numeral);
    private static readonly PromptPattern StepWords = new(@"\b(?:steps? (?:size )?(?:of |by |to |is |: ?)?|increment(?:s|ing)? (?:of |by )?|(?:counts?|counting|goes|going|raises?|changes?)(?: up| down)?(?: and down)? (?:by|in) |adds |by |in )" + Numeral);
    private static readonly PromptPattern Least = new(@"\b(?:min(?:imum)?(?: value)?(?: of| is| to| at|:)?|(?:not|never|no lower) (?:go )?(?:below|under|than)|at least|lower limit(?: of| is|:)?)\s+" + Numeral);
    private static readonly PromptPattern Most = new(@"\b(?:max(?:imum)?(?: value)?(?: of| is| to| at|:)?|up to|at most|(?:upper )?limit(?: of| is| to|:)?|(?:not|never) (?:go )?(?:above|over|beyond)|capped at|stops? at)\s+" + Numeral);
    private static readonly PromptPattern Range = new(@"\b(?:from|between)\s+(-?\d+(?:[.,]\d+)?)\s+(?:to|and|up to)\s+(-?\d+(?:[.,]\d+)?)\b");
    private static readonly PromptPattern ResetWanted = new(@"\breset");
    private static readonly PromptPattern ResetUnwanted = new(@"\b(?:without|no|remove|delete|drop)\b(?: the| a| any)? reset");

    /// <inheritdoc/>
    public override WidgetKind Kind => WidgetKind.Counter;

    /// <inheritdoc/>
    public override string Noun => "a counter";

    /// <inheritdoc/>
    public override string Folder => "counter";

    /// <inheritdoc/>
    public override IReadOnlyList<(PromptPattern Phrase, int Weight)> Words { get; } = Phrases(
        ("counters?|tally|clicker|score ?keeper", 4),
        ("count(?:s|ing)?", 2));

    /// <inheritdoc/>
    protected override CounterSettings Read(PromptReader prompt, CounterSettings? current, DateTimeOffset now)
    {
        var range = prompt.Unquoted is var text && Range.Match(text) is { Success: true } match ? match : null;
        var (low, high) = (Value(range, 1), Value(range, 2));
        // "From 10 to 0" counts down: the range is the same, the start is its upper end.
        var start = prompt.Number(StartAt) ?? low ?? current?.Start;
        var min = prompt.Number(Least) ?? (low is { } a && high is { } b ? Math.Min(a, b) : current?.Min);
        var max = prompt.Number(Most) ?? (low is { } c && high is { } d ? Math.Max(c, d) : current?.Max);
        if (min > max)
        {
            (min, max) = (max, min);
        }

        var step = prompt.Number(StepWords) is { } given and not 0 ? Math.Abs(given) : current?.Step ?? 1;
        return new(
            Math.Clamp(start ?? 0, min ?? double.MinValue, max ?? double.MaxValue),
            step,
            min,
            max,
            !prompt.Mentions(ResetUnwanted) && (prompt.Mentions(ResetWanted) || current is { Reset: true }));
    }

    private static double? Value(Match? match, int group) => match is null ? null : PromptReader.ParseNumber(match.Groups[group].Value);
}
