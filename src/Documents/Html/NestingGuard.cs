using System.Collections.Frozen;

namespace Jobs.Documents.Html;

/// <summary>
/// Decides which tags of a page reach the parser, so that the elements that it holds open at a time stay few. The HTML standard has the parser look through them at nearly every tag,
/// and reopen formatting that was left open within every block: without a bound, a page of a few hundred kilobytes costs minutes. The guard follows the standard's rules for what a
/// tag opens and closes, and where it is not exact it takes more elements for open than there are.
/// </summary>
internal sealed class NestingGuard(int maxOpen, int maxFormatting)
{
    private static readonly FrozenDictionary<string, Kinds> Known = Names();

    private readonly List<(string Name, Kinds Kinds)> _open = [];
    private readonly Dictionary<string, int> _formatting = new(StringComparer.Ordinal);
    private int _openFormatting;

    /// <summary>What an element is to the rules; an element can be several of these.</summary>
    [Flags]
    private enum Kinds
    {
        None = 0,
        Void = 1 << 0,
        Formatting = 1 << 1,
        Special = 1 << 2,

        /// <summary>No end tag but a table's reaches beyond it.</summary>
        Boundary = 1 << 3,
        TablePart = 1 << 4,
        Heading = 1 << 5,

        /// <summary>Its start tag ends a paragraph.</summary>
        EndsParagraph = 1 << 6,
        Paragraph = 1 << 7,
        Button = 1 << 8,
        Item = 1 << 9,
        List = 1 << 10,
        Term = 1 << 11,
        TermList = 1 << 12,
        Cell = 1 << 13,
        Row = 1 << 14,
        Section = 1 << 15,
        Caption = 1 << 16,
        Table = 1 << 17,
        Template = 1 << 18,
        Option = 1 << 19,
        OptionGroup = 1 << 20,
        Select = 1 << 21,
    }

    /// <summary>How many elements the tags so far have made at most: formatting that is open may be made anew in every block.</summary>
    public long Elements { get; private set; }

    /// <summary>Sees a start tag; false when the parser must not.</summary>
    public bool Start(string name)
    {
        var kinds = Known.GetValueOrDefault(name);
        Elements += kinds.HasFlag(Kinds.Special) ? 1 + _openFormatting : 1;
        if (kinds.HasFlag(Kinds.Void) || IsRoot(name))
        {
            return true;
        }

        if (name is "a" or "nobr")
        {
            EndAlone(name);
        }

        CloseImplied(kinds);
        if (kinds.HasFlag(Kinds.EndsParagraph))
        {
            Close(Kinds.Paragraph, within: Kinds.Button | Kinds.Boundary);
        }

        var isFormatting = kinds.HasFlag(Kinds.Formatting);
        if (_open.Count >= maxOpen || (isFormatting && _openFormatting >= maxFormatting))
        {
            return false;
        }

        _open.Add((name, kinds));
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
        if (IsRoot(name))
        {
            return;
        }

        var kinds = Known.GetValueOrDefault(name);
        if (kinds.HasFlag(Kinds.Formatting) || name == "form")
        {
            EndAlone(name);
            return;
        }

        var stops = kinds.HasFlag(Kinds.TablePart) ? Kinds.Table | Kinds.Template
            : Kinds.Boundary | (kinds.HasFlag(Kinds.Special) ? Kinds.None : Kinds.Special) | (kinds.HasFlag(Kinds.Item) ? Kinds.List : Kinds.None);
        for (var i = _open.Count - 1; i >= 0; i--)
        {
            var open = _open[i];
            if ((open.Kinds & kinds & Kinds.Heading) != 0 || (open.Kinds == kinds && open.Name == name))
            {
                _open.RemoveRange(i, _open.Count - i);
                return;
            }

            if ((open.Kinds & stops) != 0)
            {
                return;
            }
        }
    }

    /// <summary>Always open, whatever tags say.</summary>
    private static bool IsRoot(string name) => name is "html" or "head" or "body";

