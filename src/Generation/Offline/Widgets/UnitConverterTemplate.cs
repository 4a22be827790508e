using Jobs.Generation.Offline.Prompts;

namespace Jobs.Generation.Offline.Widgets;

/// <summary>Two units of the same quantity, by their ids in the widget's <c>units.ts</c>.</summary>
public sealed record UnitPair(string From, string To);

/// <summary>Settings of a unit converter.</summary>
/// <param name="Pairs">At least one; the first is shown first.</param>
public sealed record UnitConverterSettings(IReadOnlyList<UnitPair> Pairs) : WidgetSettings(WidgetKind.UnitConverter)
{
    /// <inheritdoc/>
    public override bool IsValid() => Pairs.Count is > 0 and <= PromptReader.MaxItems && Pairs.All(pair => pair is not null && UnitConverterTemplate.AreConvertible(pair.From, pair.To));
}

/// <summary>Converts between units of length, mass, temperature, volume, speed, area, time and data.</summary>
public sealed class UnitConverterTemplate : WidgetTemplate<UnitConverterSettings>
{
    private static readonly (string Id, string Quantity, PromptPattern Names)[] Units =
    [
        Unit("km", "length", "km|kms|kilomet(?:re|er)s?"),
        Unit("mi", "length", "mi|miles?"),
        Unit("m", "length", "m|met(?:re|er)s?"),
        Unit("ft", "length", "ft|feet|foot"),
        Unit("cm", "length", "cms?|centimet(?:re|er)s?"),
        Unit("in", "length", "inch(?:es)?"),
        Unit("yd", "length", "yd|yards?"),
        Unit("mm", "length", "mm|millimet(?:re|er)s?"),
        Unit("kg", "mass", "kgs?|kilo(?:gram)?s?"),
        Unit("lb", "mass", "lbs?|pounds?"),
        Unit("g", "mass", "g|grams?"),
        Unit("oz", "mass", "oz|ounces?"),
        Unit("st", "mass", "stones?"),
        Unit("C", "temperature", "°c|c|celsius|centigrade"),
        Unit("F", "temperature", "°f|f|fahrenheit"),
        Unit("K", "temperature", "k|kelvin"),
        Unit("l", "volume", "l|lit(?:re|er)s?"),
        Unit("gal", "volume", "gal|gallons?"),
        Unit("ml", "volume", "ml|millilit(?:re|er)s?"),
        Unit("cup", "volume", "cups?"),
        Unit("floz", "volume", "fl ?oz|fluid ounces?"),
        Unit("kmh", "speed", "km/h|kmh|kph|kilomet(?:re|er)s per hour"),
        Unit("mph", "speed", "mph|miles per hour"),
        Unit("ms", "speed", "m/s|met(?:re|er)s per second"),
        Unit("kn", "speed", "knots?"),
        Unit("ha", "area", "ha|hectares?"),
        Unit("ac", "area", "acres?"),
        Unit("m2", "area", "m²|m2|square met(?:re|er)s?"),
        Unit("ft2", "area", "ft²|ft2|square (?:feet|foot)"),
        Unit("h", "time", "h|hours?"),
        Unit("min", "time", "min|minutes?"),
        Unit("s", "time", "s|seconds?"),
        Unit("d", "time", "days?"),
        Unit("MB", "data", "mb|megabytes?"),
        Unit("GB", "data", "gb|gigabytes?"),
        Unit("TB", "data", "tb|terabytes?"),
    ];

    private static readonly (PromptPattern Word, UnitPair Pair)[] Quantities =
    [
        (new PromptPattern(@"\b(?:length|distance|height)\b"), new("km", "mi")),
        (new PromptPattern(@"\b(?:weight|mass)\b"), new("kg", "lb")),
        (new PromptPattern(@"\btemperatures?\b"), new("C", "F")),
        (new PromptPattern(@"\b(?:volume|liquids?|cooking)\b"), new("l", "gal")),
        (new PromptPattern(@"\bspeeds?\b"), new("kmh", "mph")),
        (new PromptPattern(@"\bareas?\b"), new("ha", "ac")),
        (new PromptPattern(@"\btime\b"), new("h", "min")),
        (new PromptPattern(@"\b(?:data|file) sizes?\b"), new("MB", "GB")),
    ];

    private static readonly PromptPattern Joint = new(@"([\p{L}°²][\p{L}\p{N}°² ]*(?:/[hs]\b)?)\s*(?:<->|<=>|->|=>|→|⇄|↔|\bto and from\b|\binto\b|\bto\b|\bin\b|\band\b|\bor\b|/|\bvs\b|-)\s*(?:degrees? )?([\p{L}°²][\p{L}\p{N}°²]*(?:/[hs]\b)?(?: [\p{L}]+)?(?: [\p{L}]+)?)");
    private static readonly PromptPattern Separator = new(@"[,;:.\n()]+|\band (?:also )?(?:from )?");
    private static readonly PromptPattern Removal = new(@"\b(?:remove|delete|drop|without)\b");
    private static readonly PromptPattern Addition = new(@"\b(?:add|include|also|plus|too|as well)\b");

