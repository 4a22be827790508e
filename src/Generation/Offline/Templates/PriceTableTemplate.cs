using System.Text.RegularExpressions;

namespace Jobs.Generation.Offline.Templates;

/// <summary>A plan with its price.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Price">What it costs; zero is free.</param>
/// <param name="Features">What it holds; may be empty.</param>
public sealed record PricePlan(string Name, double Price, IReadOnlyList<string> Features);

/// <summary>Settings of a price table.</summary>
/// <param name="Plans">At least one.</param>
/// <param name="Currency">An ISO 4217 code.</param>
/// <param name="Period">"month", "year", … or empty for a single price.</param>
/// <param name="Highlighted">The name of the plan that stands out; empty for none.</param>
public sealed record PriceTableSettings(IReadOnlyList<PricePlan> Plans, string Currency, string Period, string Highlighted) : WidgetSettings(WidgetKind.PriceTable)
{
    /// <inheritdoc/>
    public override bool IsValid() =>
        Plans.Count > 0 && Plans.All(plan => plan is { Price: >= 0 } && Fit(plan.Features)) && Fit([.. Plans.Select(plan => plan.Name)])
        && Currency.Length == 3 && Currency.All(char.IsAsciiLetterUpper) && Fit([Period, Highlighted]);
}

/// <summary>Plans and what they cost, one of which the visitor can pick.</summary>
public sealed class PriceTableTemplate : WidgetTemplate<PriceTableSettings>
{
    private const string CurrencyMarks = @"us\$|\$|€|£|¥|₹|usd|eur|euros?|gbp|pounds?|dollars?|chf|jpy|yen|inr|sek|nok|dkk|pln|cad|aud";

    private static readonly Regex Lead = PromptReader.Pattern(@"\b(?:with|plans?|tiers?|prices?|pricing|packages?|options?|for)(?: table| list| page)?(?: the| these)?(?: plans?| tiers?| packages?| prices?)?(?: are)?\s*:\s*|\bwith (?:\w+ )?(?:plans?|tiers?|packages?)\s*:?\s*");
    private static readonly Regex Priced = PromptReader.Pattern(
        $@"^(.+?)\s*[:=–-]?\s*(?:\bat |\bfor |\bcosts? )?(?:({CurrencyMarks})\s?(\d[\d.,]*)|(\d[\d.,]*)\s?({CurrencyMarks})?|\b(free)\b)(?:\s*(?:/|per|a|every|each)\s*(month|mo|year|yr|week|day|hour|user|person)\b|\s*(monthly|yearly|annually|weekly|daily|hourly))?\s*(.*)$");

    private static readonly Regex PeriodWord = PromptReader.Pattern(@"(?:/\s?|\bper |\ba |\beach |\bevery )(month|mo|year|yr|week|day|hour)\b|\b(monthly|yearly|annual(?:ly)?|weekly|daily|hourly)\b");
    private static readonly Regex CurrencyWord = PromptReader.Pattern($@"({CurrencyMarks})");
    private static readonly Regex InCurrency = PromptReader.Pattern($@"\b(?:in|to|use|using) (?:us )?({CurrencyMarks})(?:\W|$)");
    private static readonly Regex Highlight = PromptReader.Pattern(@"\b(?:highlight(?:ed|ing)?|recommend(?:ed|ing)?|feature|emphasi[sz]e|most popular(?: is| plan is)?|popular(?: is)?)\s+(?:the |is )?([^,.;:\n]+)");
    private static readonly Regex HighlightTail = PromptReader.Pattern(@"\s+(?:plan|tier|package|option|one)\b.*$");

    private static readonly IReadOnlyList<PricePlan> Example =
    [
        new("Basic", 9, []),
        new("Pro", 29, []),
        new("Team", 99, []),
    ];

    /// <inheritdoc/>
    public override WidgetKind Kind => WidgetKind.PriceTable;

    /// <inheritdoc/>
    public override string Noun => "a price table";

    /// <inheritdoc/>
    public override IReadOnlyList<(Regex Phrase, int Weight)> Words { get; } = Phrases(
        ("(?:pric(?:e|es|ing)|plans?)(?: comparison)?[ -](?:table|list|page|plans?|cards?|grid|section|widget|overview|comparison|tiers?)s?", 5),
        ("pricing", 4),
        ("price ?list|prices|subscriptions?|tiers|rate card", 3),
        ("plans?|packages", 1));

