using System.Text;
using CsvHelper;

namespace Jobs.Documents.Parsing;

/// <summary>Values that a delimiter separates: one table, the delimiter detected (comma, semicolon, tab or bar), quotes as in RFC 4180, broken ones taken as they stand.</summary>
internal static class CsvParser
{
    public static ParsedDocument Parse(string text, DocumentBuilder builder)
    {
        using var reader = CsvReader.Create(
            Encoding.UTF8.GetBytes(text),
            new CsvReaderOptions { HasHeader = false, FieldCountMismatch = CsvFieldCountHandling.Allow, MalformedData = CsvMalformedDataHandling.Recover });
        var table = builder.Table();
        while (reader.Read())
        {
            table.Add(Cells(reader));
        }

        table.End();
        return builder.Build(DocumentKind.Csv, title: "", pages: null);
    }

    private static IEnumerable<string> Cells(CsvReader reader)
    {
        for (var i = 0; i < reader.FieldCount; i++)
        {
            yield return reader.GetString(i);
        }
    }
}
