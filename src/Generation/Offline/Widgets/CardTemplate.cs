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

/// <summary>A title, a text and a list: for prompts that speak of such a thing, or are themselves a text to show.</summary>
public sealed class CardTemplate : WidgetTemplate<CardSettings>
{
    private static readonly PromptPattern Lead = new(@"\b(?:items?|points?|bullets?|list)(?: points?)?(?: are| of)?\s*:\s*|\blist of [^:,\n]+:\s*");
    private static readonly PromptPattern Address = new(@"https?://[^\s""'<>”’)]+");

    /// <inheritdoc/>
    public override WidgetKind Kind => WidgetKind.Card;

    /// <inheritdoc/>
    public override string Noun => "a card";

    /// <inheritdoc/>
    public override string Folder => "card";

    /// <inheritdoc/>
    public override IReadOnlyList<(PromptPattern Phrase, int Weight)> Words { get; } = Phrases(
        ("(?:business|profile|info(?:rmation)?|welcome|greeting|name|contact)[ -]?cards?", 4),
        ("contact details", 2));

    /// <summary>What shows a text and no more. A noun that follows makes it something else: "a card game".</summary>
    private static readonly PromptPattern Showing = new(
        @"\b(?:cards?|banners?|notices?|announcements?|notes?|messages?|info(?:rmation)?|lists?|texts?|paragraphs?|quotes?|quotations?|headlines?|signs?|posters?|flyers?|invitations?|(?:opening|business|office) hours|opening times|about (?:us|me)|bio(?:graphy)?|welcome|greetings?|address|(?:menu|schedule|timetable|agenda|programme|recipe) (?:of|for))"
        + @"(?:\s+(?:with|that|which|who|whose|where|saying|says|reading|reads|showing|shows|displaying|telling|about|for|of|on|in|to|from|and|or|at|by|please|linking|announcing|titled|called|named|is|are|our|the|my)\b|\s*[.,:;!?""“«‘'(\n]|\s+[-–—]|\s*$)");

    /// <summary>What makes the words before it the thing that is asked for, and those after it a part of that.</summary>
    private static readonly PromptPattern Joint = new(@"\s(?:with|showing|including|containing|having|using|for|about|on|that|which|where|who)\s");

    /// <summary>Names of a place for content, which do not say what it is.</summary>
    private static readonly PromptPattern Place = new(@"\b(?:widget|page|section|box|component|panel|something|web ?site|site|thing|place|area)\s*$");

    /// <summary>A text that speaks to its readers.</summary>
    private static readonly PromptPattern Speech = new(
        @"^\s*(?:dear|hello|welcome|congratulations|happy|merry|thank you|thanks for|good (?:morning|evening)|attention|we(?:'re|’re| are| will| have)|our [\p{L} ]+ (?:is|are|will))\b");

    private static readonly PromptPattern Asking = new(@"\b(?:need|want|looking for|would like|build|create|make|can you|could you)\b");

    /// <summary>A quote with nothing around it but the request to show it.</summary>
    private static readonly PromptPattern Quote = new(
        @"^\W*(?:please )?(?:(?:build|create|make|show|write|display|say|give me)\b)?\s*(?:an? |the |some )?(?:widget|page|section|box|component|panel|something|text|words?)?\s*(?:(?:that|which) )?(?:says|saying|say|reads|reading|shows|showing|displays|displaying|with the (?:text|words|message)|with)?\s*:?\s*[""“«‘'][\s.,!?]*[""”»’'][\s.!?]*$");

    /// <summary>True when a prompt that fits no other kind speaks of what a card is, or is itself a text to show.</summary>
    internal static bool IsContent(PromptReader prompt)
    {
        var text = prompt.Unquoted;
        if (Quote.IsMatch(text) || (Speech.IsMatch(text) && !Asking.IsMatch(text)))
        {
            return true;
        }

        if (Showing.Match(text) is not { Success: true } showing)
        {
            return false;
        }

        // "A weather station with a list of temperatures" is no list, "a page with a list of films" is one.
        var before = text[..showing.Index];
        return Joint.Match(before) is not { Success: true } joint || Place.IsMatch(before[..joint.Index]) || before[joint.Index..].AsSpan().ContainsAny('.', ',', '\n');
    }

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
