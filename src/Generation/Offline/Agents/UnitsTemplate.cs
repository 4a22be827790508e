using System.Globalization;
using System.Text.Json.Nodes;
using Jobs.Generation.Offline.Prompts;

namespace Jobs.Generation.Offline.Agents;

/// <summary>Settings of a conversion.</summary>
/// <param name="From">The unit of the input.</param>
/// <param name="To">The unit of the output, of the same quantity.</param>
/// <param name="Decimals">How many decimals the result is rounded to.</param>
public sealed record UnitsSettings(string From, string To, int Decimals) : AgentSettings(AgentKind.Units)
{
    /// <inheritdoc/>
    public override bool IsValid() => UnitsTemplate.CanConvert(From, To) && Decimals is >= 0 and <= 10;
}

/// <summary>Converts a value from one unit to another.</summary>
public sealed class UnitsTemplate : AgentTemplate<UnitsSettings>
{
    /// <summary>A value times the factor plus the offset is in the quantity's base unit.</summary>
    private static readonly (string Id, string Quantity, double Factor, double Offset, string Pattern, PromptPattern Names)[] Units =
    [
        Unit("kilometresPerHour", "speed", 1 / 3.6, @"km/h|kmh|kph|kilomet(?:re|er)s? (?:per|an) hour"),
        Unit("milesPerHour", "speed", 0.44704, @"mph|miles? (?:per|an) hour"),
        Unit("metresPerSecond", "speed", 1, @"m/s|met(?:re|er)s? (?:per|a) second"),
        Unit("knots", "speed", 1852 / 3600.0, "knots?"),
        Unit("kilometres", "length", 1000, @"kms?|kilomet(?:re|er)s?"),
        Unit("miles", "length", 1609.344, "miles?|mi"),
        Unit("centimetres", "length", 0.01, @"cms?|centimet(?:re|er)s?"),
        Unit("millimetres", "length", 0.001, @"mms?|millimet(?:re|er)s?"),
        Unit("squareMetres", "area", 1, @"m²|m2|sqm|square met(?:re|er)s?"),
        Unit("squareFeet", "area", 0.09290304, @"ft²|ft2|sq ?ft|square (?:feet|foot)"),
        Unit("hectares", "area", 10_000, "hectares?|ha"),
        Unit("acres", "area", 4046.8564224, "acres?"),
        Unit("metres", "length", 1, @"met(?:re|er)s?"),
        Unit("feet", "length", 0.3048, "feet|foot|ft"),
        Unit("inches", "length", 0.0254, "inch(?:es)?"),
        Unit("yards", "length", 0.9144, "yards?|yds?"),
        Unit("kilograms", "mass", 1, "kgs?|kilo(?:gram)?s?"),
        Unit("pounds", "mass", 0.45359237, "pounds?|lbs?"),
        Unit("milligrams", "mass", 0.000001, "milligrams?|mg"),
        Unit("grams", "mass", 0.001, "grams?"),
        Unit("fluidOunces", "volume", 0.0295735295625, "fluid ounces?|fl ?oz"),
        Unit("ounces", "mass", 0.028349523125, "ounces?|oz"),
        Unit("stones", "mass", 6.35029318, "stones?"),
        Unit("celsius", "temperature", 1, "celsius|centigrade|°c"),
        Unit("fahrenheit", "temperature", 5 / 9.0, "fahrenheit|°f", -160 / 9.0),
        Unit("kelvin", "temperature", 1, "kelvin", -273.15),
        Unit("millilitres", "volume", 0.001, @"millilit(?:re|er)s?|ml"),
        Unit("litres", "volume", 1, @"lit(?:re|er)s?"),
        Unit("gallons", "volume", 3.785411784, "gallons?|gal"),
        Unit("cups", "volume", 0.2365882365, "cups?"),
        Unit("gigabytes", "data", 1e9, "gigabytes?|gb"),
        Unit("megabytes", "data", 1e6, "megabytes?|mb"),
        Unit("mebibytes", "data", 1048576, "mebibytes?|mib"),
        Unit("kilobytes", "data", 1e3, "kilobytes?|kb"),
        Unit("hours", "time", 3600, "hours?|hrs?"),
        Unit("minutes", "time", 60, "minutes?|mins?"),
        Unit("seconds", "time", 1, "seconds?|secs?"),
        Unit("days", "time", 86400, "days?"),
    ];

