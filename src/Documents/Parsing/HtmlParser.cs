using System.Buffers;
using System.Text;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using SmartReader;

namespace Jobs.Documents.Parsing;

/// <summary>
/// A page of HTML: its main content as SmartReader finds it, or all that a reader sees where there is none or it is less than <see cref="MinMainShare"/> of that.
/// Headings are sections; tables of more than one column and row are tables. Scripts, styles and hidden elements are left out, and nothing is fetched.
/// </summary>
internal static class HtmlParser
{
    /// <summary>The least share of a page's visible text that its main content must have to be taken for it: a quarter.</summary>
    public const double MinMainShare = 0.25;

    /// <summary>How many elements SmartReader may put around the content.</summary>
    private const int AddedDepth = 16;

    /// <summary>
    /// How many more elements may be opened than are closed, as the tags are written: several times <see cref="DocumentLimits.MaxDepth"/>, as careless pages close few.
    /// AngleSharp's time grows with the square of this number.
    /// </summary>
    private const int MaxOpenTags = 20 * DocumentLimits.MaxDepth;

    /// <summary>Where the charset must stand, in bytes.</summary>
    private const int CharsetBytes = 1024;

    private static readonly HashSet<string> Left = new(StringComparer.OrdinalIgnoreCase)
    {
        "script", "style", "template", "noscript", "head", "iframe", "object", "embed", "svg", "math", "canvas", "audio", "video", "select", "datalist", "button", "input", "dialog",
    };

    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-");

    private static readonly HashSet<string> Around = new(StringComparer.OrdinalIgnoreCase) { "nav", "footer", "aside" };

    private static readonly HashSet<string> Blocks = new(StringComparer.OrdinalIgnoreCase)
    {
        "address", "article", "aside", "blockquote", "body", "center", "dd", "details", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "header",
        "hgroup", "hr", "html", "li", "main", "nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
    };

    /// <summary>Elements that have no end, or that the next of their kind ends.</summary>
    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> Unclosed = new HashSet<string>(StringComparer.OrdinalIgnoreCase)
    {
        "area", "base", "br", "col", "colgroup", "dd", "dt", "embed", "hr", "img", "input", "li", "link", "meta", "optgroup", "option", "p", "param", "rp", "rt", "source",
        "tbody", "td", "tfoot", "th", "thead", "tr", "track", "wbr",
    }.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>The charset that a page names in its beginning; null when it names none.</summary>
    public static string? Charset(ReadOnlySpan<byte> content)
    {
        var start = Encoding.Latin1.GetString(content[..Math.Min(content.Length, CharsetBytes)]);
        var at = start.IndexOf("charset=", StringComparison.OrdinalIgnoreCase);
        if (at < 0)
        {
            return null;
        }

        var name = start.AsSpan(at + "charset=".Length).TrimStart("\"' ");
        var end = name.IndexOfAny("\"'> ;/");
        return end > 0 ? name[..end].ToString() : null;
    }

    public static ParsedDocument Parse(string html, DocumentBuilder builder)
    {
        CheckTags(html, builder.CancellationToken);
        var document = ParseDocument(html, DocumentLimits.MaxDepth, builder.CancellationToken);
        var title = document.Title is { Length: > 0 } own ? own : document.QuerySelector("meta[property='og:title']")?.GetAttribute("content");
        foreach (var element in document.All.Where(IsHidden).ToList())
        {
            element.Remove();
        }

        // SmartReader changes what it is given.
        var main = MainContent(document.DocumentElement.OuterHtml, builder.CancellationToken);
        var all = TextLength(document.Body, skipAround: true);
        var isMain = main is not null && TextLength(main, skipAround: false) >= MinMainShare * all;
        if (isMain && document.QuerySelector("h1") is { } heading && !TitleStandsIn(main!, heading))
        {
            // SmartReader takes it from the content, as the title.
            builder.Heading(heading.TextContent, 1);
        }

        new Walk(builder, skipAround: !isMain && all > 0).Write(isMain ? main! : (INode?)document.Body ?? document);
        return builder.Build(DocumentKind.Html, title, pages: null);
    }

