using System.IO.Compression;
using System.Text;
using Jobs.Documents.Parsing;
using static Jobs.Documents.Tests.Parsing.Refusals;

namespace Jobs.Documents.Tests.Parsing;

public sealed class DocumentLimitsTests
{
    [Fact]
    public void Text_of_the_most_characters_is_read_and_one_more_is_not()
    {
        Assert.Equal(DocumentLimits.MaxTextLength, Parse(new string('a', DocumentLimits.MaxTextLength), "a.txt").Text.Length);
        Refuse(new string('a', DocumentLimits.MaxTextLength + 1), "a.txt", DocumentErrorCode.TooLarge);
    }

    [Fact]
    public void Heading_of_the_most_characters_is_one_and_a_longer_is_a_paragraph()
    {
        Assert.NotNull(Parse("# " + new string('a', DocumentLimits.MaxHeadingLength), "a.md").Sections[0].Heading);
        Assert.Null(Parse("# " + new string('a', DocumentLimits.MaxHeadingLength + 1), "a.md").Sections[0].Heading);
    }

    [Fact]
    public void Sections_up_to_the_most_are_read()
    {
        Assert.Equal(DocumentLimits.MaxSections, Parse(Repeat("# a\n", DocumentLimits.MaxSections), "a.md").Sections.Count);
        Refuse(Repeat("# a\n", DocumentLimits.MaxSections + 1), "a.md", DocumentErrorCode.TooLarge);
    }

    [Fact]
    public void Tables_up_to_the_most_are_read()
    {
        const string Table = "|a|b|\n|-|-|\n|c|d|\n\nx\n\n";

        Assert.Equal(DocumentLimits.MaxTables, Parse(Repeat(Table, DocumentLimits.MaxTables), "a.md").Tables.Count);
        Refuse(Repeat(Table, DocumentLimits.MaxTables + 1), "a.md", DocumentErrorCode.TooLarge);
    }

    [Fact]
    public void Cells_up_to_the_most_are_read()
    {
        var row = string.Join(',', Enumerable.Repeat("1", 1000)) + "\n";
        var most = Repeat(row, DocumentLimits.MaxCells / 1000);

        Assert.Equal(DocumentLimits.MaxCells / 1000, Parse(most, "a.csv").Tables[0].Rows.Count);
        Refuse(most + "1\n", "a.csv", DocumentErrorCode.TooLarge);
    }

    [Fact]
    public void Sheets_up_to_the_most_are_looked_at()
    {
        Assert.Equal(DocumentLimits.MaxPages, Parse(OfficeFile.Workbook("", DocumentLimits.MaxPages).ToBytes(), null).Pages);
        Refuse(OfficeFile.Workbook("", DocumentLimits.MaxPages + 1).ToBytes(), null, DocumentErrorCode.TooLarge);
    }

    [Fact]
    public void Json_up_to_the_most_levels_is_read()
    {
        Assert.EndsWith(": 1", Parse(Nested("[", "1", "]", DocumentLimits.MaxDepth), "a.json").Text, StringComparison.Ordinal);
        Refuse(Nested("[", "1", "]", DocumentLimits.MaxDepth + 1), "a.json", DocumentErrorCode.TooDeep);
    }

    [Fact]
    public void Html_up_to_the_most_levels_is_read()
    {
        // html, body and the text are levels too.
        Assert.Equal("a", Parse("<html>" + Nested("<div>", "a", "</div>", DocumentLimits.MaxDepth - 3), "a.html").Text);
        Refuse("<html>" + Nested("<div>", "a", "</div>", DocumentLimits.MaxDepth - 2), "a.html", DocumentErrorCode.TooDeep);
    }

    [Fact]
    public void Xml_up_to_the_most_levels_is_read()
    {
        // document, body, p, r, t and the text lie around and within.
        string Body(int levels) => Nested("<w:sdt><w:sdtContent>", OfficeFile.Paragraph("a"), "</w:sdtContent></w:sdt>", levels / 2);
        const int Others = 6;

        Assert.Equal("a", Parse(OfficeFile.Word(Body(DocumentLimits.MaxDepth - Others)).ToBytes(), null).Text);
        Refuse(OfficeFile.Word(Body(DocumentLimits.MaxDepth - Others + 2)).ToBytes(), null, DocumentErrorCode.TooDeep);
    }

    [Fact]
    public void Paths_of_json_are_bounded()
    {
        string Json(int length) => $$$"""{"a": {"{{{new string('b', length)}}}": 1}}""";

        Assert.EndsWith("b: 1", Parse(Json(JsonParser.MaxPathLength), "a.json").Text, StringComparison.Ordinal);
        Refuse(Json(JsonParser.MaxPathLength + 1), "a.json", DocumentErrorCode.TooLarge);
    }

    [Fact]
    public void Entries_up_to_the_most_are_looked_at()
    {
        OfficeFile File(int others)
        {
            var file = OfficeFile.Word(OfficeFile.Paragraph("a"));
            for (var i = 0; i < others; i++)
            {
                file.Add($"x/{i}.bin", [], CompressionLevel.NoCompression);
            }

            return file;
        }

        const int Own = 3;
        Assert.Equal("a", Parse(File(DocumentLimits.MaxEntries - Own).ToBytes(), null).Text);
        Refuse(File(DocumentLimits.MaxEntries - Own + 1).ToBytes(), null, DocumentErrorCode.TooLarge);
    }

    [Fact]
    public void Part_of_the_most_bytes_is_taken_and_one_more_is_not()
    {
        byte[] File(int bytes)
        {
            var part = new byte[bytes];
            part.AsSpan().Fill((byte)' ');
            "<a/>"u8.CopyTo(part);
            return OfficeFile.Word(OfficeFile.Paragraph("a")).Add("word/styles.xml", part, CompressionLevel.NoCompression).ToBytes();
        }

        Assert.Equal("a", Parse(File(DocumentLimits.MaxTreeBytes), null).Text);
        Refuse(File(DocumentLimits.MaxTreeBytes + 1), null, DocumentErrorCode.TooLarge);
    }

    [Fact]
    public void Parts_together_have_no_more_bytes_than_allowed()
    {
        var file = OfficeFile.Word(OfficeFile.Paragraph(new string('a', 10_000)));
        var sizes = new[] { "[Content_Types].xml", "_rels/.rels", "word/document.xml" }.Sum(name => ZipDirectory.Read(file.ToBytes()).Inflate(name, int.MaxValue, default).Length);

        OfficePackage.Open(file.ToBytes(), default, (int)sizes).Dispose();
        Assert.Equal(DocumentErrorCode.TooLarge, Assert.Throws<DocumentException>(() => OfficePackage.Open(file.ToBytes(), default, (int)sizes - 1)).Code);
    }

    private static string Repeat(string text, int count) => new StringBuilder(text.Length * count).Insert(0, text, count).ToString();

    private static string Nested(string open, string inner, string close, int levels) => Repeat(open, levels) + inner + Repeat(close, levels);
}
