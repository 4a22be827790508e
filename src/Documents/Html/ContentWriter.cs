using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using AngleSharp.Dom;

namespace Jobs.Documents.Html;

/// <summary>
/// Writes the content below an element, as text or as GitHub Flavored Markdown. In Markdown, text of the page never becomes markup: what could is escaped (a bare address in the text
/// stays one, which some show as a link). Emphasis is not shown, because its marks are ambiguous beside punctuation. One pass, bounded by <see cref="HtmlLimits"/>.
/// </summary>
internal sealed class ContentWriter(LinkResolver links, bool isMarkdown, bool isAll, CancellationToken cancellationToken)
{
    /// <summary>What is kept free for the ends of blocks that are open when the limit is reached.</summary>
    private const int Reserve = 1_000;

    private const int MaxListNumber = 999_000_000;

    private static readonly FrozenSet<string> Blocks = new[]
    {
        "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dialog", "dir", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer",
        "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hgroup", "hr", "html", "legend", "li", "main", "menu", "nav", "ol", "p", "pre", "search", "section", "summary",
        "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
    }.ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenSet<string> Hidden = new[]
    {
        "applet", "audio", "button", "canvas", "datalist", "embed", "head", "iframe", "input", "link", "map", "meta", "noscript", "object", "script", "select", "style", "svg",
        "template", "textarea", "title", "video",
    }.ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenSet<string> Navigation = new[] { "aside", "footer", "nav" }.ToFrozenSet(StringComparer.Ordinal);

    private readonly StringBuilder _out = new();
    private readonly StringBuilder _inline = new();
    private readonly List<Prefix> _prefixes = [];
    private readonly List<HtmlHeading> _headings = [];
    private bool _needsBlankLine;
    private bool _space;
    private bool _isFull;
    private int _flat;
    private bool _isCell;
    private int _nesting;
    private int _blocks;
    private string? _link;
    private bool _isLinkOpen;
    private char _listBefore;

    /// <summary>The headings that were written.</summary>
    public IReadOnlyList<HtmlHeading> Headings => _headings;

    /// <summary>True when a limit left something out.</summary>
    public bool IsCut { get; private set; }

    /// <summary>Writes what is below the element.</summary>
    public void Write(IElement root)
    {
        Walk(root);
        FlushParagraph();
    }

    /// <inheritdoc/>
    public override string ToString() => _out.ToString().TrimEnd('\n');

