using System.Collections.Frozen;
using System.Globalization;
using Jobs.Documents.Wording;

namespace Jobs.Documents.Analysis;

/// <summary>What a figure is a figure of.</summary>
internal enum QuantityKind
{
    Duration,
    Period,
    Percentage,
    Money,
    Size,
    Count,
}

/// <summary>Which figures agree with this one.</summary>
internal enum QuantityBound
{
    Exactly,
    AtMost,
    AtLeast,
}

/// <summary>A figure in a text.</summary>
/// <param name="Kind">What it is a figure of.</param>
/// <param name="Value">How much: durations and periods in hours, sizes in bytes, everything else as it stands there.</param>
/// <param name="Of">The currency, or the term of what is counted; empty otherwise.</param>
/// <param name="Bound">Which figures agree with it.</param>
/// <param name="Words">The words, as they stand there.</param>
internal sealed record Quantity(QuantityKind Kind, double Value, string Of, QuantityBound Bound, string Words)
{
    /// <summary>Whether two figures are about the same sort of thing, so that they can agree or not.</summary>
    public bool IsLike(Quantity other) => Kind == other.Kind && Of == other.Of;

    /// <summary>Whether a figure that is said agrees with this one, which is required.</summary>
    public bool IsMetBy(Quantity said) => Bound switch
    {
        QuantityBound.AtMost => said.Value <= Value * 1.001,
        QuantityBound.AtLeast => said.Value >= Value * 0.999,
        // What is done more often than required is done as required.
        _ => Kind == QuantityKind.Period ? said.Value <= Value * 1.001 : Math.Abs(said.Value - Value) <= Math.Abs(Value) * 0.001,
    };
}

/// <summary>Reads figures with their units: durations, how often something happens, percentages, money, sizes, and numbers of things.</summary>
internal static class Quantities
{
    /// <summary>How many figures of a text are read.</summary>
    public const int Most = 32;

    private const double Day = 24;