    /// <inheritdoc/>
    public override string ConfigTypes => """
        export interface Plan {
          name: string;
          price: number;
          features: string[];
        }

        export interface Config {
          title: string;
          text: string;
          buttonLabel: string;
          plans: Plan[];
          /** An ISO 4217 code. */
          currency: string;
          period: string;
          highlighted: string;
        }
        """;

    /// <inheritdoc/>
    public override string Style => """
        .widget {
          max-width: 56em;
        }

        .widget .plans {
          display: grid;
          grid-template-columns: repeat(auto-fit, minmax(min(11em, 100%), 1fr));
          gap: 0.875em;
          margin: 0;
          padding: 0;
          list-style: none;
        }

        .widget .plan {
          display: flex;
          flex-direction: column;
          gap: 0.75em;
          padding: 1.25em;
          border: 1px solid var(--line);
          border-radius: 1em;
        }

        .widget .plan.highlighted {
          border: 2px solid var(--accent-edge);
          background: var(--accent-soft);
        }

        .widget .plan h3 {
          margin: 0;
          font-size: 1.0625em;
          unicode-bidi: isolate;
        }

        .widget .price {
          margin: 0;
        }

        .widget .price strong {
          font-size: 2em;
          font-weight: 800;
          letter-spacing: -0.02em;
          line-height: 1.1;
        }

        .widget .features {
          display: grid;
          gap: 0.375em;
          margin: 0;
          padding: 0 0 0 1.125em;
        }

        .widget .plan .button {
          margin-top: auto;
        }

        .widget .chosen {
          min-height: 1.5em;
          margin: 0;
          font-weight: 600;
        }
        """ + "\n";

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, string> Sources { get; } = new Dictionary<string, string>
    {
        ["src/App.tsx"] = """
            import { useState } from "react";
            import { Frame } from "./components/Frame";
            import { PlanCard } from "./components/PlanCard";
            import { config, type Plan } from "./config";
            import { priceText } from "./logic";
            import "./styles.css";

            export default function App() {
              const [chosen, setChosen] = useState<Plan | null>(null);
              return (
                <Frame>
                  <div className="body">
                    <ul className="plans">
                      {config.plans.map((plan) => (
                        <PlanCard key={plan.name} plan={plan} isChosen={plan === chosen} onChoose={() => setChosen(plan)} />
                      ))}
                    </ul>
                    <p className="chosen" role="status">
                      {chosen === null ? "" : `Your choice: ${chosen.name}, ${priceText(chosen.price, config)}`}
                    </p>
                  </div>
                </Frame>
              );
            }

            """,
        ["src/components/PlanCard.tsx"] = """
            import { config, type Plan } from "../config";
            import { amount } from "../logic";

            interface Props {
              plan: Plan;
              isChosen: boolean;
              onChoose: () => void;
            }

            export function PlanCard({ plan, isChosen, onChoose }: Props) {
              return (
                <li className={plan.name === config.highlighted ? "plan highlighted" : "plan"}>
                  <h3 dir="auto">{plan.name}</h3>
                  <p className="price">
                    <strong>{amount(plan.price, config.currency)}</strong>
                    {plan.price > 0 && config.period !== "" && <span> / {config.period}</span>}
                  </p>
                  {plan.features.length > 0 && (
                    <ul className="features">
                      {plan.features.map((feature) => (
                        <li key={feature} dir="auto">
                          {feature}
                        </li>
                      ))}
                    </ul>
                  )}
                  <button type="button" className="button" aria-pressed={isChosen} aria-label={`Choose ${plan.name}`} onClick={onChoose}>
                    {isChosen ? "✓ Chosen" : config.buttonLabel || "Choose"}
                  </button>
                </li>
              );
            }

            """,
        ["src/logic.ts"] = """
            import type { Config } from "./config";

            /** A price in the visitor's own notation; whole amounts without decimals. */
            export function amount(price: number, currency: string): string {
              if (price === 0) {
                return "Free";
              }

              return price.toLocaleString(undefined, {
                style: "currency",
                currency,
                currencyDisplay: "narrowSymbol",
                minimumFractionDigits: Number.isInteger(price) ? 0 : 2,
                maximumFractionDigits: 2,
              });
            }

            export function priceText(price: number, { currency, period }: Pick<Config, "currency" | "period">): string {
              return price === 0 || period === "" ? amount(price, currency) : `${amount(price, currency)} per ${period}`;
            }

            """,
    };

