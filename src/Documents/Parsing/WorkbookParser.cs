using System.Globalization;
using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Spreadsheet;

namespace Jobs.Documents.Parsing;

/// <summary>
/// An Excel workbook: each sheet that is shown is a page, a section under its name and a table. Rows and columns without any value are left out. Dates are ISO 8601
/// where the cell's format shows a date, percentages have their sign, and formulas have the value that was saved with them. Sheets are read as a stream, cell by
/// cell.
/// </summary>
internal static class WorkbookParser
{
    /// <summary>The last column of a sheet, XFD.</summary>
    private const int MaxColumns = 16_384;

    public static ParsedDocument Parse(MemoryStream package, DocumentBuilder builder)
    {
        using var container = OfficePackage.Container(package);
        using var document = SpreadsheetDocument.Open(container);
        var workbook = document.WorkbookPart ?? throw new DocumentException(DocumentErrorCode.Malformed, "The file has no workbook in it.");
        var values = new Values(workbook, SharedStrings(workbook.SharedStringTablePart, builder));
        var sheets = workbook.Workbook?.Sheets?.Elements<Sheet>().ToList() ?? [];
        DocumentBuilder.Limit(sheets.Count, DocumentLimits.MaxPages, "sheets");
        for (var i = 0; i < sheets.Count; i++)
        {
            var sheet = sheets[i];
            var isShown = sheet.State is null || sheet.State.Value == SheetStateValues.Visible;
            if (isShown && sheet.Id?.Value is { } id && workbook.TryGetPartById(id, out var part) && part is WorksheetPart worksheet)
            {
                builder.Page(i + 1);
                builder.Heading(sheet.Name?.Value ?? "", 1);
                Write(worksheet, values, builder);
            }
        }

        return builder.Build(DocumentKind.Workbook, document.PackageProperties.Title, sheets.Count);
    }

    private static List<string> SharedStrings(SharedStringTablePart? part, DocumentBuilder builder)
    {
        var strings = new List<string>();
        if (part is null)
        {
            return strings;
        }

        long length = 0;
        using var reader = OpenXmlReader.Create(part);
        while (reader.Read())
        {
            if (reader.IsStartElement && reader.ElementType == typeof(SharedStringItem))
            {
                builder.CancellationToken.ThrowIfCancellationRequested();
                strings.Add(TextOf(reader.LoadCurrentElement()!));
                DocumentBuilder.Limit(length += strings[^1].Length, DocumentLimits.MaxTextLength, "characters of text");
            }
        }

        return strings;
    }

    /// <summary>Without the readings that are shown above Japanese words.</summary>
    private static string TextOf(OpenXmlElement element) =>
        string.Concat(element.Descendants<Text>().Where(text => text.Parent is not PhoneticRun).Select(text => text.Text));

    private static void Write(WorksheetPart worksheet, Values values, DocumentBuilder builder)
    {
        var rows = new List<List<(int Column, string Value)>>();
        var columns = new SortedSet<int>();
        var cells = 0;
        using (var reader = OpenXmlReader.Create(worksheet))
        {
            var column = 0;
            while (reader.Read())
            {
                if (!reader.IsStartElement)
                {
                    continue;
                }

                if (reader.ElementType == typeof(Row))
                {
                    builder.CancellationToken.ThrowIfCancellationRequested();
                    column = 0;
                    if (rows.Count == 0 || rows[^1].Count > 0)
                    {
                        rows.Add([]);
                    }
                }
                else if (reader.ElementType == typeof(Cell))
                {
                    var cell = (Cell)reader.LoadCurrentElement()!;
                    column = ColumnOf(cell.CellReference?.Value) ?? column + 1;
                    var value = values.Of(cell);
                    if (!string.IsNullOrWhiteSpace(value) && column <= MaxColumns && rows.Count > 0)
                    {
                        DocumentBuilder.Limit(++cells, DocumentLimits.MaxCells, "table cells");
                        rows[^1].Add((column, value));
                        columns.Add(column);
                    }
                }
            }
        }

        var places = columns.Select((column, place) => (column, place)).ToDictionary(pair => pair.column, pair => pair.place);
        var table = builder.Table();
        foreach (var row in rows)
        {
            table.Add(InPlace(row, places));
        }

        table.End();
    }

    /// <summary>The cells of a row under their columns, up to the last that has a value.</summary>
    private static IEnumerable<string> InPlace(List<(int Column, string Value)> row, Dictionary<int, int> places)
    {
        var next = 0;
        foreach (var (column, value) in row)
        {
            for (; next < places[column]; next++)
            {
                yield return "";
            }

            // A damaged row may name a column twice, or go back.
            next = Math.Max(next, places[column]) + 1;
            yield return value;
        }
    }

    /// <summary>The number of a cell's column, from 1; null when the reference names none.</summary>
    private static int? ColumnOf(string? reference)
    {
        var column = 0;
        foreach (var c in reference ?? "")
        {
            if (!char.IsAsciiLetter(c) || column > MaxColumns)
            {
                break;
            }

            column = column * 26 + (char.ToUpperInvariant(c) - 'A' + 1);
        }

        return column > 0 ? column : null;
    }

    /// <summary>What cells show.</summary>
    private sealed class Values
    {
        private readonly List<string> _shared;
        private readonly List<SheetNumberKind> _formats = [];
        private readonly bool _isFrom1904;

        public Values(WorkbookPart workbook, List<string> shared)
        {
            _shared = shared;
            _isFrom1904 = workbook.Workbook?.WorkbookProperties?.Date1904?.Value ?? false;
            var stylesheet = workbook.WorkbookStylesPart?.Stylesheet;
            var own = new Dictionary<uint, string>();
            foreach (var format in stylesheet?.NumberingFormats?.Elements<NumberingFormat>() ?? [])
            {
                if (format.NumberFormatId?.Value is { } id)
                {
                    own.TryAdd(id, format.FormatCode?.Value ?? "");
                }
            }

            foreach (var format in stylesheet?.CellFormats?.Elements<CellFormat>() ?? [])
            {
                var id = format.NumberFormatId?.Value ?? 0;
                _formats.Add(own.TryGetValue(id, out var code) ? SheetNumbers.KindOf(code) : SheetNumbers.KindOf(id));
            }
        }

        public string Of(Cell cell)
        {
            var raw = cell.CellValue?.Text ?? "";
            var type = cell.DataType?.Value;
            if (type == CellValues.SharedString)
            {
                return int.TryParse(raw, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < _shared.Count ? _shared[index] : "";
            }

            if (type == CellValues.InlineString)
            {
                return cell.InlineString is { } inline ? TextOf(inline) : "";
            }

            if (type == CellValues.Boolean)
            {
                return raw == "1" ? "TRUE" : "FALSE";
            }

            if (type is not null && type != CellValues.Number)
            {
                // Of formulas that give a text, errors, and dates that are ISO 8601 already.
                return raw;
            }

            return double.TryParse(raw, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                ? SheetNumbers.Text(number, KindOf(cell.StyleIndex?.Value ?? 0), _isFrom1904)
                : raw;
        }

        private SheetNumberKind KindOf(uint style) => style < _formats.Count ? _formats[(int)style] : SheetNumberKind.Number;
    }
}
