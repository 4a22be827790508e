using System.Collections.Frozen;
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

    /// <summary>The tree, and whether a limit left something out.</summary>
    public static (IHtmlDocument Document, bool IsCut) Parse(string html, CancellationToken cancellationToken)
    {
        var isCut = html.Length > HtmlLimits.MaxCharacters;
        var guard = new NestingGuard(HtmlLimits.MaxDepth, HtmlLimits.MaxOpenFormatting);
        var parser = new HtmlParser(new HtmlParserOptions
        {
            IsScripting = false,
            MaximumDepth = HtmlLimits.MaxDepth,
            SkipComments = true,
            SkipProcessingInstructions = true,
            DisableElementPositionTracking = true,
            ShouldEmitAttribute = (ref token, name) => Kept.Contains(name.Span) && token.Attributes.Count < HtmlLimits.MaxAttributes,
        });
        var document = parser.ParseDocument<Document, Element>(new TextSource(isCut ? html[..HtmlLimits.MaxCharacters] : html), (ref token, next) =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (token.Type == HtmlTokenType.StartTag && !guard.Start(token.Name.ToString()))
            {
                isCut = true;
                return TokenConsumptionResult.Continue;
            }

            if (token.Type == HtmlTokenType.EndTag)
            {
                guard.End(token.Name.ToString());
            }

            if (guard.Elements > HtmlLimits.MaxElements)
            {
                isCut = true;
                return TokenConsumptionResult.Stop;
            }

            next(ref token);
            return TokenConsumptionResult.Continue;
        });
        return ((IHtmlDocument)document, isCut);
    }

    /// <summary>All elements below a node in the document's order, without recursion.</summary>
    public static IEnumerable<IElement> Elements(INode root)
    {
        for (var node = root.FirstChild; node is not null; node = Next(node, root))
        {
            if (node is IElement element)
            {
                yield return element;
            }
        }
    }

    /// <summary>The text below a node on one line, cut at a length; what is not shown (scripts, styles) is left out.</summary>
    public static string Line(INode root, int maxCharacters)
    {
        const int MaxNodes = 1_000;
        var line = new OneLine(maxCharacters);
        var nodes = 0;
        for (var node = root.FirstChild; node is not null && !line.IsFull && nodes < MaxNodes; nodes++)
        {
            if (node is IElement { LocalName: "script" or "style" or "template" or "noscript" or "svg" } hidden)
            {
                node = After(hidden, root);
                continue;
            }

            line.Add(node switch
            {
                IText text => text.Data,
                IElement { LocalName: "img" } image => image.GetAttribute("alt") ?? "",
                _ => "",
            });
            node = Next(node, root);
        }

        return line.ToString();
    }

    private static INode? Next(INode node, INode root) => node.FirstChild ?? After(node, root);

    private static INode? After(INode node, INode root)
    {
        for (var current = node; current is not null && current != root; current = current.Parent)
        {
            if (current.NextSibling is { } next)
            {
                return next;
            }
        }

        return null;
    }
}