    /// <inheritdoc/>
    public override WidgetKind Kind => WidgetKind.UnitConverter;

    /// <inheritdoc/>
    public override string Noun => "a unit converter";

    /// <inheritdoc/>
    public override string Folder => "unit-converter";

    /// <inheritdoc/>
    public override IReadOnlyList<(PromptPattern Phrase, int Weight)> Words { get; } = Phrases(
        ("(?:(?:unit|temperature|length|weight|mass|distance|volume|speed|area|measurement|metric|data)s? )?(?:converters?|conversions?)|convert units", 5),
        ("convert(?:s|ing)?", 4),
        ("(?:km|kilomet(?:re|er)s|kg|kilos?|celsius|lit(?:re|er)s|cm|met(?:re|er)s) (?:in)?to (?:mi|miles|lbs?|pounds|fahrenheit|gallons|inches|feet)", 4));

    /// <summary>True for two known units of one quantity.</summary>
    internal static bool AreConvertible(string from, string to) => from != to && QuantityOf(from) is { } quantity && quantity == QuantityOf(to);

    /// <inheritdoc/>
    protected override UnitConverterSettings Read(PromptReader prompt, UnitConverterSettings? current, DateTimeOffset now)
    {
        var found = PairsIn(prompt.Unquoted);
        if (found.Count == 0)
        {
            found = [.. Quantities.Where(quantity => prompt.Mentions(quantity.Word)).Select(quantity => quantity.Pair)];
        }

        if (current is null)
        {
            return new(found.Count > 0 ? found : [.. Quantities.Take(5).Select(quantity => quantity.Pair)]);
        }

        if (found.Count == 0)
        {
            return current;
        }

        if (prompt.Mentions(Removal))
        {
            var rest = current.Pairs.Where(pair => !found.Any(other => Same(pair, other))).ToList();
            return rest.Count > 0 ? new(rest) : current;
        }

        return prompt.Mentions(Addition)
            ? new([.. current.Pairs.Concat(found.Where(pair => !current.Pairs.Any(other => Same(pair, other)))).Take(PromptReader.MaxItems)])
            : new(found);
    }

    /// <inheritdoc/>
    protected override string? TitleOf(UnitConverterSettings settings) => settings.Pairs is [var pair] ? $"{Label(pair.From)} to {Label(pair.To)}" : null;

    /// <inheritdoc/>
    protected override string Describe(UnitConverterSettings settings) => $"a converter for {Count(settings.Pairs.Count, "pair")} of units";

    private static string Label(string id) => id is "C" or "F" ? "°" + id : id;

    private static bool Same(UnitPair a, UnitPair b) => a == b || (a.From == b.To && a.To == b.From);

    private static (string Id, string Quantity, PromptPattern Names) Unit(string id, string quantity, string names) => (id, quantity, new PromptPattern($"^(?:{names})$"));

    private static string? QuantityOf(string id) => Units.FirstOrDefault(unit => unit.Id == id).Quantity;

    private static List<UnitPair> PairsIn(string text)
    {
        var pairs = new List<UnitPair>();
        // "km to miles and kg to lb" is two pairs, "litres and gallons" one: try the text whole, then in the pieces that "and" makes.
        foreach (var piece in Separator.Split(text).Concat(text.Split(',', ';', ':', '.', '\n')).Where(piece => piece.Length <= 200).Take(200))
        {
            if (Joint.Match(piece.Trim()) is { Success: true } match
                && LastUnit(match.Groups[1].Value) is { } from
                && FirstUnit(match.Groups[2].Value) is { } to
                && AreConvertible(from, to)
                && !pairs.Any(pair => Same(pair, new(from, to)))
                && pairs.Count < PromptReader.MaxItems)
            {
                pairs.Add(new(from, to));
            }
        }

        return pairs;
    }

    private static string? LastUnit(string words)
    {
        var parts = words.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return Enumerable.Range(1, Math.Min(3, parts.Length)).Reverse().Select(count => Find(string.Join(' ', parts[^count..]))).FirstOrDefault(id => id is not null);
    }

    private static string? FirstUnit(string words)
    {
        var parts = words.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return Enumerable.Range(1, Math.Min(3, parts.Length)).Reverse().Select(count => Find(string.Join(' ', parts[..count]))).FirstOrDefault(id => id is not null);
    }

    private static string? Find(string name) => Units.FirstOrDefault(unit => unit.Names.IsMatch(name)).Id;
}