    /// <summary>Refuses what would take AngleSharp long, by one look at the tags.</summary>
    private static void CheckTags(ReadOnlySpan<char> html, CancellationToken cancellationToken)
    {
        var open = 0;
        while (html.IndexOf('<') is var start and >= 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            html = html[(start + 1)..];
            var end = html.IndexOfAny('<', '>');
            var tag = end < 0 ? html : html[..end];
            var isEnd = tag.StartsWith("/");
            var name = isEnd ? tag[1..] : tag;
            var length = name.IndexOfAnyExcept(NameCharacters);
            name = length < 0 ? name : name[..length];
            if (name.Length == 0 || tag.EndsWith("/") || Unclosed.Contains(name))
            {
                continue;
            }

            open = Math.Max(0, open + (isEnd ? -1 : 1));
            if (open > MaxOpenTags)
            {
                throw TooDeep();
            }
        }
    }

    private static DocumentException TooDeep() => new(DocumentErrorCode.TooDeep, $"The HTML is nested deeper than {DocumentLimits.MaxDepth} levels.");

    private static IHtmlDocument ParseDocument(string html, int maxDepth, CancellationToken cancellationToken)
    {
        var document = new AngleSharp.Html.Parser.HtmlParser(new HtmlParserOptions { IsScripting = false }).ParseDocument(html);
        // Everything that follows goes down into the elements, here and in the libraries. By numbers: a node's next sibling costs a look at all siblings.
        var path = new Stack<(INodeList Nodes, int Next)>();
        path.Push((document.ChildNodes, 0));
        while (path.TryPop(out var level))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (level.Next == level.Nodes.Length)
            {
                continue;
            }

            path.Push((level.Nodes, level.Next + 1));
            if (path.Count > maxDepth)
            {
                throw TooDeep();
            }

            path.Push((level.Nodes[level.Next].ChildNodes, 0));
        }

