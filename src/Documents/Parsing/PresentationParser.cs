using System.Text;
using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Presentation;
using A = DocumentFormat.OpenXml.Drawing;

namespace Jobs.Documents.Parsing;

/// <summary>
/// A PowerPoint presentation: each slide that is shown is a page and a section under its title, with its texts in the order in which they lie, its tables, and its
/// notes. Slide numbers, dates and footers are left out, and so are the texts of diagrams and charts, which lie in parts of their own.
/// </summary>
internal static class PresentationParser
{
    public static ParsedDocument Parse(MemoryStream package, DocumentBuilder builder)
    {
        using var container = OfficePackage.Container(package);
        using var document = PresentationDocument.Open(container);
        var presentation = document.PresentationPart ?? throw new DocumentException(DocumentErrorCode.Malformed, "The file has no presentation in it.");
        var slides = presentation.Presentation?.SlideIdList?.Elements<SlideId>().ToList() ?? [];
        DocumentBuilder.Limit(slides.Count, DocumentLimits.MaxPages, "slides");
        for (var i = 0; i < slides.Count; i++)
        {
            builder.CancellationToken.ThrowIfCancellationRequested();
            if (slides[i].RelationshipId?.Value is { } id && presentation.TryGetPartById(id, out var part) && part is SlidePart { Slide: { } slide } slidePart
                && slide.Show?.Value != false)
            {
                builder.Page(i + 1);
                Write(slide, builder);
                WriteNotes(slidePart.NotesSlidePart, builder);
                slidePart.UnloadRootElement();
            }
        }

        return builder.Build(DocumentKind.Presentation, document.PackageProperties.Title, slides.Count);
    }

    private static void Write(Slide slide, DocumentBuilder builder)
    {
        if (slide.CommonSlideData?.ShapeTree is not { } shapes)
        {
            return;
        }

        var title = shapes.Descendants<Shape>().FirstOrDefault(IsTitle);
        if (title is not null)
        {
            builder.Heading(string.Join(' ', Paragraphs(title.TextBody)), 1);
        }

        Write(shapes, title, builder);
    }

    private static void Write(OpenXmlElement group, Shape? title, DocumentBuilder builder)
    {
        foreach (var element in group.ChildElements)
        {
            switch (element)
            {
                case Shape shape when shape != title && !IsDecoration(shape):
                    builder.Paragraph(string.Join('\n', Paragraphs(shape.TextBody)));
                    break;
                case GroupShape:
                    Write(element, title, builder);
                    break;
                case GraphicFrame frame:
                    foreach (var table in frame.Descendants<A.Table>())
                    {
                        Write(table, builder);
                    }

                    break;
                case AlternateContent { FirstChild: { } first }:
                    Write(first, title, builder);
                    break;
            }
        }
    }

    private static void Write(A.Table table, DocumentBuilder builder)
    {
        var rows = builder.Table();
        foreach (var row in table.Elements<A.TableRow>())
        {
            // Cells that are merged into another have no text.
            rows.Add(row.Elements<A.TableCell>().Select(cell => string.Join('\n', Paragraphs(cell.TextBody))));
        }

        rows.End();
    }

    private static void WriteNotes(NotesSlidePart? part, DocumentBuilder builder)
    {
        var notes = part?.NotesSlide?.CommonSlideData?.ShapeTree?.Descendants<Shape>()
            .Where(shape => Placeholder(shape)?.Type?.Value == PlaceholderValues.Body)
            .SelectMany(shape => Paragraphs(shape.TextBody))
            .ToList() ?? [];
        if (notes.Count > 0)
        {
            builder.Paragraph("Notes: " + string.Join('\n', notes));
        }
    }

    private static PlaceholderShape? Placeholder(Shape shape) => shape.NonVisualShapeProperties?.ApplicationNonVisualDrawingProperties?.PlaceholderShape;

    private static bool IsTitle(Shape shape) =>
        Placeholder(shape)?.Type?.Value is { } type && (type == PlaceholderValues.Title || type == PlaceholderValues.CenteredTitle);

    private static bool IsDecoration(Shape shape) =>
        Placeholder(shape)?.Type?.Value is { } type
        && (type == PlaceholderValues.SlideNumber || type == PlaceholderValues.DateAndTime || type == PlaceholderValues.Footer || type == PlaceholderValues.Header);

    /// <summary>The paragraphs that have text; those with a mark of their own have a hyphen, and deeper ones are indented.</summary>
    private static IEnumerable<string> Paragraphs(OpenXmlElement? body)
    {
        foreach (var paragraph in body?.Elements<A.Paragraph>() ?? [])
        {
            var text = new StringBuilder();
            foreach (var element in paragraph.ChildElements)
            {
                switch (element)
                {
                    case A.Run run:
                        text.Append(run.Text?.Text);
                        break;
                    case A.Break:
                        text.Append('\n');
                        break;
                    case A.Field field:
                        text.Append(field.Text?.Text);
                        break;
                }
            }

            if (!string.IsNullOrWhiteSpace(text.ToString()))
            {
                var properties = paragraph.ParagraphProperties;
                var indent = new string(' ', 2 * Math.Clamp(properties?.Level?.Value ?? 0, 0, 8));
                var isItem = properties?.GetFirstChild<A.CharacterBullet>() is not null || properties?.GetFirstChild<A.AutoNumberedBullet>() is not null;
                yield return indent + (isItem ? "- " : "") + text;
            }
        }
    }
}