    /// <summary>Misnested formatting, and a misnested form, close themselves and nothing else.</summary>
    private void EndAlone(string name)
    {
        if (_formatting.GetValueOrDefault(name) is var count and > 0)
        {
            _formatting[name] = count - 1;
            _openFormatting--;
        }

        for (var i = _open.Count - 1; i >= 0 && !_open[i].Kinds.HasFlag(Kinds.Boundary); i--)
        {
            if (_open[i].Name == name)
            {
                _open.RemoveAt(i);
                return;
            }
        }
    }

    /// <summary>Closes what ends where another of its kind begins.</summary>
    private void CloseImplied(Kinds kinds)
    {
        if (kinds.HasFlag(Kinds.Item))
        {
            Close(Kinds.Item, within: Kinds.List | Kinds.Boundary);
        }
        else if (kinds.HasFlag(Kinds.Term))
        {
            Close(Kinds.Term, within: Kinds.TermList | Kinds.Boundary);
        }
        else if (kinds.HasFlag(Kinds.Cell))
        {
            Close(Kinds.Cell, within: Kinds.Row | Kinds.Table | Kinds.Template);
        }
        else if (kinds.HasFlag(Kinds.Row))
        {
            Close(Kinds.Row | Kinds.Caption, within: Kinds.Section | Kinds.Table | Kinds.Template);
        }
        else if (kinds.HasFlag(Kinds.Section))
        {
            Close(Kinds.Section | Kinds.Caption, within: Kinds.Table | Kinds.Template);
        }
        else if (kinds.HasFlag(Kinds.Option))
        {
            Close(Kinds.Option, within: Kinds.OptionGroup | Kinds.Select | Kinds.Boundary);
        }
        else if (kinds.HasFlag(Kinds.OptionGroup))
        {
            Close(Kinds.OptionGroup, within: Kinds.Select | Kinds.Boundary);
        }
    }

    private void Close(Kinds closed, Kinds within)
    {
        for (var i = _open.Count - 1; i >= 0; i--)
        {
            if ((_open[i].Kinds & closed) != 0)
            {
                _open.RemoveRange(i, _open.Count - i);
                return;
            }

            if ((_open[i].Kinds & within) != 0)
            {
                return;
            }
        }
    }

    private static FrozenDictionary<string, Kinds> Names()
    {
        var names = new Dictionary<string, Kinds>(StringComparer.Ordinal);
        Add(Kinds.Void, "area base basefont bgsound br col embed frame hr img input keygen link meta param source track wbr");
        Add(Kinds.Formatting, "a b big code em font i nobr s small strike strong tt u");
        Add(
            Kinds.Special | Kinds.EndsParagraph,
            "address article aside blockquote center details dir div dl fieldset figcaption figure footer form header hgroup listing main menu nav ol plaintext pre search section "
            + "summary table ul xmp h1 h2 h3 h4 h5 h6 p li dd dt");
        Add(
            Kinds.Special,
            "applet body button caption colgroup frameset head html iframe marquee noembed noframes noscript object script select style tbody td template textarea tfoot th thead title tr");
        Add(Kinds.Boundary, "applet caption foreignobject html marquee math object select svg table td template th");
        Add(Kinds.TablePart, "caption colgroup table tbody td tfoot th thead tr");
        Add(Kinds.Heading, "h1 h2 h3 h4 h5 h6");
        Add(Kinds.Paragraph, "p");
        Add(Kinds.Button, "button");
        Add(Kinds.Item, "li");
        Add(Kinds.List, "ul ol menu dir");
        Add(Kinds.Term, "dd dt");
        Add(Kinds.TermList, "dl");
        Add(Kinds.Cell, "td th");
        Add(Kinds.Row, "tr");
        Add(Kinds.Section, "tbody thead tfoot");
        Add(Kinds.Caption, "caption colgroup");
        Add(Kinds.Table, "table");
        Add(Kinds.Template, "template");
        Add(Kinds.Option, "option");
        Add(Kinds.OptionGroup, "optgroup");
        Add(Kinds.Select, "select");
        return names.ToFrozenDictionary(StringComparer.Ordinal);

        void Add(Kinds kind, string list)
        {
            foreach (var name in list.Split(' '))
            {
                names[name] = names.GetValueOrDefault(name) | kind;
            }
        }
    }
}