    private static readonly (PromptPattern Words, string Quantity)[] Quantities =
    [
        (new PromptPattern(@"\btemperatures?\b|\bdegrees\b"), "temperature"), (new PromptPattern(@"\b(?:length|distance|height)s?\b"), "length"),
        (new PromptPattern(@"\b(?:weight|mass)(?:es)?\b"), "mass"), (new PromptPattern(@"\bvolumes?\b"), "volume"), (new PromptPattern(@"\bspeeds?\b"), "speed"),
        (new PromptPattern(@"\bareas?\b"), "area"), (new PromptPattern(@"\b(?:file|data) sizes?\b"), "data"),
    ];

    private static readonly PromptPattern Precision = new(@"\b(\d|10|no|one|two|three|four) (?:decimals?|decimal places?|digits after)\b");
    private static readonly PromptPattern Reversed = new(@"\b(?:other way|reverse|opposite|other direction|vice versa)\b");
    private static readonly PromptPattern Letter = new(@"\b(c|f|k) (?:to|into|in) (c|f|k)\b");

    /// <inheritdoc/>
    public override AgentKind Kind => AgentKind.Units;

    /// <inheritdoc/>
    public override string Noun => "a unit agent";

    /// <inheritdoc/>
    public override string Does => "Convert units";

    /// <inheritdoc/>
    public override IReadOnlyList<(PromptPattern Phrase, int Weight)> Words { get; } = Phrases(
        ($"(?:{UnitNames()}) (?:to|into|in|and|->|→) (?:degrees )?(?:{UnitNames()})", 6),
        (@"(?:convert|conver\w+) (?:a |the |between )?(?:temperatures?|lengths?|distances?|weights?|units?|speeds?|volumes?|areas?)|unit conver\w+|(?:temperature|length|distance|weight|speed|volume|area) conver\w+", 6),
        ($"convert\\w* (?:from |a |the |some )?(?:{UnitNames()})", 5),
        (@"decimals?|decimal places?|celsius|fahrenheit", 3));

    /// <summary>True when both units are known and of the same quantity.</summary>
    internal static bool CanConvert(string from, string to) => from != to && Of(from) is { Id: not null } a && Of(to) is { Id: not null } b && a.Quantity == b.Quantity;

    /// <inheritdoc/>
    protected override UnitsSettings Read(AgentPrompt prompt, UnitsSettings? current)
    {
        var decimals = Precision.Match(prompt.Reader.Unquoted) is { Success: true } precise
            ? precise.Groups[1].Value.ToLowerInvariant() switch { "no" => 0, "one" => 1, "two" => 2, "three" => 3, "four" => 4, var digits => int.Parse(digits, CultureInfo.InvariantCulture) }
            : current?.Decimals ?? 4;
        var found = Found(prompt.Reader.Unquoted);
        if (found.Count == 0 && Letter.Match(prompt.Reader.Unquoted) is { Success: true } letters)
        {
            found = [Lettered(letters.Groups[1].Value), Lettered(letters.Groups[2].Value)];
        }

        if (found.Count >= 2 && CanConvert(found[0], found[1]))
        {
            return new(found[0], found[1], decimals);
        }

        if (current is not null)
        {
            return prompt.Mentions(Reversed) ? new(current.To, current.From, decimals)
                : found.Count == 1 && CanConvert(current.From, found[0]) ? new(current.From, found[0], decimals)
                : current with { Decimals = decimals };
        }

        var quantity = found.Count > 0 ? Of(found[0]).Quantity : Quantities.FirstOrDefault(known => prompt.Mentions(known.Words)).Quantity ?? "length";
        var ofQuantity = Units.Where(unit => unit.Quantity == quantity).Select(unit => unit.Id).ToList();
        var from = found.Count > 0 ? found[0] : ofQuantity[0];
        var others = ofQuantity.Where(unit => CanConvert(from, unit)).ToList();
        string[] choices = found.Count > 0 ? [.. others.Select(InWords)] : [$"{InWords(ofQuantity[0])} to {InWords(ofQuantity[1])}", $"{InWords(ofQuantity[1])} to {InWords(ofQuantity[0])}"];
        var answer = prompt.Ask(found.Count > 0 ? $"Convert {InWords(from)} to which unit?" : $"Which units of {quantity} should it convert?", choices, choices[0]) ?? choices[0];
        var answered = Found(answer);
        return found.Count > 0
            ? new(from, answered.FirstOrDefault(unit => CanConvert(from, unit)) ?? others[0], decimals)
            : answered.Count >= 2 && CanConvert(answered[0], answered[1]) ? new(answered[0], answered[1], decimals)
            : new(from, others[0], decimals);
    }

