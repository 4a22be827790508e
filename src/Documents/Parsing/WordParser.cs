using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Wordprocessing;

namespace Jobs.Documents.Parsing;

/// <summary>
/// A Word document: headings by their outline level (of the paragraph, its style, or what the style is based on), lists with their marks, tables, and notes at the
/// end of the section that refers to them. Deleted and hidden text, comments, page headers and footers are left out. The body is read as a stream: what is held at
/// once is a paragraph or a row.
/// </summary>
internal static class WordParser
{
    public static ParsedDocument Parse(MemoryStream package, DocumentBuilder builder)
    {
        using var container = OfficePackage.Container(package);
        using var document = WordprocessingDocument.Open(container);
        var main = document.MainDocumentPart ?? throw new DocumentException(DocumentErrorCode.Malformed, "The file has no Word document in it.");
        var title = document.PackageProperties.Title;
        new Walk(builder, WordStyles.Read(main.StyleDefinitionsPart), WordNumbering.Read(main.NumberingDefinitionsPart), main).Write();
        return builder.Build(DocumentKind.Word, title, pages: null);
    }

    private sealed class Walk(DocumentBuilder builder, WordStyles styles, WordNumbering numbering, MainDocumentPart main)
    {
        private readonly WordNotes _notes = new(main);
        private bool _isInList;

        public void Write()
        {
            using var reader = OpenXmlReader.Create(main);
            DocumentBuilder.TableRows? table = null;
            var depth = 0;
            while (reader.Read())
            {
                if (reader.ElementType == typeof(Table))
                {
                    // Tables within tables are rows' own, and never met here.
                    depth += reader.IsStartElement ? 1 : -1;
                    table = reader.IsStartElement && depth == 1 ? builder.Table() : table;
                    if (reader.IsEndElement && depth == 0)
                    {
                        table?.End();
                        table = null;
                    }
                }
                else if (reader.IsStartElement && reader.ElementType == typeof(TableRow) && table is not null)
                {
                    table.Add(Cells((TableRow)reader.LoadCurrentElement()!));
                }
                else if (reader.IsStartElement && reader.ElementType == typeof(Paragraph))
                {
                    Write((Paragraph)reader.LoadCurrentElement()!);
                }
            }

            _notes.Flush(builder);
        }

        private void Write(Paragraph paragraph)
        {
            _notes.Mark();
            var text = Text(paragraph);
            var properties = paragraph.ParagraphProperties;
            var style = properties?.ParagraphStyleId?.Val?.Value;
            if (Level(properties, style) is { } level && !string.IsNullOrWhiteSpace(text))
            {
                _notes.FlushBefore(builder);
                builder.Heading(text, level);
                _isInList = false;
                return;
            }

            var mark = numbering.Mark(properties?.NumberingProperties ?? styles.Numbering(style));
            if (mark is not null && _isInList)
            {
                builder.Line(mark + text);
            }
            else
            {
                builder.Paragraph(string.IsNullOrWhiteSpace(text) ? "" : mark + text);
            }

            _isInList = mark is not null;
        }

        private int? Level(ParagraphProperties? properties, string? style) =>
            properties?.OutlineLevel?.Val?.Value is { } own ? own < WordStyles.BodyText ? own + 1 : null : styles.Level(style);

        private IEnumerable<string> Cells(TableRow row)
        {
            foreach (var cell in row.Descendants<TableCell>().Where(cell => cell.Ancestors<TableRow>().First() == row))
            {
                var merge = cell.TableCellProperties?.VerticalMerge;
                // The cell above has the text of those that it is merged with.
                yield return merge is not null && merge.Val?.Value != MergedCellValues.Restart ? "" : string.Join('\n', cell.Descendants<Paragraph>().Select(Text));
                for (var i = 1; i < Math.Min(cell.TableCellProperties?.GridSpan?.Val?.Value ?? 1, MaxSpan); i++)
                {
                    yield return "";
                }
            }
        }

        private const int MaxSpan = 100;

        private string Text(Paragraph paragraph) => WordText.Of(paragraph, _notes);
    }
}