    private static readonly FrozenDictionary<string, double> Numbers = new (string Word, double Value)[]
    {
        ("one", 1), ("two", 2), ("three", 3), ("four", 4), ("five", 5), ("six", 6), ("seven", 7), ("eight", 8), ("nine", 9), ("ten", 10), ("eleven", 11), ("twelve", 12),
        ("fourteen", 14), ("fifteen", 15), ("twenty", 20), ("thirty", 30), ("forty", 40), ("fifty", 50), ("sixty", 60), ("ninety", 90), ("hundred", 100),
    }.ToFrozenDictionary(pair => pair.Word, pair => pair.Value, StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, double> Durations = new (string Word, double Value)[]
    {
        ("second", 1.0 / 3_600), ("minute", 1.0 / 60), ("min", 1.0 / 60), ("hour", 1), ("hr", 1), ("h", 1), ("day", Day), ("week", 7 * Day), ("fortnight", 14 * Day),
        ("month", 30.4 * Day), ("quarter", 91 * Day), ("year", 365 * Day),
    }.ToFrozenDictionary(pair => pair.Word, pair => pair.Value, StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, double> Periods = new (string Word, double Value)[]
    {
        ("hourly", 1), ("daily", Day), ("nightly", Day), ("weekly", 7 * Day), ("fortnightly", 14 * Day), ("monthly", 30.4 * Day), ("quarterly", 91 * Day),
        ("annually", 365 * Day), ("annual", 365 * Day), ("yearly", 365 * Day),
    }.ToFrozenDictionary(pair => pair.Word, pair => pair.Value, StringComparer.Ordinal);

    /// <summary>What comes once a day.</summary>
    private static readonly FrozenDictionary<string, double> PartsOfDay =
        new[] { "morning", "afternoon", "evening", "night" }.ToFrozenDictionary(part => part, _ => Day, StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, double> Sizes = new (string Word, double Value)[]
    {
        ("kb", 1e3), ("mb", 1e6), ("gb", 1e9), ("tb", 1e12), ("kib", 1024), ("mib", 1024 * 1024), ("gib", 1024.0 * 1024 * 1024),
    }.ToFrozenDictionary(pair => pair.Word, pair => pair.Value, StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, string> Currencies = new (string Word, string Value)[]
    {
        ("eur", "EUR"), ("euro", "EUR"), ("euros", "EUR"), ("usd", "USD"), ("dollar", "USD"), ("dollars", "USD"), ("gbp", "GBP"), ("pounds", "GBP"), ("chf", "CHF"),
    }.ToFrozenDictionary(pair => pair.Word, pair => pair.Value, StringComparer.Ordinal);

    private static readonly string[] AtMost =
        ["within", "at most", "no more than", "not more than", "no later than", "not later than", "no longer than", "up to", "less than", "fewer than", "under", "below", "maximum of", "maximum", "not exceed", "not exceeding", "not exceeds", "must not exceed", "exceeding", "after", "in"];

    private static readonly string[] AtLeast =
        ["at least", "no less than", "not less than", "no fewer than", "not fewer than", "minimum of", "minimum", "more than", "over", "or more", "above", "exceeds", "not fall below", "not drop below", "not be below"];

    /// <summary>The figures of a text, in order.</summary>
    public static List<Quantity> Of(string text)
    {
        var words = Words.Of(text, 0, text.Length).ToList();
        var lower = words.ConvertAll(word => Terms.Lower(text.AsSpan(word.Start, word.Length)));
        var quantities = new List<Quantity>();
        for (var i = 0; i < words.Count && quantities.Count < Most; i++)
        {
            if (Periods.TryGetValue(lower[i], out var period))
            {
                quantities.Add(new(QuantityKind.Period, period, "", QuantityBound.Exactly, lower[i]));
            }
            else if (lower[i] is "every" or "each" or "once" or "twice" && PeriodAt(text, words, lower, i) is { } often)
            {
                quantities.Add(often.Quantity);
                i = often.Last;
            }
            else if (NumberAt(lower[i]) is { } number && QuantityAt(text, words, lower, i, number) is { } figure)
            {
                quantities.Add(figure.Quantity);
                i = figure.Last;
            }
        }

        return quantities;
    }

    private static (Quantity Quantity, int Last)? PeriodAt(string text, List<TextSpan> words, List<string> lower, int index)
    {
        var (last, share, many) = (index, lower[index] == "twice" ? 2.0 : 1.0, 1.0);
        if (lower[index] is "once" or "twice")
        {
            last++;
            if (last >= lower.Count || lower[last] is not ("a" or "an" or "per" or "each" or "every"))
            {
                return null;
            }
        }

        last++;
        if (last < lower.Count && NumberAt(lower[last]) is { } number)
        {
            (many, last) = (number, last + 1);
        }

        if (last >= lower.Count || !(Durations.TryGetValue(Singular(lower[last]), out var unit) || PartsOfDay.TryGetValue(lower[last], out unit)))
        {
            return null;
        }

        return (new(QuantityKind.Period, many * unit / share, "", QuantityBound.Exactly, text[words[index].Start..words[last].End]), last);
    }

    private static (Quantity Quantity, int Last)? QuantityAt(string text, List<TextSpan> words, List<string> lower, int index, double number)
    {
        var bound = BoundAt(lower, index);
        var before = words[index].Start > 0 ? text[words[index].Start - 1] : ' ';
        var after = words[index].End < text.Length ? text[words[index].End] : ' ';
        if (before is '$' or '\u20AC' or '\u00A3')
        {
            return (new(QuantityKind.Money, number, before switch { '$' => "USD", '\u20AC' => "EUR", _ => "GBP" }, bound, text[(words[index].Start - 1)..words[index].End]), index);
        }

        if (index > 0 && Currencies.TryGetValue(lower[index - 1], out var named))
        {
            return (new(QuantityKind.Money, number, named, BoundAt(lower, index - 1), text[words[index - 1].Start..words[index].End]), index);
        }

        if (after == '%')
        {
            return (new(QuantityKind.Percentage, number, "", bound, text[words[index].Start..(words[index].End + 1)]), index);
        }

        // "Fifteen (15) working days": the adjective and the repetition are passed over.
        var next = index + 1;
        while (next < lower.Count && next <= index + 2 && (lower[next] is "working" or "business" or "calendar" or "consecutive" or "full" || NumberAt(lower[next]) == number))
        {
            next++;
        }

        if (next >= lower.Count || text.AsSpan(words[index].End, words[next].Start - words[index].End).ContainsAny('.', ';'))
        {
            return null;
        }

        var said = text[words[index].Start..words[next].End];
        var unit = Singular(lower[next]);
        if (Durations.TryGetValue(unit, out var hours))
        {
            return (new(QuantityKind.Duration, number * hours, "", bound, said), next);
        }

        if (unit is "percent")
        {
            return (new(QuantityKind.Percentage, number, "", bound, said), next);
        }

        if (Sizes.TryGetValue(lower[next], out var bytes))
        {
            return (new(QuantityKind.Size, number * bytes, "", bound, said), next);
        }

        if (Currencies.TryGetValue(lower[next], out var currency))
        {
            return (new(QuantityKind.Money, number, currency, bound, said), next);
        }

        return Terms.OfWord(lower[next]) is { } thing && thing.Length > 2 ? (new(QuantityKind.Count, number, thing, bound, said), next) : null;
    }

    private static QuantityBound BoundAt(List<string> lower, int index)
    {
        var before = " " + string.Join(' ', lower.Skip(Math.Max(0, index - 4)).Take(index - Math.Max(0, index - 4)));
        var (atLeast, atMost) = (Longest(AtLeast), Longest(AtMost));
        if (atLeast == atMost)
        {
            return QuantityBound.Exactly;
        }

        // "No more than" ends with "more than": the longer one is what is said.
        return atLeast > atMost ? QuantityBound.AtLeast : QuantityBound.AtMost;

        int Longest(string[] phrases) => phrases.Where(phrase => before.EndsWith(" " + phrase, StringComparison.Ordinal)).Select(phrase => phrase.Length).DefaultIfEmpty().Max();
    }

    private static double? NumberAt(string word)
    {
        if (Numbers.TryGetValue(word, out var number))
        {
            return number;
        }

        return word.Length <= 16 && char.IsAsciiDigit(word[0]) && double.TryParse(word.Replace(",", "", StringComparison.Ordinal), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
            ? value
            : null;
    }

    private static string Singular(string word) => word.Length > 2 && word.EndsWith('s') ? word[..^1] : word;
}
