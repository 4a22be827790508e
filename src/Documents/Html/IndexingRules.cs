namespace Jobs.Documents.Html;

/// <summary>What a page allows to be done with it, by a <c>robots</c> meta element or an <c>X-Robots-Tag</c> header.</summary>
/// <param name="NoIndex">The page is not to be kept.</param>
/// <param name="NoFollow">Its links are not to be followed.</param>
public readonly record struct IndexingRules(bool NoIndex, bool NoFollow)
{
    /// <summary>The strictest of both.</summary>
    public IndexingRules And(IndexingRules other) => new(NoIndex || other.NoIndex, NoFollow || other.NoFollow);

    /// <summary>Reads a list of directives separated by commas, as in <c>noindex, nofollow</c>; what is not known is passed over.</summary>
    public static IndexingRules Parse(ReadOnlySpan<char> directives)
    {
        var rules = default(IndexingRules);
        foreach (var range in directives.Split(','))
        {
            var directive = directives[range].Trim();
            rules = rules.And(new IndexingRules(Is(directive, "noindex") || Is(directive, "none"), Is(directive, "nofollow") || Is(directive, "none")));
        }

        return rules;
    }

    /// <summary>
    /// Reads the value of an <c>X-Robots-Tag</c> header for a crawler of this name. A value may begin with the name of the crawler that it is for and a colon; one for another
    /// crawler says nothing.
    /// </summary>
    public static IndexingRules ParseHeader(ReadOnlySpan<char> value, ReadOnlySpan<char> crawler)
    {
        var colon = value.IndexOf(':');
        var comma = value.IndexOf(',');
        if (colon < 0 || (comma >= 0 && comma < colon) || IsDirectiveWithValue(value[..colon].Trim()))
        {
            return Parse(value);
        }

        return Is(value[..colon].Trim(), crawler) ? Parse(value[(colon + 1)..]) : default;
    }

    private static bool IsDirectiveWithValue(ReadOnlySpan<char> name) =>
        Is(name, "unavailable_after") || Is(name, "max-snippet") || Is(name, "max-image-preview") || Is(name, "max-video-preview");

    private static bool Is(ReadOnlySpan<char> text, ReadOnlySpan<char> word) => text.Equals(word, StringComparison.OrdinalIgnoreCase);
}
