namespace Jobs.Documents.Html;

/// <summary>What was read from an HTML page.</summary>
public sealed record HtmlPage
{
    /// <summary>The page's title: of its <c>title</c> element, else as it names itself to others, else its first heading; null when it has none.</summary>
    public string? Title { get; init; }

    /// <summary>How the page describes itself in its head; null when it does not.</summary>
    public string? Description { get; init; }

    /// <summary>The language that the page declares, as the first part of a language tag in lower case (<c>en</c>); null when it declares none.</summary>
    public string? Language { get; init; }

    /// <summary>When the page says that it was published; without an offset it is taken for UTC. Null when it does not say.</summary>
    public DateTimeOffset? Published { get; init; }

    /// <summary>The absolute address that the page names as the one it should be known by; null when it names none.</summary>
    public string? Canonical { get; init; }

    /// <summary>What the page allows to be done with it.</summary>
    public required IndexingRules Indexing { get; init; }

    /// <summary>The headings of the content in reading order, at most <see cref="HtmlLimits.MaxHeadings"/>.</summary>
    public IReadOnlyList<HtmlHeading> Headings { get; init; } = [];

    /// <summary>The links of the whole page in its order, at most <see cref="HtmlLimits.MaxLinks"/>: absolute http and https addresses, resolved against the page's base.</summary>
    public IReadOnlyList<HtmlLink> Links { get; init; } = [];

    /// <summary>The content as plain text, one block a paragraph; see <see cref="CleanText"/>.</summary>
    public required string Text { get; init; }

    /// <summary>The content as GitHub Flavored Markdown.</summary>
    public required string Markdown { get; init; }

    /// <summary>True when the content is what a reader would look for (an article), without the page's navigation; false when it is all of the page.</summary>
    public bool IsMainContent { get; init; }

    /// <summary>True when a limit left something out.</summary>
    public bool IsCut { get; init; }
}

/// <summary>A heading of a page.</summary>
/// <param name="Level">1 to 6.</param>
/// <param name="Text">Its text on one line.</param>
public sealed record HtmlHeading(int Level, string Text);

/// <summary>A link of a page.</summary>
/// <param name="Address">Where it leads, absolute, as the page has it; not normalised further.</param>
/// <param name="Text">Its text on one line, possibly empty.</param>
/// <param name="NoFollow">True when the link says that it should not be followed (<c>nofollow</c>, <c>ugc</c> or <c>sponsored</c>).</param>
public sealed record HtmlLink(string Address, string Text, bool NoFollow);