    /// <inheritdoc/>
    protected override AgentParts Write(UnitsSettings settings)
    {
        var (from, to) = (Of(settings.From), Of(settings.To));
        return new(
            $"converts {InWords(settings.From)} to {InWords(settings.To)}",
            new JsonObject
            {
                ["from"] = InWords(settings.From),
                ["to"] = InWords(settings.To),
                ["factor"] = Rounded(from.Factor / to.Factor),
                ["offset"] = Rounded((from.Offset - to.Offset) / to.Factor),
                ["decimals"] = settings.Decimals,
            },
            Schema.Object(("value", Schema.Number($"The value in {InWords(settings.From)}."))),
            Schema.Object(("value", Schema.Number($"The value in {InWords(settings.To)}, rounded to {Count(settings.Decimals, "decimal")}.")), ("unit", Schema.Text("The unit of the result."))),
            new JsonObject { ["value"] = 100 });
    }

    /// <summary>Without the noise of its last digits, unless nothing else is left.</summary>
    private static double Rounded(double number) => Math.Round(number, 12, MidpointRounding.AwayFromZero) is var rounded && rounded == 0 ? number : rounded;

    private static string UnitNames() => string.Join('|', Units.Select(unit => unit.Pattern));

    private static List<string> Found(string text)
    {
        var found = new List<(int At, int End, string Id)>();
        foreach (var unit in Units)
        {
            foreach (var match in unit.Names.Matches(text).Take(4))
            {
                // "Kilometres per hour" are no kilometres: what stands first in the list keeps its words.
                if (!found.Any(other => match.Index < other.End - 1 && other.At < match.Index + match.Length - 1))
                {
                    found.Add((match.Index, match.Index + match.Length, unit.Id));
                }
            }
        }

        return [.. found.OrderBy(unit => unit.At).Select(unit => unit.Id).Distinct()];
    }

    private static string Lettered(string letter) => letter.ToLowerInvariant() switch { "c" => "celsius", "f" => "fahrenheit", _ => "kelvin" };

    private static (string Id, string Quantity, double Factor, double Offset, string Pattern, PromptPattern Names) Of(string id) => Units.FirstOrDefault(unit => unit.Id == id);

    /// <summary>"squareFeet" as "square feet".</summary>
    private static string InWords(string id) => string.Concat(id.Select(c => char.IsUpper(c) ? $" {char.ToLowerInvariant(c)}" : c.ToString()));

    private static (string, string, double, double, string, PromptPattern) Unit(string id, string quantity, double factor, string names, double offset = 0) =>
        (id, quantity, factor, offset, names, new PromptPattern($@"(?:^|[\s\d(])(?:{names})(?:$|[\s.,;:!?)])"));
}
