using System.Text.RegularExpressions;

namespace Jobs.Generation.Offline.Templates;

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
    private static readonly Regex Lead = PromptReader.Pattern(@"\b(?:values?|data|bars?|numbers|results)(?: are| being)?\s*:\s*|\b(?:showing|with|of|comparing|displaying|plotting)\s+(?:the )?(?:values?|data|bars?|numbers)?\s*:?\s*");
    private static readonly Regex ReplaceLead = PromptReader.Pattern(@"\b(?:values?|data|bars?)(?: are| should be)?\s*:\s*");
    private static readonly Regex Labelled = PromptReader.Pattern(@"^(.*?[^\s:=(–-])(?:\s*[:=(–]\s*|\s+-\s+|\s+(?:is|at)\s+|\s+)([$€£])?\s?(-?\d[\d.,]*)\s?(%|€|£|\$|km|kg|k|m|million|units?|votes?|points?|people|hours?|sales)?\)?$");
    private static readonly Regex Leading = PromptReader.Pattern(@"^([$€£])?(-?\d[\d.,]*)\s?(%|€|£|\$|km|kg)?\s+(.+)$");
    private static readonly Regex About = PromptReader.Pattern(@"\b(?:chart|graph|diagram|histogram|plot)\b (?:of|for|about|showing|comparing|with) (?:the |my |our )?([^,:;.\n\d]+)(?::|\n)");

    private static readonly IReadOnlyList<ChartBar> Example = [new("January", 12), new("February", 19), new("March", 15), new("April", 24)];

    /// <inheritdoc/>
    public override WidgetKind Kind => WidgetKind.BarChart;

    /// <inheritdoc/>
    public override string Noun => "a bar chart";

    /// <inheritdoc/>
    public override IReadOnlyList<(Regex Phrase, int Weight)> Words { get; } = Phrases(
        ("(?:bar|column|line|pie)[ -](?:chart|graph|diagram|plot)s?", 5),
        ("charts?|graphs?|diagrams?|histograms?", 4),
        ("bars|plot|visuali[sz](?:e|ation)", 2));

    /// <inheritdoc/>
    public override string ConfigTypes => """
        export interface Bar {
          label: string;
          value: number;
        }

        export interface Config {
          title: string;
          text: string;
          buttonLabel: string;
          bars: Bar[];
          unit: string;
        }
        """;

    /// <inheritdoc/>
    public override string Style => """
        .widget .chart {
          display: grid;
          gap: 0.75em;
        }

        .widget .bar {
          display: grid;
          grid-template-columns: minmax(0, 1fr) auto;
          gap: 0.25em 0.75em;
        }

        .widget .bar .value {
          font-weight: 700;
          font-variant-numeric: tabular-nums;
        }

        .widget .bar svg {
          grid-column: 1 / -1;
          width: 100%;
          height: 1.25em;
          border-radius: 0.375em;
          background: var(--inset);
        }

        .widget .bar rect {
          fill: var(--accent);
          stroke: var(--accent-edge);
          vector-effect: non-scaling-stroke;
        }

        .widget .table {
          width: 100%;
          border-collapse: collapse;
        }

        .widget .table th,
        .widget .table td {
          padding: 0.5em 0.25em;
          border-bottom: 1px solid var(--line);
          text-align: start;
        }

        .widget .table td,
        .widget .table th:last-child {
          font-variant-numeric: tabular-nums;
          text-align: end;
        }
        """ + "\n";

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, string> Sources { get; } = new Dictionary<string, string>
    {
        ["src/App.tsx"] = """
            import { useState } from "react";
            import { Chart } from "./components/Chart";
            import { Frame } from "./components/Frame";
            import { Table } from "./components/Table";
            import { config } from "./config";
            import { sorted } from "./logic";
            import "./styles.css";

            export default function App() {
              const [isSorted, setSorted] = useState(false);
              const [isTable, setTable] = useState(false);
              const bars = isSorted ? sorted(config.bars) : config.bars;

              return (
                <Frame>
                  <div className="body">
                    {isTable ? <Table bars={bars} /> : <Chart bars={bars} />}
                    <div className="row">
                      <button type="button" className="button" aria-pressed={isSorted} onClick={() => setSorted(!isSorted)}>
                        {config.buttonLabel || "Largest first"}
                      </button>
                      <button type="button" className="button quiet" aria-pressed={isTable} onClick={() => setTable(!isTable)}>
                        Table
                      </button>
                    </div>
                  </div>
                </Frame>
              );
            }

            """,
        ["src/components/Chart.tsx"] = """
            import { config, type Bar } from "../config";
            import { described, extent, valueText } from "../logic";

            /** Bars, each below its label and value. To a screen reader the chart is one picture with all values in its name. */
            export function Chart({ bars }: { bars: Bar[] }) {
              const { zero, scale } = extent(bars);
              return (
                <div className="chart" role="img" aria-label={described(bars, config.unit)}>
                  {bars.map(({ label, value }) => (
                    <div key={label} className="bar">
                      <span dir="auto">{label}</span>
                      <span className="value">{valueText(value, config.unit)}</span>
                      <svg viewBox="0 0 100 10" preserveAspectRatio="none">
                        <rect x={value < 0 ? zero + value * scale : zero} width={Math.abs(value) * scale} height="10" />
                      </svg>
                    </div>
                  ))}
                </div>
              );
            }

            """,
        ["src/components/Table.tsx"] = """
            import { config, type Bar } from "../config";
            import { valueText } from "../logic";

            export function Table({ bars }: { bars: Bar[] }) {
              return (
                <table className="table" aria-label={config.title}>
                  <thead>
                    <tr>
                      <th scope="col">Label</th>
                      <th scope="col">Value</th>
                    </tr>
                  </thead>
                  <tbody>
                    {bars.map(({ label, value }) => (
                      <tr key={label}>
                        <th scope="row" dir="auto">
                          {label}
                        </th>
                        <td>{valueText(value, config.unit)}</td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              );
            }

            """,
        ["src/logic.ts"] = """
            import type { Bar } from "./config";

            /** Where zero lies in a drawing 100 wide, and how wide one unit is. */
            export function extent(bars: Bar[]): { zero: number; scale: number } {
              const low = Math.min(0, ...bars.map(({ value }) => value));
              const high = Math.max(0, ...bars.map(({ value }) => value));
              const scale = 100 / (high - low || 1);
              return { zero: -low * scale, scale };
            }

            export function sorted(bars: Bar[]): Bar[] {
              return [...bars].sort((a, b) => b.value - a.value);
            }

            export function valueText(value: number, unit: string): string {
              const text = value.toLocaleString();
              return unit === "" ? text : /^[$€£]$/.test(unit) ? `${unit}${text}` : `${text} ${unit}`;
            }

            export function described(bars: Bar[], unit: string): string {
              return `Bar chart: ${bars.map(({ label, value }) => `${label} ${valueText(value, unit)}`).join(", ")}`;
            }

            """,
    };

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
        About.Match(prompt.Body + "\n") is { Success: true } match ? PromptReader.Capitalise(PromptReader.CleanItem(match.Groups[1].Value)) : null;

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
