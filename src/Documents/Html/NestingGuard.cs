using System.Collections.Frozen;

namespace Jobs.Documents.Html;

/// <summary>
/// Decides which tags of a page reach the parser, so that the elements that it holds open at a time stay few. The HTML standard has the parser look through them at nearly every tag,
/// and reopen formatting that was left open within every block: without a bound, a page of a few hundred kilobytes costs minutes. The guard follows the standard's rules for what a
/// tag opens and closes, and where it is not exact it takes more elements for open than there are.
/// </summary>
internal sealed class NestingGuard(int maxOpen, int maxFormatting)
{
    private static readonly FrozenSet<string> Void = Set(
        "area", "base", "basefont", "bgsound", "br", "col", "embed", "frame", "hr", "img", "input", "keygen", "link", "meta", "param", "source", "track", "wbr");

    private static readonly FrozenSet<string> Formatting = Set(
        "a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u");

    private static readonly FrozenSet<string> Special = Set(
        "address", "applet", "article", "aside", "blockquote", "body", "button", "caption", "center", "colgroup", "dd", "details", "dir", "div", "dl", "dt", "fieldset", "figcaption",
        "figure", "footer", "form", "frameset", "h1", "h2", "h3", "h4", "h5", "h6", "head", "header", "hgroup", "html", "iframe", "li", "listing", "main", "marquee", "menu", "nav",
        "noembed", "noframes", "noscript", "object", "ol", "p", "plaintext", "pre", "script", "search", "section", "select", "style", "summary", "table", "tbody", "td", "template",
        "textarea", "tfoot", "th", "thead", "title", "tr", "ul", "xmp");

    /// <summary>No end tag but a table's reaches beyond these.</summary>
    private static readonly FrozenSet<string> Boundaries = Set("applet", "caption", "foreignobject", "html", "marquee", "math", "object", "select", "svg", "table", "td", "template", "th");

    private static readonly FrozenSet<string> TableParts = Set("caption", "colgroup", "table", "tbody", "td", "tfoot", "th", "thead", "tr");

    /// <summary>What a start tag closes if it is open, and where the search for it ends.</summary>
    private static readonly FrozenDictionary<string, (string[] Closes, string[] Within)> Implied = new Dictionary<string, (string[], string[])>
    {
        ["li"] = (["li"], ["ul", "ol", "menu", "dir"]),
        ["dd"] = (["dd", "dt"], ["dl"]),
        ["dt"] = (["dd", "dt"], ["dl"]),
        ["td"] = (["td", "th"], ["tr", "table"]),
        ["th"] = (["td", "th"], ["tr", "table"]),
        ["tr"] = (["tr", "caption", "colgroup"], ["tbody", "thead", "tfoot", "table"]),
        ["tbody"] = (["tbody", "thead", "tfoot", "caption", "colgroup"], ["table"]),
        ["thead"] = (["tbody", "thead", "tfoot", "caption", "colgroup"], ["table"]),
        ["tfoot"] = (["tbody", "thead", "tfoot", "caption", "colgroup"], ["table"]),
        ["option"] = (["option"], ["select", "optgroup", "datalist"]),
        ["optgroup"] = (["optgroup"], ["select"]),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private readonly List<string> _open = [];
    private readonly Dictionary<string, int> _formatting = new(StringComparer.Ordinal);
    private int _openFormatting;

    /// <summary>How many elements the tags so far have made at most: formatting that is open may be made anew in every block.</summary>
    public long Elements { get; private set; }

    /// <summary>Sees a start tag; false when the parser must not.</summary>
    public bool Start(string name)
    {
        var isFormatting = Formatting.Contains(name);
        if (Void.Contains(name))
        {
            Elements++;
            return true;
        }

        if (Implied.TryGetValue(name, out var implied))
        {
            CloseImplied(implied.Closes, implied.Within);
        }

        if (name == "p" || (!isFormatting && Special.Contains(name) && !TableParts.Contains(name) && name is not ("script" or "style" or "template")))
        {
            CloseImplied(["p"], ["button"]);
        }

        if (_open.Count >= maxOpen || (isFormatting && _openFormatting >= maxFormatting))
        {
            return false;
        }

        Elements += Special.Contains(name) ? 1 + _openFormatting : 1;
        _open.Add(name);
        if (isFormatting)
        {
            _openFormatting++;
            _formatting[name] = _formatting.GetValueOrDefault(name) + 1;
        }

        return true;
    }

    /// <summary>Sees an end tag.</summary>
    public void End(string name)
    {
        if (Formatting.Contains(name))
        {
            EndFormatting(name);
            return;
        }

        var isSpecial = Special.Contains(name);
        for (var i = _open.Count - 1; i >= 0; i--)
        {
            var open = _open[i];
            if (open == name || (IsHeading(open) && IsHeading(name)))
            {
                _open.RemoveRange(i, _open.Count - i);
                return;
            }

            if (TableParts.Contains(name) ? open is "table" or "template" : Boundaries.Contains(open) || (!isSpecial && Special.Contains(open)) || (name == "li" && open is "ul" or "ol"))
            {
                return;
            }
        }
    }

    /// <summary>Misnested formatting closes itself and nothing else.</summary>
    private void EndFormatting(string name)
    {
        if (_formatting.GetValueOrDefault(name) is var count and > 0)
        {
            _formatting[name] = count - 1;
            _openFormatting--;
        }

        for (var i = _open.Count - 1; i >= 0 && !Boundaries.Contains(_open[i]); i--)
        {
            if (_open[i] == name)
            {
                _open.RemoveAt(i);
                return;
            }
        }
    }

    private void CloseImplied(string[] closes, string[] within)
    {
        for (var i = _open.Count - 1; i >= 0; i--)
        {
            if (Array.IndexOf(closes, _open[i]) >= 0)
            {
                _open.RemoveRange(i, _open.Count - i);
                return;
            }

            if (Array.IndexOf(within, _open[i]) >= 0 || (Boundaries.Contains(_open[i]) && !(TableParts.Contains(closes[0]) && _open[i] != "table")))
            {
                return;
            }
        }
    }

    private static bool IsHeading(string name) => name.Length == 2 && name[0] == 'h' && name[1] is >= '1' and <= '6';

    private static FrozenSet<string> Set(params string[] names) => names.ToFrozenSet(StringComparer.Ordinal);
}
