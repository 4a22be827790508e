using AngleSharp.Dom;

namespace Jobs.Documents.Html;

/// <summary>The content of a page, written out.</summary>
internal sealed record PageContent(string Text, string Markdown, IReadOnlyList<HtmlHeading> Headings, bool IsMain, bool IsCut)
{
    /// <summary>The content of a page without any.</summary>
    public static readonly PageContent Empty = new("", "", [], false, false);

    /// <summary>Writes what is below an element as text and as Markdown. <paramref name="isAll"/>: with navigation and footers.</summary>
    public static PageContent Write(IElement root, LinkResolver links, bool isMain, bool isAll, CancellationToken cancellationToken)
    {
        var text = new ContentWriter(links, isMarkdown: false, isAll, cancellationToken);
        text.Write(root);
        var markdown = new ContentWriter(links, isMarkdown: true, isAll, cancellationToken);
        markdown.Write(root);
        return new PageContent(text.ToString(), markdown.ToString(), text.Headings, isMain, text.IsCut || markdown.IsCut);
    }
}