    private void Walk(INode parent)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var nodes = parent.ChildNodes;
        for (var i = 0; i < nodes.Length && !_isFull; i++)
        {
            var node = nodes[i];
            if (node is IText text)
            {
                AddText(text.Data);
            }
            else if (node is IElement element && IsShown(element))
            {
                WriteElement(element);
            }
        }
    }

    private bool IsShown(IElement element)
    {
        if (Hidden.Contains(element.LocalName) || (!isAll && Navigation.Contains(element.LocalName)) || element.HasAttribute("hidden"))
        {
            return false;
        }

        return element.GetAttribute("aria-hidden") != "true"
            && !(element.GetAttribute("style") is { Length: <= HtmlLimits.MaxAttributeCharacters } style && style.Replace(" ", "").Contains("display:none", StringComparison.OrdinalIgnoreCase));
    }

    private void WriteElement(IElement element)
    {
        if (_flat > 0)
        {
            WriteFlat(element);
        }
        else if (Blocks.Contains(element.LocalName))
        {
            FlushParagraph();
            WriteBlock(element);
            FlushParagraph();
        }
        else
        {
            WriteInline(element);
        }
    }

    /// <summary>Within a heading, a cell or a list's term everything stands on one line.</summary>
    private void WriteFlat(IElement element)
    {
        var isBlock = Blocks.Contains(element.LocalName) || element.LocalName == "br";
        _space |= isBlock;
        if (element.LocalName is "pre")
        {
            WriteCode(element);
        }
        else
        {
            WriteInline(element);
        }

        _space |= isBlock;
    }

    private void WriteInline(IElement element)
    {
        switch (element.LocalName)
        {
            case "br":
                AddBreak();
                break;
            case "img":
                WriteImage(element);
                break;
            case "code" or "kbd" or "samp" or "tt":
                WriteCode(element);
                break;
            case "a" when _link is null && links.Resolve(element.GetAttribute("href")) is { } address:
                _link = address;
                Walk(element);
                CloseLink();
                _link = null;
                break;
            default:
                Walk(element);
                break;
        }
    }

    private void WriteBlock(IElement element)
    {
        switch (element.LocalName)
        {
            case "h1" or "h2" or "h3" or "h4" or "h5" or "h6":
                WriteHeading(element, element.LocalName[1] - '0');
                break;
            case "ul" or "ol" or "menu" or "dir":
                WriteList(element);
                break;
            case "dd":
                WriteItem(element, "- ");
                break;
            case "blockquote":
                Nest(new Prefix("> ", "> ") { IsUsed = true }, element);
                break;
            case "pre":
                WritePreformatted(element);
                break;
            case "table":
                WriteTable(element);
                break;
            case "hr":
                if (isMarkdown)
                {
                    BeginBlock();
                    // Neither "---" nor "***": behind the mark of a list's item they mean something else.
                    WriteLine("___");
                }

                break;
            default:
                Walk(element);
                break;
        }
    }

    private void WriteHeading(IElement element, int level)
    {
        var line = Flatten(element);
        if (line.Length == 0)
        {
            return;
        }

        if (_headings.Count < HtmlLimits.MaxHeadings && HtmlTree.Line(element, HtmlLimits.MaxTitleCharacters) is { Length: > 0 } text)
        {
            _headings.Add(new HtmlHeading(level, text));
        }

        BeginBlock();
        if (!isMarkdown)
        {
            WriteLine(line);
            return;
        }

        // A number sign at the end would be taken for the heading's closing mark.
        WriteLine(new string('#', level) + " " + (line.EndsWith('#') ? line[..^1] + "\\#" : line));
    }

    private void WriteList(IElement list)
    {
        var isOrdered = list.LocalName == "ol";
        var number = isOrdered && int.TryParse(list.GetAttribute("start"), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var start)
            ? Math.Clamp(start, 0, MaxListNumber)
            : 1;
        // A list right behind another one would continue it, unless its mark is another.
        var mark = isOrdered ? (_listBefore == '.' ? ')' : '.') : (_listBefore == '-' ? '*' : '-');
        var isFirst = true;
        var isTight = true;
        var nodes = list.ChildNodes;
        for (var i = 0; i < nodes.Length && !_isFull; i++)
        {
            if (nodes[i] is not IElement item || !IsShown(item))
            {
                continue;
            }

            if (!isFirst && isTight)
            {
                _needsBlankLine = false;
            }

            var before = _blocks;
            WriteItem(item, isOrdered ? string.Create(CultureInfo.InvariantCulture, $"{number}{mark} ") : $"{mark} ");
            if (_blocks > before)
            {
                isTight = _blocks == before + 1;
                isFirst = false;
                number++;
            }
        }

        if (!isFirst)
        {
            _needsBlankLine = true;
            _listBefore = mark;
        }
    }

    private void WriteItem(IElement item, string mark)
    {
        // What stands in a list without being an item, such as a list in a list, is taken for one.
        if (item.LocalName is "li" or "dd")
        {
            Nest(new Prefix(isMarkdown ? mark : "", isMarkdown ? new string(' ', mark.Length) : ""), item);
            return;
        }

        Nest(new Prefix("", isMarkdown ? new string(' ', mark.Length) : "") { IsUsed = true }, item, isItself: true);
    }

    private void Nest(Prefix prefix, IElement element, bool isItself = false)
    {
        var isShown = isMarkdown && _nesting < HtmlLimits.MaxShownNesting;
        if (isShown)
        {
            _prefixes.Add(prefix);
        }

        _nesting++;
        if (isItself)
        {
            WriteElement(element);
        }
        else
        {
            Walk(element);
        }

        FlushParagraph();
        _nesting--;
        if (isShown)
        {
            _prefixes.RemoveAt(_prefixes.Count - 1);
        }
    }

    private void WritePreformatted(IElement element)
    {
        var code = CleanText.Clean(TextOf(element)).TrimEnd('\n', ' ');
        if (code.Length == 0)
        {
            return;
        }

        BeginBlock();
        var fence = new string('`', Math.Max(3, LongestRun(code, '`') + 1));
        if (isMarkdown)
        {
            WriteLine(fence + LanguageOf(element));
        }

        foreach (var range in code.AsSpan().Split('\n'))
        {
            var line = code.AsSpan(range);
            if (line.Length > HtmlLimits.MaxBlockCharacters)
            {
                IsCut = true;
                line = line[..(char.IsHighSurrogate(line[HtmlLimits.MaxBlockCharacters - 1]) ? HtmlLimits.MaxBlockCharacters - 1 : HtmlLimits.MaxBlockCharacters)];
            }

            WriteLine(line.TrimEnd().ToString());
        }

        if (isMarkdown)
        {
            WriteLine(fence, isEnd: true);
        }
    }

    /// <summary>The language that a class of the element or of what is in it names, as highlighters have it.</summary>
    private static string LanguageOf(IElement pre)
    {
        foreach (var element in new[] { pre, pre.FirstElementChild, pre.ParentElement })
        {
            foreach (var name in (element?.GetAttribute("class") ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                foreach (var prefix in (ReadOnlySpan<string>)["language-", "lang-", "highlight-source-"])
                {
                    if (name.StartsWith(prefix, StringComparison.Ordinal) && name.Length > prefix.Length && name.Length <= prefix.Length + 30
                        && name.AsSpan(prefix.Length).IndexOfAnyExcept("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+#.-_") < 0)
                    {
                        return name[prefix.Length..];
                    }
                }
            }
        }

        return "";
    }

    private void WriteTable(IElement table)
    {
        var rows = RowsOf(table);
        var columns = rows.Count == 0 ? 0 : rows.Max(row => Math.Min(row.Sum(Span), HtmlLimits.MaxTableColumns));
        if (columns < 2 || table.GetAttribute("role") == "presentation" || HtmlTree.Elements(table).Any(element => element.LocalName == "table"))
        {
            // It only lays out what is in it.
            Walk(table);
            return;
        }

        foreach (var caption in table.Children.Where(child => child.LocalName == "caption"))
        {
            Walk(caption);
            FlushParagraph();
        }

        BeginBlock();
        var open = new int[columns];
        for (var i = 0; i < rows.Count && !_isFull; i++)
        {
            WriteRow(rows[i], open);
            if (i == 0 && isMarkdown)
            {
                WriteLine("|" + string.Concat(Enumerable.Repeat(" --- |", columns)));
            }
        }
    }

    /// <summary>One row. <paramref name="open"/> has for each column how many rows further a cell from above reaches.</summary>
    private void WriteRow(List<IElement> cells, int[] open)
    {
        var texts = new string[open.Length];
        Array.Fill(texts, "");
        var next = 0;
        for (var column = 0; column < open.Length; column++)
        {
            if (open[column] > 0)
            {
                open[column]--;
            }
            else if (next < cells.Count)
            {
                var cell = cells[next++];
                _isCell = true;
                texts[column] = Flatten(cell);
                _isCell = false;
                var rows = Number(cell.GetAttribute("rowspan"), HtmlLimits.MaxElements) - 1;
                var end = Math.Min(column + Span(cell), open.Length);
                open[column] = rows;
                while (column + 1 < end && open[column + 1] == 0)
                {
                    open[++column] = rows;
                }
            }
        }

        IsCut |= next < cells.Count;
        WriteLine(isMarkdown ? "| " + string.Join(" | ", texts) + " |" : string.Join(" | ", texts));
    }

    private static List<List<IElement>> RowsOf(IElement table)
    {
        var rows = new List<List<IElement>>();
        foreach (var child in table.Children)
        {
            foreach (var row in child.LocalName is "thead" or "tbody" or "tfoot" ? child.Children : (IEnumerable<IElement>)[child])
            {
                if (row.LocalName == "tr" && row.Children.Where(cell => cell.LocalName is "td" or "th").ToList() is { Count: > 0 } cells)
                {
                    rows.Add(cells);
                }
            }
        }

        return rows;
    }

    private static int Span(IElement cell) => Number(cell.GetAttribute("colspan"), HtmlLimits.MaxTableColumns);

    private static int Number(string? text, int max) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? Math.Clamp(number, 1, max) : 1;

    /// <summary>What is below an element, on one line.</summary>
    private string Flatten(IElement element)
    {
        _flat++;
        _space = false;
        Walk(element);
        CloseLink();
        _flat--;
        var line = _inline.ToString();
        _inline.Clear();
        _space = false;
        return line;
    }

    private void WriteImage(IElement image)
    {
        var text = OneLine.Of(image.GetAttribute("alt"), HtmlLimits.MaxTitleCharacters);
        if (text.Length == 0 || IsInlineFull())
        {
            return;
        }

        if (!isMarkdown || links.Resolve(image.GetAttribute("src")) is not { } address)
        {
            AddText(text);
            return;
        }

        BeginText();
        _inline.Append("![");
        foreach (var c in text)
        {
            AddEscaped(c);
        }

        _inline.Append("](").Append(Destination(address)).Append(')');
    }

    private void WriteCode(IElement element)
    {
        var code = OneLine.Of(TextOf(element), HtmlLimits.MaxBlockCharacters);
        if (code.Length == 0 || IsInlineFull())
        {
            return;
        }

        if (!isMarkdown)
        {
            AddText(code);
            return;
        }

        var fence = new string('`', LongestRun(code, '`') + 1);
        BeginText();
        // Two pieces of code side by side would run into one.
        if (_inline.Length > 0 && _inline[^1] == '`')
        {
            _inline.Append(' ');
        }

        var pad = code[0] == '`' || code[^1] == '`' ? " " : "";
        // Within a table even code's bars must be escaped; elsewhere a backslash would be shown.
        _inline.Append(fence).Append(pad).Append(_isCell ? code.Replace("|", "\\|") : code).Append(pad).Append(fence);
    }

    private void AddBreak()
    {
        if (_flat > 0)
        {
            _space = true;
        }
        else if (_inline.Length > 0 && _inline[^1] != '\n')
        {
            _space = false;
            _inline.Append('\n');
        }
    }

    private void AddText(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (char.IsWhiteSpace(c))
            {
                _space = true;
                continue;
            }

            if (char.IsControl(c) || c is '\uFEFF' or '\u00AD' or '\u200B')
            {
                continue;
            }

            if (_inline.Length >= HtmlLimits.MaxBlockCharacters && !char.IsLowSurrogate(c) && (_flat > 0 ? IsInlineFull() : Split()))
            {
                return;
            }

            BeginText();
            if (char.IsSurrogate(c) && !(char.IsHighSurrogate(c) ? i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]) : i > 0 && char.IsHighSurrogate(text[i - 1])))
            {
                c = '\uFFFD';
            }

            if (isMarkdown)
            {
                AddEscaped(c);
            }
            else
            {
                _inline.Append(c);
            }
        }
    }

    /// <summary>Ends a paragraph that has become too long; true when nothing more can be written.</summary>
    private bool Split()
    {
        FlushParagraph();
        return _isFull;
    }

    private bool IsInlineFull()
    {
        if (_inline.Length < HtmlLimits.MaxBlockCharacters || _flat == 0)
        {
            return false;
        }

        IsCut = true;
        return true;
    }

    private void BeginText()
    {
        if (_space && _inline.Length > 0 && _inline[^1] != '\n')
        {
            _inline.Append(' ');
        }

        _space = false;
        if (isMarkdown && _link is not null && !_isLinkOpen)
        {
            // "!" in front of a link would make it an image.
            if (_inline.Length > 0 && _inline[^1] == '!')
            {
                _inline.Insert(_inline.Length - 1, '\\');
            }

            _inline.Append('[');
            _isLinkOpen = true;
        }
    }

    private void CloseLink()
    {
        if (_isLinkOpen)
        {
            _inline.Append("](").Append(Destination(_link!)).Append(')');
            _isLinkOpen = false;
        }
    }

    private void AddEscaped(char c)
    {
        if (c is '\\' or '`' or '*' or '_' or '[' or ']' or '<' or '~' or '|' or '&')
        {
            _inline.Append('\\');
        }

        _inline.Append(c);
    }

    /// <summary>An address as it may stand between the parentheses of a link, even in a table.</summary>
    private static string Destination(string address)
    {
        var result = new StringBuilder(address.Length);
        foreach (var c in address)
        {
            _ = c switch
            {
                '(' or ')' or '<' or '>' or '\\' or '"' or '\'' or '`' or '|' or ' ' or '[' or ']' => result.Append('%').Append(((int)c).ToString("X2", CultureInfo.InvariantCulture)),
                // What looks like an entity is none.
                ';' => result.Append("%3B"),
                _ => result.Append(c),
            };
        }

        return result.ToString();
    }

    private void FlushParagraph()
    {
        CloseLink();
        _space = false;
        if (_inline.Length == 0)
        {
            return;
        }

        var lines = _inline.ToString().Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        _inline.Clear();
        if (lines.Length == 0)
        {
            return;
        }

        BeginBlock();
        for (var i = 0; i < lines.Length; i++)
        {
            WriteLine(isMarkdown ? EscapedStart(lines[i]) + (i < lines.Length - 1 ? "\\" : "") : lines[i]);
        }
    }

    /// <summary>Escapes what means something at the beginning of a line only.</summary>
    private static string EscapedStart(string line)
    {
        if (line[0] is '#' or '+' or '-' or '=' or '>' or ':')
        {
            return "\\" + line;
        }

        var digits = 0;
        while (digits < line.Length && char.IsAsciiDigit(line[digits]))
        {
            digits++;
        }

        return digits is > 0 and < 10 && digits < line.Length && line[digits] is '.' or ')' ? line.Insert(digits, "\\") : line;
    }

    private void BeginBlock()
    {
        if (_needsBlankLine)
        {
            WriteBlankLine();
        }

        _needsBlankLine = true;
        _listBefore = '\0';
        _blocks++;
    }

    private void WriteBlankLine()
    {
        if (_isFull)
        {
            return;
        }

        foreach (var prefix in _prefixes.TakeWhile(prefix => prefix.IsUsed))
        {
            _out.Append(prefix.Rest);
        }

        while (_out.Length > 0 && _out[^1] == ' ')
        {
            _out.Length--;
        }

        _out.Append('\n');
    }

    /// <summary>Writes a line behind the marks of the lists and quotes that it stands in. <paramref name="isEnd"/>: a block's end is written even where nothing else fits.</summary>
    private void WriteLine(string line, bool isEnd = false)
    {
        if ((_isFull && !isEnd) || (!isEnd && _out.Length + line.Length > HtmlLimits.MaxOutputCharacters - Reserve))
        {
            _isFull = IsCut = true;
            return;
        }

        foreach (var prefix in _prefixes)
        {
            _out.Append(prefix.IsUsed ? prefix.Rest : prefix.First);
            prefix.IsUsed = true;
        }

        _out.Append(line);
        while (line.Length == 0 && _out.Length > 0 && _out[^1] == ' ')
        {
            _out.Length--;
        }

        _out.Append('\n');
    }

    private static string TextOf(INode root)
    {
        var text = new StringBuilder();
        foreach (var node in HtmlTree.Nodes(root, element => !Hidden.Contains(element.LocalName)))
        {
            text.Append(node switch
            {
                IText piece => piece.Data,
                IElement { LocalName: "br" } => "\n",
                _ => "",
            });
        }

        return text.ToString();
    }

    private static int LongestRun(string text, char c)
    {
        var longest = 0;
        for (int i = 0, run = 0; i < text.Length; i++)
        {
            run = text[i] == c ? run + 1 : 0;
            longest = Math.Max(longest, run);
        }

        return longest;
    }

    /// <summary>What stands in front of each line in a list's item or a quote.</summary>
    private sealed class Prefix(string first, string rest)
    {
        public string First => first;

        public string Rest => rest;

        public bool IsUsed { get; set; }
    }
}
