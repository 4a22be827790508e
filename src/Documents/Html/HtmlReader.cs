using System.Globalization;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;

namespace Jobs.Documents.Html;

/// <summary>
/// Reads an HTML page: its content as text and Markdown, and what it says about itself. It loads nothing and runs nothing, gives the same for the same HTML, never refuses any,
/// and is bounded by <see cref="HtmlLimits"/>.
/// </summary>
public static class HtmlReader
{
    private static readonly string[] DateNames =
        ["article:published_time", "datepublished", "og:published_time", "dc.date", "dcterms.date", "dc.date.issued", "dcterms.created", "date", "pubdate", "publish-date"];

    /// <summary>Reads a page.</summary>
    /// <param name="html">The page, decoded (<see cref="HtmlDecoder"/>).</param>
    /// <param name="address">Where it came from, absolute: what its links are relative to. Null for a page without an address, whose relative links are left out.</param>
    /// <param name="crawler">The name by which a <c>meta</c> element may address its reader beside <c>robots</c>; null for none.</param>
    /// <param name="cancellationToken">Ends the work with an <see cref="OperationCanceledException"/>.</param>
    public static HtmlPage Read(string html, Uri? address, string? crawler = null, CancellationToken cancellationToken = default)
    {
        (html, var isCut) = HtmlTree.Bound(html, cancellationToken);
        var document = HtmlTree.Parse(html);
        using (document)
        {
            var about = new About();
            var count = 0;
            foreach (var element in HtmlTree.Elements(document))
            {
                count++;
                about.See(element, crawler);
            }

            var links = new LinkResolver(LinkResolver.Resolve(address, about.Base) ?? address);
            var kept = about.Links(links, out var areLinksCut);
            var content = Content(html, document, address, links, count, cancellationToken);
            return new HtmlPage
            {
                Title = NullIfEmpty(about.Title) ?? NullIfEmpty(about.OtherTitle) ?? content.Headings.FirstOrDefault()?.Text,
                Description = NullIfEmpty(about.Description),
                Language = about.Language,
                Published = about.Published,
                Canonical = about.Canonical is { } canonical ? links.Resolve(canonical) : null,
                Indexing = about.Indexing,
                Headings = content.Headings,
                Links = kept,
                Text = content.Text,
                Markdown = content.Markdown,
                IsMainContent = content.IsMain,
                IsCut = isCut || areLinksCut || content.IsCut,
            };
        }
    }

    private static PageContent Content(string html, IHtmlDocument document, Uri? address, LinkResolver links, int elements, CancellationToken cancellationToken)
    {
        if (elements <= HtmlLimits.MaxElementsForMainContent && html.Length <= HtmlLimits.MaxCharactersForMainContent)
        {
            // The search takes the tree apart, so that without success the page is parsed once more.
            if (MainContent.Use(document, address, main => PageContent.Write(main, links, isMain: true, isAll: true, cancellationToken)) is { } found
                && found.Text.Length >= HtmlLimits.MinMainContentCharacters)
            {
                return found;
            }

            document = HtmlTree.Parse(html);
        }

        using (document)
        {
            var root = HtmlTree.Elements(document).FirstOrDefault(e => e.LocalName == "main" || e.GetAttribute("role") == "main") ?? document.Body;
            if (root is null)
            {
                return PageContent.Empty;
            }

            var content = PageContent.Write(root, links, isMain: false, isAll: false, cancellationToken);
            return content.Text.Length > 0 || document.Body is null ? content : PageContent.Write(document.Body, links, isMain: false, isAll: true, cancellationToken);
        }
    }

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;

    /// <summary>What the elements of a page say about it, the first that says something.</summary>
    private sealed class About
    {
        private readonly List<IElement> _anchors = [];

        public string? Title { get; private set; }

        public string? OtherTitle { get; private set; }

        public string? Description { get; private set; }

        public string? Language { get; private set; }

        public DateTimeOffset? Published { get; private set; }

        public string? Canonical { get; private set; }

