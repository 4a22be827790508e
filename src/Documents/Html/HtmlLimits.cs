namespace Jobs.Documents.Html;

/// <summary>How much of a page is read. What is beyond is left out, and the page says so by <see cref="HtmlPage.IsCut"/>; no page is refused for it.</summary>
public static class HtmlLimits
{
    /// <summary>The most characters of HTML that are read: 2 Mi.</summary>
    public const int MaxCharacters = 2 * 1024 * 1024;

    /// <summary>The deepest nesting of elements; the tags of deeper ones are passed over, and what is in them belongs to the deepest one.</summary>
    public const int MaxDepth = 128;

    /// <summary>The most elements such as <c>b</c> and <c>font</c> that are open at a time; the tags of more are passed over.</summary>
    public const int MaxOpenFormatting = 16;

    /// <summary>The most elements that are built; the HTML is read up to the tag that would make one more.</summary>
    public const int MaxElements = 50_000;

    /// <summary>The most elements of a page whose main content is looked for; of a larger page all content is taken, because looking costs more than in proportion.</summary>
    public const int MaxElementsForMainContent = 3_000;

    /// <summary>The most characters of HTML whose main content is looked for; as above.</summary>
    public const int MaxCharactersForMainContent = 500_000;

    /// <summary>The fewest characters that count as main content; where fewer are found, all content of the page is taken.</summary>
    public const int MinMainContentCharacters = 200;

    /// <summary>The most characters of an attribute's value that are used, and of an address.</summary>
    public const int MaxAttributeCharacters = 2_048;

    /// <summary>The most characters of each of the title, the description and a heading.</summary>
    public const int MaxTitleCharacters = 500;

    /// <summary>The most links of a page that are kept, in the page's order.</summary>
    public const int MaxLinks = 2_000;

    /// <summary>The most characters of a link's text.</summary>
    public const int MaxLinkTextCharacters = 200;

    /// <summary>The most headings that are listed; the others stand in the text all the same.</summary>
    public const int MaxHeadings = 500;

    /// <summary>The most characters of each of the text and the Markdown.</summary>
    public const int MaxOutputCharacters = 1_000_000;

    /// <summary>The most characters of one paragraph, heading, cell or line of code: a longer paragraph becomes several, of the others the rest is left out.</summary>
    public const int MaxBlockCharacters = 100_000;

    /// <summary>The most attributes of one element that are read, of those that mean something here.</summary>
    public const int MaxAttributes = 16;

    /// <summary>The deepest nesting of lists and of quotes that is shown; what is deeper is shown at this level.</summary>
    public const int MaxShownNesting = 10;

    /// <summary>The most columns of a table that are shown.</summary>
    public const int MaxTableColumns = 100;

    /// <summary>How many bytes at the beginning are searched for a declaration of the character set, as browsers do.</summary>
    public const int CharsetSearchBytes = 1_024;
}
