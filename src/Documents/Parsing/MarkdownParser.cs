using System.Text;
using Markdig;
using Markdig.Extensions.Footnotes;
using Markdig.Extensions.Tables;
using Markdig.Extensions.Yaml;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace Jobs.Documents.Parsing;

/// <summary>
/// Markdown, as readers see it: headings, paragraphs, lists with their marks, code as it stands, tables, and the text of links and pictures. Tags of HTML are left
/// out, and what stands between them is kept. A <c>title</c> of the front matter is the document's.
/// </summary>
internal static class MarkdownParser
{
    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder().UsePipeTables().UseYamlFrontMatter().UseFootnotes().UseTaskLists().Build();

    public static ParsedDocument Parse(string text, DocumentBuilder builder)
    {
        MarkdownDocument document;
        try
        {
            document = Markdown.Parse(text, Pipeline);
        }
        catch (ArgumentException e)
        {
            // How Markdig says that its own limit on nesting is passed.
            throw new DocumentException(DocumentErrorCode.TooDeep, "The Markdown is nested too deeply.", e);
        }

        string? title = null;
        foreach (var block in document)
        {
            if (block is YamlFrontMatterBlock matter)
            {
                title = TitleOf(matter);
            }
            else
            {
                Write(block, builder, "");
            }
        }

        return builder.Build(DocumentKind.Markdown, title, pages: null);
    }

    private static void Write(Block block, DocumentBuilder builder, string indent)
    {
        switch (block)
        {
            case HeadingBlock heading:
                builder.Heading(Text(heading.Inline), heading.Level);
                break;
            case Table table:
                Write(table, builder);
                break;
            case ListBlock list:
                Write(list, builder, indent);
                break;
            case HtmlBlock html:
                builder.Paragraph(WithoutTags(html.Lines.ToString()));
                break;
            case FootnoteLinkReferenceDefinition or LinkReferenceDefinitionGroup:
                break;
            case Footnote note:
                builder.Paragraph($"[{note.Order}] {Flat(note)}");
                break;
            case ContainerBlock container:
                foreach (var child in container)
                {
                    Write(child, builder, indent);
                }

                break;
            case LeafBlock leaf:
                builder.Paragraph(Indented(leaf.Inline is null ? leaf.Lines.ToString() : Text(leaf.Inline), indent));
                break;
        }
    }

    private static void Write(ListBlock list, DocumentBuilder builder, string indent)
    {
        var number = list.IsOrdered && int.TryParse(list.OrderedStart, out var start) ? start : 1;
        var isFirst = indent.Length == 0;
        foreach (var item in list.OfType<ListItemBlock>())
        {
            var mark = list.IsOrdered ? $"{number++}. " : "- ";
            var isMarked = false;
            foreach (var block in item)
            {
                if (!isMarked && block is ParagraphBlock paragraph)
                {
                    var line = Indented(mark + Text(paragraph.Inline), indent);
                    if (isFirst)
                    {
                        builder.Paragraph(line);
                    }
                    else
                    {
                        builder.Line(line);
                    }

                    isFirst = false;
                    isMarked = true;
                }
                else
                {
                    Write(block, builder, indent + "  ");
                }
            }
        }
    }

    private static void Write(Table table, DocumentBuilder builder)
    {
        var rows = builder.Table();
        foreach (var row in table.OfType<TableRow>())
        {
            rows.Add(row.OfType<TableCell>().Select(Flat));
        }

        rows.End();
    }

    /// <summary>All text of a block with its lines one after the other.</summary>
    private static string Flat(ContainerBlock container) =>
        string.Join(' ', container.Descendants<LeafBlock>().Select(leaf => leaf.Inline is null ? leaf.Lines.ToString() : Text(leaf.Inline)));

    private static string Text(ContainerInline? inlines)
    {
        var text = new StringBuilder();
        if (inlines is not null)
        {
            Append(inlines, text);
        }

        return text.ToString();
    }

    // Markdig bounds the nesting of what it makes.
    private static void Append(ContainerInline inlines, StringBuilder text)
    {
        foreach (var inline in inlines)
        {
            switch (inline)
            {
                case LiteralInline literal:
                    text.Append(literal.Content.AsSpan());
                    break;
                case CodeInline code:
                    text.Append(code.Content);
                    break;
                case HtmlEntityInline entity:
                    text.Append(entity.Transcoded.AsSpan());
                    break;
                case AutolinkInline link:
                    text.Append(link.Url);
                    break;
                case LineBreakInline lineBreak:
                    text.Append(lineBreak.IsHard ? '\n' : ' ');
                    break;
                case FootnoteLink { IsBackLink: false } note:
                    text.Append($"[{note.Footnote.Order}]");
                    break;
                case ContainerInline container:
                    Append(container, text);
                    break;
            }
        }
    }

    private static string Indented(string text, string indent) => indent.Length == 0 ? text : indent + text.Replace("\n", "\n" + indent);

    /// <summary>What stands between tags and outside comments, scripts and styles.</summary>
    private static string WithoutTags(string html)
    {
        var text = new StringBuilder();
        var rest = html.AsSpan();
        while (rest.Length > 0)
        {
            var open = rest.IndexOf('<');
            text.Append(open < 0 ? rest : rest[..open]);
            if (open < 0)
            {
                break;
            }

            rest = rest[open..];
            var end = Ends(rest, "<!--", "-->") ?? Ends(rest, "<script", "</script>") ?? Ends(rest, "<style", "</style>") ?? rest.IndexOf('>') + 1;
            if (end <= 0)
            {
                break;
            }

            rest = rest[end..];
        }

        return System.Net.WebUtility.HtmlDecode(text.ToString());
    }

    /// <summary>Where what begins so has its end; all the rest when it has none.</summary>
    private static int? Ends(ReadOnlySpan<char> text, string begin, string end)
    {
        if (!text.StartsWith(begin, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var index = text.IndexOf(end, StringComparison.OrdinalIgnoreCase);
        return index < 0 ? text.Length : index + end.Length;
    }

    private static string? TitleOf(YamlFrontMatterBlock matter)
    {
        foreach (var line in matter.Lines.ToString().Split('\n'))
        {
            if (line.StartsWith("title:", StringComparison.OrdinalIgnoreCase))
            {
                return line["title:".Length..].Trim().Trim('"', '\'');
            }
        }

        return null;
    }
}