        return document;
    }

    private static INode? MainContent(string html, CancellationToken cancellationToken)
    {
        // Any address will do: it is what links are relative to.
        using var reader = new Reader("https://document.invalid/", html) { ContinueIfNotReadable = false };
        var article = reader.GetArticle();
        return article is { IsReadable: true, Content.Length: > 0 } ? ParseDocument(article.Content, DocumentLimits.MaxDepth + AddedDepth, cancellationToken).Body : null;
    }

    private static bool TitleStandsIn(INode main, IElement heading) =>
        ((IElement)main).QuerySelectorAll("h1, h2").Any(other => other.TextContent.Trim() == heading.TextContent.Trim());

    private static bool IsHidden(IElement element) =>
        Left.Contains(element.LocalName) && element.LocalName != "head"
        || element.HasAttribute("hidden")
        || string.Equals(element.GetAttribute("aria-hidden"), "true", StringComparison.OrdinalIgnoreCase)
        || element.GetAttribute("style") is { Length: > 0 } style && HidesBy(style);

    private static bool HidesBy(string style)
    {
        foreach (var declaration in style.Split(';'))
        {
            var colon = declaration.IndexOf(':');
            if (colon > 0)
            {
                var name = declaration.AsSpan(0, colon).Trim();
                var value = declaration.AsSpan(colon + 1).Trim();
                if (name.Equals("display", StringComparison.OrdinalIgnoreCase) && value.StartsWith("none", StringComparison.OrdinalIgnoreCase)
                    || name.Equals("visibility", StringComparison.OrdinalIgnoreCase) && value.StartsWith("hidden", StringComparison.OrdinalIgnoreCase))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static long TextLength(INode? node, bool skipAround)
    {
        if (node is IText text)
        {
            return text.Data.AsSpan().Trim().Length;
        }

        long length = 0;
        foreach (var child in node?.ChildNodes ?? Enumerable.Empty<INode>())
        {
            if (child is not IElement element || !Left.Contains(element.LocalName) && !(skipAround && Around.Contains(element.LocalName)))
            {
                length += TextLength(child, skipAround);
            }
        }

        return length;
    }

    /// <summary>Writes elements in their order. Text gathers until a block begins or ends.</summary>
    private sealed class Walk(DocumentBuilder builder, bool skipAround)
    {
        private readonly StringBuilder _text = new();
        private string _mark = "";
        private int _lists;
        private bool _isLine;

        public void Write(INode node)
        {
            Children(node);
            Flush();
        }

        private void Children(INode node)
        {
            foreach (var child in node.ChildNodes)
            {
                builder.CancellationToken.ThrowIfCancellationRequested();
                switch (child)
                {
                    case IText text:
                        AppendCollapsed(text.Data);
                        break;
                    case IElement element when !Left.Contains(element.LocalName) && !(skipAround && Around.Contains(element.LocalName)):
                        Element(element);
                        break;
                }
            }
        }

        private void Element(IElement element)
        {
            switch (element.LocalName)
            {
                case "h1" or "h2" or "h3" or "h4" or "h5" or "h6":
                    Flush();
                    builder.Heading(element.TextContent, element.LocalName[1] - '0');
                    break;
                case "br":
                    _text.Append('\n');
                    break;
                case "pre":
                    Flush();
                    builder.Paragraph(element.TextContent.AsSpan().Trim("\r\n"));
                    break;
                case "table" when element is IHtmlTableElement table && IsData(table):
                    Flush();
                    Table(table);
                    break;
                case "ul" or "ol":
                    Flush();
                    _lists++;
                    Items(element);
                    _lists--;
                    break;
                case var name when Blocks.Contains(name):
                    Flush();
                    Children(element);
                    Flush();
                    break;
                default:
                    Children(element);
                    break;
            }
        }

        private void Items(IElement list)
        {
            var number = 1;
            foreach (var child in list.Children)
            {
                if (child.LocalName == "li")
                {
                    _mark = new string(' ', 2 * (_lists - 1)) + (list.LocalName == "ol" ? $"{number++}. " : "- ");
                    Children(child);
                    Flush();
                    _mark = "";
                }
                else
                {
                    Element(child);
                }
            }
        }

        /// <summary>Tables were long used to lay pages out.</summary>
        private static bool IsData(IHtmlTableElement table) =>
            table.Rows.Length > 1 && table.Rows.Any(row => row.Cells.Length > 1) && table.QuerySelector("table") is null;

        private void Table(IHtmlTableElement table)
        {
            if (table.Caption?.TextContent is { Length: > 0 } caption)
            {
                builder.Paragraph(caption.Trim());
            }

            var rows = builder.Table();
            foreach (var row in table.Rows)
            {
                rows.Add(row.Cells.SelectMany(Cells));
            }

            rows.End();
        }

        /// <summary>A cell that spans columns stands in the first of them.</summary>
        private static IEnumerable<string> Cells(IHtmlTableCellElement cell) =>
            Enumerable.Repeat("", Math.Clamp(cell.ColumnSpan, 1, MaxSpan) - 1).Prepend(cell.TextContent);

        private const int MaxSpan = 100;

        private void AppendCollapsed(string data)
        {
            foreach (var c in data)
            {
                if (c is ' ' or '\t' or '\n' or '\r' or '\f')
                {
                    if (_text.Length > 0 && _text[^1] is not (' ' or '\n'))
                    {
                        _text.Append(' ');
                    }
                }
                else
                {
                    _text.Append(c);
                }
            }
        }

        private void Flush()
        {
            var text = _text.ToString().Trim();
            _text.Clear();
            if (text.Length == 0)
            {
                return;
            }

            if (_lists > 0 && _isLine)
            {
                builder.Line(_mark + text);
            }
            else
            {
                builder.Paragraph(_mark + text);
            }

            _isLine = _lists > 0;
            _mark = _lists > 0 ? new string(' ', 2 * _lists) : "";
        }
    }
}
