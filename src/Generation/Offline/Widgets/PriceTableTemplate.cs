using System.Text.RegularExpressions;
using Jobs.Generation.Offline.Prompts;

namespace Jobs.Generation.Offline.Widgets;

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

    private static readonly PromptPattern Lead = new(@"\b(?:with|plans?|tiers?|prices?|pricing|packages?|options?|for)(?: table| list| page)?(?: the| these)?(?: plans?| tiers?| packages?| prices?)?(?: are)?\s*:\s*|\bwith (?:\w+ )?(?:plans?|tiers?|packages?)\s*:?\s*");
    private static readonly PromptPattern Priced = new(
        $@"^(.+?)\s*[:=–-]?\s*(?:\bat |\bfor |\bcosts? )?(?:({CurrencyMarks})\s?(\d[\d.,]*)|(\d[\d.,]*)\s?({CurrencyMarks})?|\b(free)\b)(?:\s*(?:/|per|a|every|each)\s*(month|mo|year|yr|week|day|hour|user|person)\b|\s*(monthly|yearly|annually|weekly|daily|hourly))?\s*(.*)$");

    private static readonly PromptPattern PeriodWord = new(@"(?:/\s?|\bper |\ba |\beach |\bevery )(month|mo|year|yr|week|day|hour)\b|\b(monthly|yearly|annual(?:ly)?|weekly|daily|hourly)\b");
    private static readonly PromptPattern CurrencyWord = new($@"({CurrencyMarks})");
    private static readonly PromptPattern InCurrency = new($@"\b(?:in|to|use|using) (?:us )?({CurrencyMarks})(?:\W|$)");
    private static readonly PromptPattern Highlight = new(@"\b(?:highlight(?:ed|ing)?|recommend(?:ed|ing)?|feature|emphasi[sz]e|most popular(?: is| plan is)?|popular(?: is)?)\s+(?:the |is )?([^,.;:\n]+)");
    private static readonly PromptPattern HighlightTail = new(@"\s+(?:plan|tier|package|option|one)\b.*$");

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
    public override string Folder => "price-table";

    /// <inheritdoc/>
    public override IReadOnlyList<(PromptPattern Phrase, int Weight)> Words { get; } = Phrases(
        ("(?:pric(?:e|es|ing)|plans?)(?: comparison)?[ -](?:table|list|page|plans?|cards?|grid|section|widget|overview|comparison|tiers?)s?", 5),
        ("pricing", 4),
        ("price ?list|prices|subscriptions?|tiers|rate card", 3),
        ("plans?|packages", 1));

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
