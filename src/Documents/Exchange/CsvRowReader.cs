using System.Runtime.CompilerServices;
using System.Text.Unicode;
using CsvHelper;

namespace Jobs.Documents.Exchange;

/// <summary>
/// Reads documents from CSV (RFC 4180): a header that names the columns <c>title</c> and <c>text</c>, and where wanted <c>id</c> and <c>url</c>, in any order and case; all other columns are
/// metadata, of which empty cells are left out. Cells are separated by comma, semicolon, tab or bar, whichever the header has. A bad row is reported and stops no other; see
/// <see cref="ExchangeLimits"/>.
/// </summary>
public static class CsvRowReader
{
    private const string Needed = "title, text";
    private const string Optional = "id, url, and any others as metadata";

    /// <summary>The rows of a file in their order, one at a time in memory.</summary>
    public static async IAsyncEnumerable<ImportedRow> ReadAsync(Stream stream, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var splitter = new RowSplitter(stream, isCsv: true);
        if (await splitter.NextAsync(cancellationToken) is not { } header)
        {
            yield return ImportedRow.Bad(1, ImportErrorCodes.MissingColumns, MissingMessage);
            yield break;
        }

        var columns = Columns.Read(header, out var error);
        if (columns is null)
        {
            yield return new ImportedRow(header.Line, null, error);
            yield break;
        }

        splitter.Separator = (byte)columns.Separator;
        var rows = 0;
        while (await splitter.NextAsync(cancellationToken) is { } row)
        {
            if (++rows > ExchangeLimits.MaxRows)
            {
                yield return ImportedRow.Bad(row.Line, ImportErrorCodes.TooManyRows, $"The file has more than {ExchangeLimits.MaxRows} rows; the others are not read.");
                yield break;
            }

            yield return row.ErrorCode is { } code ? ImportedRow.Bad(row.Line, code, row.ErrorMessage!) : columns.ReadRow(row.Line, row.Bytes);
        }
    }

    private static string MissingMessage => $"The first line must name the columns: needed are {Needed}; there can be {Optional}.";

    /// <summary>The cells of a row; null with an error when it is none.</summary>
    private static List<string>? Cells(long line, ReadOnlyMemory<byte> bytes, char separator, out ImportError? error)
    {
        error = null;
        if (!Utf8.IsValid(bytes.Span))
        {
            error = new ImportError(line, ImportErrorCodes.InvalidEncoding, "The row is not in UTF-8.");
            return null;
        }

        using var reader = CsvReader.Create(bytes, new CsvReaderOptions { HasHeader = false, Separator = separator, MalformedData = CsvMalformedDataHandling.Throw });
        try
        {
            if (!reader.Read())
            {
                return [];
            }

            if (reader.FieldCount > ExchangeLimits.MaxColumns)
            {
                error = new ImportError(line, ImportErrorCodes.TooManyColumns, $"The row has more than {ExchangeLimits.MaxColumns} cells.");
                return null;
            }

            var cells = new List<string>(reader.FieldCount);
            for (var i = 0; i < reader.FieldCount; i++)
            {
                cells.Add(reader.GetString(i));
            }

            return cells;
        }
        catch (CsvFormatException)
        {
            error = new ImportError(line, ImportErrorCodes.InvalidCsv, "A cell has a quote in it that is not doubled, or text behind its closing quote.");
            return null;
        }
    }

    private sealed class Columns
    {
        private readonly List<string> _names;

        private Columns(List<string> names, char separator)
        {
            _names = names;
            Separator = separator;
        }

        public char Separator { get; }

        public static Columns? Read(RowSplitter.Row header, out ImportError? error)
        {
            error = header.ErrorCode is { } code ? new ImportError(header.Line, code, header.ErrorMessage!) : null;
            if (error is not null)
            {
                return null;
            }

            var separator = SeparatorOf(header.Bytes.Span);
            if (Cells(header.Line, header.Bytes, separator, out error) is not { } cells)
            {
                return null;
            }

            var names = cells.Select(cell => CleanText.Clean(cell).Trim() is var name && IsKnown(name) ? name.ToLowerInvariant() : name).ToList();
            error = !names.Contains("title") || !names.Contains("text") ? new ImportError(header.Line, ImportErrorCodes.MissingColumns, MissingMessage)
                : names.Distinct(StringComparer.Ordinal).Count() < names.Count ? new ImportError(header.Line, ImportErrorCodes.DuplicateColumn, "The first line names a column twice.")
                : null;
            return error is null ? new Columns(names, separator) : null;
        }

        public ImportedRow ReadRow(long line, ReadOnlyMemory<byte> bytes)
        {
            if (Cells(line, bytes, Separator, out var error) is not { } cells)
            {
                return new ImportedRow(line, null, error);
            }

            if (cells.Count != _names.Count)
            {
                return ImportedRow.Bad(line, ImportErrorCodes.ColumnCount, $"The row has {cells.Count} cells, the header {_names.Count}.");
            }

            string? title = null, text = null, id = null, url = null;
            var metadata = new SortedDictionary<string, string>(StringComparer.Ordinal);
            for (var i = 0; i < cells.Count; i++)
            {
                switch (_names[i])
                {
                    case "title":
                        title = cells[i];
                        break;
                    case "text":
                        text = cells[i];
                        break;
                    case "id":
                        id = cells[i];
                        break;
                    case "url":
                        url = cells[i];
                        break;
                    case { Length: > 0 } name when cells[i].Length > 0:
                        metadata[name] = CleanText.Clean(cells[i]);
                        break;
                }
            }

            var document = ImportedDocument.Create(title, text, id, url, metadata, line, out error);
            return new ImportedRow(line, document, error);
        }

        private static bool IsKnown(string name) => name.ToLowerInvariant() is "title" or "text" or "id" or "url";

        /// <summary>The separator that the header has most of.</summary>
        private static char SeparatorOf(ReadOnlySpan<byte> header)
        {
            var best = ',';
            var most = 0;
            foreach (var separator in ",;\t|")
            {
                var count = header.Count((byte)separator);
                if (count > most)
                {
                    most = count;
                    best = separator;
                }
            }

            return best;
        }
    }
}
