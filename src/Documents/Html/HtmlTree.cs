using System.Collections.Frozen;
using System.Text;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using AngleSharp.Text;

namespace Jobs.Documents.Html;

/// <summary>
/// Builds the tree of a page, as the HTML standard lays down, and nothing else: no script runs and nothing is loaded. Depth, elements and attributes are bounded, because an
/// element that is nested a hundred thousand times, or has as many attributes, would cost the square of that.
/// </summary>
internal static class HtmlTree
{
    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> Kept = new[]
    {
        "alt", "aria-hidden", "charset", "class", "colspan", "content", "datetime", "hidden", "href", "http-equiv", "id", "itemprop", "lang", "name", "property", "rel", "role",
        "rowspan", "src", "start", "style", "title", "type",
    }.ToFrozenSet(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>
    /// The part of a page that may be parsed, and whether something was left out. The page is parsed for it, with the guard between tokens and tree; the tags that it refuses are made
    /// comments. That tree itself is of no use: where tokens are looked at on their way, the parser leaves out white space between elements.
    /// </summary>
    public static (string Html, bool IsCut) Bound(string html, CancellationToken cancellationToken)
    {
        var isCut = html.Length > HtmlLimits.MaxCharacters;
        // The parser counts positions in lines that end with "\n".
        var text = (isCut ? html[..HtmlLimits.MaxCharacters] : html).ReplaceLineEndings("\n");
        var guard = new NestingGuard(HtmlLimits.MaxDepth, HtmlLimits.MaxOpenFormatting);
        var refused = new List<int>();
        var end = text.Length;
        using var document = Parser().ParseDocument<Document, Element>(new TextSource(text), (ref token, next) =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            var position = token.Position.Index;
            if (token.Type == HtmlTokenType.StartTag && !guard.Start(token.Name.ToString()))
            {
                if (position >= 0 && position < text.Length && text[position] == '<')
                {
                    refused.Add(position);
                    return TokenConsumptionResult.Continue;
                }

                end = Math.Clamp(position, 0, text.Length);
                return TokenConsumptionResult.Stop;
            }

            if (token.Type == HtmlTokenType.EndTag)
            {
                guard.End(token.Name.ToString());
            }

            if (guard.Elements > HtmlLimits.MaxElements)
            {
                end = Math.Clamp(position, 0, text.Length);
                return TokenConsumptionResult.Stop;
            }

            next(ref token);
            return TokenConsumptionResult.Continue;
        });
        return (Without(text, refused, end), isCut || refused.Count > 0 || end < text.Length);
    }

    /// <summary>The tree of a page that <see cref="Bound"/> gave.</summary>
    public static IHtmlDocument Parse(string boundHtml) => Parser().ParseDocument(boundHtml);

    private static HtmlParser Parser() => new(new HtmlParserOptions
    {
        IsScripting = false,
        MaximumDepth = HtmlLimits.MaxDepth,
        SkipComments = true,
        SkipProcessingInstructions = true,
        ShouldEmitAttribute = (ref token, name) => Kept.Contains(name.Span) && token.Attributes.Count < HtmlLimits.MaxAttributes,
    });

    private static string Without(string text, List<int> tags, int end)
    {
        if (tags.Count == 0)
        {
            return text[..end];
        }

        var result = new StringBuilder(text.Length + tags.Count);
        var from = 0;
        foreach (var position in tags)
        {
            result.Append(text, from, position - from).Append("<!");
            from = position + 1;
        }

        return result.Append(text, from, end - from).ToString();
    }

    /// <summary>
    /// All nodes below a node in the document's order. By numbers, not by <see cref="INode.NextSibling"/>, for which the parser's tree looks through all siblings. Where
    /// <paramref name="enter"/> says so, what is below an element is left out.
    /// </summary>
    public static IEnumerable<INode> Nodes(INode root, Func<IElement, bool>? enter = null)
    {
        var path = new Stack<(INodeList Nodes, int Next)>();
        path.Push((root.ChildNodes, 0));
        while (path.TryPop(out var level))
        {
            if (level.Next >= level.Nodes.Length)
            {
                continue;
            }

            path.Push((level.Nodes, level.Next + 1));
            var node = level.Nodes[level.Next];
            if (node is IElement element && enter?.Invoke(element) == false)
            {
                continue;
            }

            yield return node;
            if (node.HasChildNodes)
            {
                path.Push((node.ChildNodes, 0));
            }
        }
    }

    /// <summary>All elements below a node in the document's order.</summary>
    public static IEnumerable<IElement> Elements(INode root) => Nodes(root).OfType<IElement>();

    /// <summary>The text below a node on one line, cut at a length; what is not shown (scripts, styles) is left out.</summary>
    public static string Line(INode root, int maxCharacters)
    {
        const int MaxNodes = 1_000;
        var line = new OneLine(maxCharacters);
        foreach (var node in Nodes(root, element => element.LocalName is not ("script" or "style" or "template" or "noscript" or "svg")).Take(MaxNodes))
        {
            if (line.IsFull)
            {
                break;
            }

            line.Add(node switch
            {
                IText text => text.Data,
                IElement { LocalName: "img" } image => image.GetAttribute("alt") ?? "",
                _ => "",
            });
        }

        return line.ToString();
    }
}