        public string? Base { get; private set; }

        public IndexingRules Indexing { get; private set; }

        public void See(IElement element, string? crawler)
        {
            switch (element.LocalName)
            {
                case "html":
                    Language ??= PrimaryTag(element.GetAttribute("lang"));
                    break;
                case "title" when element.NamespaceUri == NamespaceNames.HtmlUri:
                    Title ??= NullIfEmpty(HtmlTree.Line(element, HtmlLimits.MaxTitleCharacters));
                    break;
                case "base":
                    Base ??= element.GetAttribute("href");
                    break;
                case "link" when HasWord(element.GetAttribute("rel"), "canonical"):
                    Canonical ??= element.GetAttribute("href");
                    break;
                case "meta":
                    SeeMeta(element, crawler);
                    break;
                case "time" when Published is null && (element.HasAttribute("pubdate") || element.GetAttribute("itemprop") == "datePublished"):
                    Published = Date(element.GetAttribute("datetime"));
                    break;
                case "a" or "area" when element.HasAttribute("href"):
                    _anchors.Add(element);
                    break;
            }
        }

        public List<HtmlLink> Links(LinkResolver links, out bool isCut)
        {
            var kept = new List<HtmlLink>(Math.Min(_anchors.Count, HtmlLimits.MaxLinks));
            isCut = false;
            foreach (var anchor in _anchors)
            {
                if (links.Resolve(anchor.GetAttribute("href")) is not { } address)
                {
                    continue;
                }

                if (kept.Count == HtmlLimits.MaxLinks)
                {
                    isCut = true;
                    break;
                }

                var rel = anchor.GetAttribute("rel");
                kept.Add(new HtmlLink(
                    address,
                    HtmlTree.Line(anchor, HtmlLimits.MaxLinkTextCharacters),
                    HasWord(rel, "nofollow") || HasWord(rel, "ugc") || HasWord(rel, "sponsored")));
            }

            return kept;
        }

        private void SeeMeta(IElement meta, string? crawler)
        {
            var content = meta.GetAttribute("content");
            if (content is null)
            {
                return;
            }

            var name = (meta.GetAttribute("name") ?? meta.GetAttribute("property") ?? meta.GetAttribute("itemprop") ?? "").ToLowerInvariant();
            if (name == "robots" || (crawler is not null && name.Equals(crawler, StringComparison.OrdinalIgnoreCase)))
            {
                Indexing = Indexing.And(IndexingRules.Parse(content.AsSpan(0, Math.Min(content.Length, HtmlLimits.MaxAttributeCharacters))));
            }
            else if (name is "description" or "og:description")
            {
                Description ??= NullIfEmpty(OneLine.Of(content, HtmlLimits.MaxTitleCharacters));
            }
            else if (name is "og:title" or "twitter:title")
            {
                OtherTitle ??= NullIfEmpty(OneLine.Of(content, HtmlLimits.MaxTitleCharacters));
            }
            else if (Array.IndexOf(DateNames, name) >= 0)
            {
                Published ??= Date(content);
            }
            else if ("content-language".Equals(meta.GetAttribute("http-equiv"), StringComparison.OrdinalIgnoreCase))
            {
                Language ??= PrimaryTag(content);
            }
        }

        private static DateTimeOffset? Date(string? text) =>
            text is { Length: <= 50 } && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date) ? date : null;

        private static bool HasWord(string? list, string word) => list is { Length: <= HtmlLimits.MaxAttributeCharacters }
            && list.Split((char[])[' ', '\t', '\n', '\f', '\r']).Contains(word, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>The first part of a language tag in lower case, if it can be one.</summary>
    internal static string? PrimaryTag(string? tag)
    {
        var text = tag.AsSpan().Trim();
        var end = text.IndexOfAny('-', '_', ',');
        var primary = end < 0 ? text : text[..end];
        return primary.Length is 2 or 3 && !primary.ContainsAnyExceptInRange('A', 'z') ? primary.ToString().ToLowerInvariant() : null;
    }
}