    /// <inheritdoc/>
    protected override PriceTableSettings Read(PromptReader prompt, PriceTableSettings? current, DateTimeOffset now)
    {
        var plans = current is null
            ? [.. prompt.List(Lead).Select(ParsePlan).OfType<PricePlan>().DistinctBy(plan => plan.Name, StringComparer.OrdinalIgnoreCase)]
            : prompt.Edit(current.Plans, Lead, ParsePlan, plan => plan.Name);
        if (plans.Count == 0)
        {
            plans = current?.Plans ?? Example;
        }

        var highlighted = Highlight.Match(prompt.Unquoted) is { Success: true } match
            ? plans.FirstOrDefault(plan => plan.Name.Equals(HighlightTail.Replace(match.Groups[1].Value, "").Trim(), StringComparison.OrdinalIgnoreCase))?.Name
            : null;
        return new(
            plans,
            CurrencyIn(prompt.Text, current is null) ?? current?.Currency ?? "USD",
            PeriodWord.Match(prompt.Unquoted) is { Success: true } period ? PeriodOf(period) : current?.Period ?? "",
            highlighted ?? current?.Highlighted ?? "");
    }

    /// <inheritdoc/>
    protected override string Describe(PriceTableSettings settings) =>
        ReferenceEquals(settings.Plans, Example)
            ? "a price table with example plans; plans of your own go into the prompt as \"Basic $9, Pro $29\""
            : $"a price table with {Count(settings.Plans.Count, "plan")}";

    private static string? CurrencyIn(string text, bool anywhere)
    {
        var match = InCurrency.Match(text) is { Success: true } named ? named : CurrencyWord.Match(text);
        if (!match.Success || !(anywhere || match.Groups.Count > 1))
        {
            return null;
        }

        return match.Groups[1].Value.ToLowerInvariant() switch
        {
            "€" or "eur" or "euro" or "euros" => "EUR",
            "£" or "gbp" or "pound" or "pounds" => "GBP",
            "¥" or "jpy" or "yen" => "JPY",
            "₹" or "inr" => "INR",
            "us$" or "$" or "usd" or "dollar" or "dollars" => "USD",
            var code => code.ToUpperInvariant(),
        };
    }

    private static string PeriodOf(Match match) => match.Groups.Values.Skip(1).First(group => group.Success).Value.ToLowerInvariant() switch
    {
        "mo" or "month" or "monthly" => "month",
        "week" or "weekly" => "week",
        "day" or "daily" => "day",
        "hour" or "hourly" => "hour",
        _ => "year",
    };

    private static PricePlan? ParsePlan(string text)
    {
        if (Priced.Match(text) is not { Success: true } match)
        {
            return text.Equals("free", StringComparison.OrdinalIgnoreCase) ? new("Free", 0, []) : null;
        }

        var number = match.Groups[3].Success ? match.Groups[3].Value : match.Groups[4].Success ? match.Groups[4].Value : "0";
        var name = PromptReader.CleanItem(match.Groups[1].Value.TrimEnd(' ', '-', '–', ':', '=', '('));
        if (!name.Any(char.IsLetterOrDigit) || PromptReader.ParseNumber(number.TrimEnd('.', ',')) is not ({ } price and >= 0))
        {
            return null;
        }

        var rest = match.Groups[9].Value.Trim(' ', '(', ')', '-', '–', ':');
        if (rest.StartsWith("with ", StringComparison.OrdinalIgnoreCase))
        {
            rest = rest["with ".Length..];
        }

        return new(PromptReader.Capitalise(name), price, rest.Length > 0 ? [.. PromptReader.SplitItems(rest).Select(PromptReader.Capitalise)] : []);
    }
}
