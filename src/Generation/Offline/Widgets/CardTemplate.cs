using System.Text.RegularExpressions;
using Jobs.Generation.Offline.Prompts;

namespace Jobs.Generation.Offline.Widgets;

/// <summary>Settings of a card.</summary>
/// <param name="Items">Its list; may be empty.</param>
/// <param name="Link">An http or https address; empty for none.</param>
public sealed record CardSettings(IReadOnlyList<string> Items, string Link) : WidgetSettings(WidgetKind.Card)
{
    /// <inheritdoc/>
    public override bool IsValid() => Fit(Items) && Fit([Link]) && (Link.Length == 0 || CardTemplate.IsWebAddress(Link));
}

/// <summary>A title, a text and a list: what is built when no other kind fits.</summary>
public sealed class CardTemplate : WidgetTemplate<CardSettings>
{
    private static readonly Regex Lead = PromptReader.Pattern(@"\b(?:items?|points?|bullets?|list)(?: points?)?(?: are| of)?\s*:\s*|\blist of [^:,\n]+:\s*");
    private static readonly Regex Address = PromptReader.Pattern(@"https?://[^\s""'<>”’)]+");

    /// <inheritdoc/>
    public override WidgetKind Kind => WidgetKind.Card;

    /// <inheritdoc/>
    public override string Noun => "a card";

    /// <inheritdoc/>
    public override string Folder => "card";

    /// <inheritdoc/>
    public override IReadOnlyList<(Regex Phrase, int Weight)> Words { get; } = Phrases(
        ("(?:business|profile|info(?:rmation)?|welcome|greeting|name|contact)[ -]?cards?", 4),
        ("cards?|banner|notice|announcement", 1));

    /// <summary>True for an absolute http or https address.</summary>
    internal static bool IsWebAddress(string text) => Uri.TryCreate(text, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps);

    /// <inheritdoc/>
    protected override CardSettings Read(PromptReader prompt, CardSettings? current, DateTimeOffset now)
    {
        var link = Address.Match(prompt.Text) is { Success: true, Value: { Length: <= PromptReader.MaxTextLength } address } && IsWebAddress(address.TrimEnd('.', ',', ';'))
            ? address.TrimEnd('.', ',', ';')
            : current?.Link ?? "";
        if (current is not null)
        {
            return new(prompt.Edit(current.Items, Lead, PromptReader.Capitalise, item => item), link);
        }

        var items = prompt.After(Lead) is { Count: > 0 } named ? named : prompt.AfterColon();
        // One piece after a colon, or a web address taken apart, is no list.
        return new(items.Count > 1 && !items.Any(item => item.Contains("://", StringComparison.Ordinal)) ? [.. items.Select(PromptReader.Capitalise)] : [], link);
    }

    /// <inheritdoc/>
    protected override string Describe(CardSettings settings) => settings.Items.Count == 0 ? Noun : $"a card with {Count(settings.Items.Count, "item")}";
}
