using System.Text.RegularExpressions;

namespace Jobs.Generation.Offline.Templates;

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
    private static readonly (string Id, string Quantity, Regex Names)[] Units =
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

    private static readonly (Regex Word, UnitPair Pair)[] Quantities =
    [
        (PromptReader.Pattern(@"\b(?:length|distance|height)\b"), new("km", "mi")),
        (PromptReader.Pattern(@"\b(?:weight|mass)\b"), new("kg", "lb")),
        (PromptReader.Pattern(@"\btemperatures?\b"), new("C", "F")),
        (PromptReader.Pattern(@"\b(?:volume|liquids?|cooking)\b"), new("l", "gal")),
        (PromptReader.Pattern(@"\bspeeds?\b"), new("kmh", "mph")),
        (PromptReader.Pattern(@"\bareas?\b"), new("ha", "ac")),
        (PromptReader.Pattern(@"\btime\b"), new("h", "min")),
        (PromptReader.Pattern(@"\b(?:data|file) sizes?\b"), new("MB", "GB")),
    ];

    private static readonly Regex Joint = PromptReader.Pattern(@"([\p{L}°²][\p{L}\p{N}°² ]*(?:/[hs]\b)?)\s*(?:<->|<=>|->|=>|→|⇄|↔|\bto and from\b|\binto\b|\bto\b|\bin\b|\band\b|\bor\b|/|\bvs\b|-)\s*(?:degrees? )?([\p{L}°²][\p{L}\p{N}°²]*(?:/[hs]\b)?(?: [\p{L}]+)?(?: [\p{L}]+)?)");
    private static readonly Regex Separator = PromptReader.Pattern(@"[,;:.\n()]+|\band (?:also )?(?:from )?");
    private static readonly Regex Removal = PromptReader.Pattern(@"\b(?:remove|delete|drop|without)\b");
    private static readonly Regex Addition = PromptReader.Pattern(@"\b(?:add|include|also|plus|too|as well)\b");

    /// <inheritdoc/>
    public override WidgetKind Kind => WidgetKind.UnitConverter;

    /// <inheritdoc/>
    public override string Noun => "a unit converter";

    /// <inheritdoc/>
    public override IReadOnlyList<(Regex Phrase, int Weight)> Words { get; } = Phrases(
        ("(?:(?:unit|temperature|length|weight|mass|distance|volume|speed|area|measurement|metric|data)s? )?(?:converters?|conversions?)|convert units", 5),
        ("convert(?:s|ing)?", 4),
        ("(?:km|kilomet(?:re|er)s|kg|kilos?|celsius|lit(?:re|er)s|cm|met(?:re|er)s) (?:in)?to (?:mi|miles|lbs?|pounds|fahrenheit|gallons|inches|feet)", 4));

    /// <inheritdoc/>
    public override string ConfigTypes => """
        import type { UnitId } from "./units";

        export interface Pair {
          from: UnitId;
          to: UnitId;
        }

        export interface Config {
          title: string;
          text: string;
          buttonLabel: string;
          pairs: Pair[];
        }
        """;

    /// <inheritdoc/>
    public override string Style => """
        .widget .conversion {
          display: grid;
          gap: 0.25em;
          padding: 0.875em 1em;
          border-radius: 0.875em;
          background: var(--inset);
        }

        .widget .conversion strong {
          color: var(--accent-ink);
          font-size: 2em;
          font-weight: 800;
          font-variant-numeric: tabular-nums;
          line-height: 1.2;
        }

        .widget .conversion span {
          color: var(--muted);
        }
        """ + "\n";

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, string> Sources { get; } = new Dictionary<string, string>
    {
        ["src/App.tsx"] = """
            import { useId, useState } from "react";
            import { Frame } from "./components/Frame";
            import { PairChoice } from "./components/PairChoice";
            import { Result } from "./components/Result";
            import { config, type Pair } from "./config";
            import { parse, swapped } from "./logic";
            import "./styles.css";
            import { units } from "./units";

            export default function App() {
              const id = useId();
              const [pair, setPair] = useState<Pair>(config.pairs[0] ?? { from: "km", to: "mi" });
              const [text, setText] = useState("1");
              const value = parse(text);
              const isWrong = text.trim() !== "" && value === null;

              return (
                <Frame>
                  <div className="body">
                    {config.pairs.length > 1 && <PairChoice onChoose={setPair} />}
                    <div className="field">
                      <label className="label" htmlFor={id}>
                        {units[pair.from].name}
                      </label>
                      <input
                        id={id}
                        className="input"
                        inputMode="decimal"
                        autoComplete="off"
                        aria-invalid={isWrong}
                        aria-describedby={isWrong ? `${id}-error` : undefined}
                        value={text}
                        onChange={(event) => setText(event.target.value)}
                      />
                      {isWrong && (
                        <p id={`${id}-error`} className="error">
                          Please enter a number, such as 12.5.
                        </p>
                      )}
                    </div>
                    <Result value={value} pair={pair} />
                    <div className="row">
                      <button type="button" className="button" onClick={() => setPair(swapped(pair))}>
                        {config.buttonLabel || "Swap units"}
                      </button>
                    </div>
                  </div>
                </Frame>
              );
            }

            """,
        ["src/components/PairChoice.tsx"] = """
            import { useId } from "react";
            import { config, type Pair } from "../config";
            import { units } from "../units";

            export function PairChoice({ onChoose }: { onChoose: (pair: Pair) => void }) {
              const id = useId();
              const choose = (index: string) => {
                const pair = config.pairs[Number(index)];
                if (pair !== undefined) {
                  onChoose(pair);
                }
              };

              return (
                <div className="field">
                  <label className="label" htmlFor={id}>
                    Convert
                  </label>
                  <select id={id} className="input" onChange={(event) => choose(event.target.value)}>
                    {config.pairs.map(({ from, to }, index) => (
                      <option key={`${from}-${to}`} value={index}>
                        {units[from].name} and {units[to].name}
                      </option>
                    ))}
                  </select>
                </div>
              );
            }

            """,
        ["src/components/Result.tsx"] = """
            import type { Pair } from "../config";
            import { convert, format } from "../logic";
            import { units } from "../units";

            /** The converted value, read out when it changes. */
            export function Result({ value, pair }: { value: number | null; pair: Pair }) {
              return (
                <output className="conversion" aria-live="polite" aria-atomic="true">
                  <strong>{value === null ? "–" : `${format(convert(value, pair))} ${units[pair.to].symbol}`}</strong>
                  <span>{units[pair.to].name}</span>
                </output>
              );
            }

            """,
        ["src/logic.ts"] = """
            import type { Pair } from "./config";
            import { units } from "./units";

            /** A number as people type it, with a point or a comma; null when it is none. */
            export function parse(text: string): number | null {
              const trimmed = text.trim().replace(",", ".");
              const value = Number(trimmed);
              return trimmed === "" || !Number.isFinite(value) ? null : value;
            }

            export function convert(value: number, { from, to }: Pair): number {
              const base = value * units[from].factor + units[from].offset;
              return (base - units[to].offset) / units[to].factor;
            }

            export function format(value: number): string {
              return value.toLocaleString(undefined, { maximumSignificantDigits: 7 });
            }

            export function swapped({ from, to }: Pair): Pair {
              return { from: to, to: from };
            }

            """,
        ["src/units.ts"] = """
            interface Unit {
              name: string;
              symbol: string;
              /** One of it in the quantity's base unit. */
              factor: number;
              /** Where its zero lies in the base unit. */
              offset: number;
            }

            function unit(name: string, symbol: string, factor: number, offset = 0): Unit {
              return { name, symbol, factor, offset };
            }

            export const units = {
              km: unit("Kilometres", "km", 1000),
              mi: unit("Miles", "mi", 1609.344),
              m: unit("Metres", "m", 1),
              ft: unit("Feet", "ft", 0.3048),
              cm: unit("Centimetres", "cm", 0.01),
              in: unit("Inches", "in", 0.0254),
              yd: unit("Yards", "yd", 0.9144),
              mm: unit("Millimetres", "mm", 0.001),
              kg: unit("Kilograms", "kg", 1),
              lb: unit("Pounds", "lb", 0.45359237),
              g: unit("Grams", "g", 0.001),
              oz: unit("Ounces", "oz", 0.028349523125),
              st: unit("Stones", "st", 6.35029318),
              C: unit("Degrees Celsius", "°C", 1),
              F: unit("Degrees Fahrenheit", "°F", 5 / 9, -160 / 9),
              K: unit("Kelvin", "K", 1, -273.15),
              l: unit("Litres", "l", 1),
              gal: unit("US gallons", "gal", 3.785411784),
              ml: unit("Millilitres", "ml", 0.001),
              cup: unit("US cups", "cups", 0.2365882365),
              floz: unit("US fluid ounces", "fl oz", 0.0295735295625),
              kmh: unit("Kilometres per hour", "km/h", 1 / 3.6),
              mph: unit("Miles per hour", "mph", 0.44704),
              ms: unit("Metres per second", "m/s", 1),
              kn: unit("Knots", "kn", 1852 / 3600),
              ha: unit("Hectares", "ha", 10000),
              ac: unit("Acres", "ac", 4046.8564224),
              m2: unit("Square metres", "m²", 1),
              ft2: unit("Square feet", "ft²", 0.09290304),
              h: unit("Hours", "h", 3600),
              min: unit("Minutes", "min", 60),
              s: unit("Seconds", "s", 1),
              d: unit("Days", "d", 86400),
              MB: unit("Megabytes", "MB", 1),
              GB: unit("Gigabytes", "GB", 1000),
              TB: unit("Terabytes", "TB", 1_000_000),
            };

            export type UnitId = keyof typeof units;

            """,
    };

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

    private static (string Id, string Quantity, Regex Names) Unit(string id, string quantity, string names) => (id, quantity, PromptReader.Pattern($"^(?:{names})$"));

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
