using System.Buffers.Binary;
using System.IO.Compression;
using Jobs.Documents.Parsing;
using static Jobs.Documents.Tests.Parsing.Refusals;

namespace Jobs.Documents.Tests.Parsing;

public sealed class HostileArchiveTests
{
    /// <summary>What a refusal may take of a processor, on a machine ten times slower than most.</summary>
    private static readonly TimeSpan MostTime = TimeSpan.FromSeconds(10);

    [Fact]
    public void Bomb_is_refused_at_the_size_of_a_part_and_not_inflated_further()
    {
        var bomb = OfficeFile.Word("").Add("word/styles.xml", new byte[100 * 1024 * 1024], CompressionLevel.Optimal).ToBytes();
        var start = ThreadTime.Now;

        var refusal = Refuse(bomb, "a.docx", DocumentErrorCode.TooLarge);

        Assert.Contains("16 MiB", refusal.Message, StringComparison.Ordinal);
        Assert.InRange(ThreadTime.Now - start, TimeSpan.Zero, MostTime);
    }

    [Fact]
    public void Part_below_the_size_where_the_ratio_is_asked_may_deflate_well_and_one_at_it_may_not()
    {
        byte[] File(int bytes) => new OfficeFile().Add("a.xml", new byte[bytes], CompressionLevel.Optimal).ToBytes();

        Assert.Equal(DocumentLimits.MinRatioBytes - 1, ZipDirectory.Read(File(DocumentLimits.MinRatioBytes - 1)).Inflate("a.xml", int.MaxValue, default).Length);
        Assert.Throws<DocumentException>(() => ZipDirectory.Read(File(DocumentLimits.MinRatioBytes)).Inflate("a.xml", int.MaxValue, default));
    }

    [Fact]
    public void Size_that_an_entry_says_is_not_believed()
    {
        var file = OfficeFile.Word("").Add("word/styles.xml", new byte[20 * 1024 * 1024], CompressionLevel.Optimal).ToBytes();
        foreach (var entry in Entries(file))
        {
            BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(entry + 24), 10);
        }

        Refuse(file, "a.docx", DocumentErrorCode.TooLarge);
    }

    [Fact]
    public void Archive_within_an_archive_is_not_opened()
    {
        var inner = OfficeFile.Word("").Add("word/styles.xml", new byte[100 * 1024 * 1024], CompressionLevel.Optimal).ToBytes();

        Assert.Equal("a", Parse(OfficeFile.Word(OfficeFile.Paragraph("a")).Add("word/embeddings/inner.docx", inner, CompressionLevel.Optimal).ToBytes(), null).Text);
    }

    [Fact]
    public void Entries_that_share_bytes_are_refused()
    {
        var file = OfficeFile.Word(OfficeFile.Paragraph("a")).ToBytes();
        var entries = Entries(file).ToArray();
        // The second is said to begin where the first does.
        file.AsSpan(entries[0] + 42, 4).CopyTo(file.AsSpan(entries[1] + 42));

        Assert.Contains("overlap", Refuse(file, "a.docx", DocumentErrorCode.Malformed).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../a.xml")]
    [InlineData("/a.xml")]
    [InlineData("word/DOCUMENT.xml")]
    public void Entry_of_a_name_that_leads_elsewhere_or_stands_twice_is_refused(string name) =>
        Refuse(OfficeFile.Word(OfficeFile.Paragraph("a")).Add(name, "<a/>").ToBytes(), "a.docx", DocumentErrorCode.Malformed);

    [Fact]
    public void Entry_with_a_password_is_told()
    {
        var file = OfficeFile.Word(OfficeFile.Paragraph("a")).ToBytes();
        file[Entries(file).First() + 8] |= 1;

        Refuse(file, "a.docx", DocumentErrorCode.Encrypted);
    }

    [Theory]
    [InlineData("<!DOCTYPE w:document SYSTEM \"file:///etc/passwd\">")]
    [InlineData("<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">]>")]
    public void Xml_with_a_dtd_is_refused(string prolog) => Refuse(OfficeFile.Word(OfficeFile.Paragraph("a"), prolog).ToBytes(), "a.docx", DocumentErrorCode.Malformed);

    [Theory]
    [InlineData("http://[malformed", true)]
    [InlineData("file:///etc/passwd", true)]
    [InlineData("../../../../etc/passwd", false)]
    [InlineData("missing.xml", false)]
    public void Relationship_that_leads_out_or_nowhere_is_never_followed(string target, bool isExternal)
    {
        var relationships = $"""
            <Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r9"
              Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{(isExternal ? "hyperlink" : "footnotes")}" Target="{target}" {(isExternal ? "TargetMode=\"External\"" : "")}/></Relationships>
            """;
        var file = OfficeFile.Word("<w:p><w:hyperlink r:id=\"r9\"><w:r><w:t>a link</w:t></w:r></w:hyperlink></w:p>").Add("word/_rels/document.xml.rels", relationships);

        Assert.Equal("a link", Parse(file.ToBytes(), null).Text);
    }

    [Fact]
    public void Last_cell_of_a_sheet_alone_is_one_cell()
    {
        var document = Parse(OfficeFile.Workbook("""<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>far</t></is></c></row>""").ToBytes(), null);

        Assert.Equal([["far"]], document.Tables[0].Rows);
    }

    [Fact]
    public void Cells_that_lie_apart_count_with_those_between_them()
    {
        string Row(int i) => $"""<row r="{i}"><c r="{Column(i)}{i}"><v>{i}</v></c></row>""";
        byte[] Diagonal(int rows) => OfficeFile.Workbook(string.Concat(Enumerable.Range(1, rows).Select(Row))).ToBytes();

        // A triangle of cells, of which the last row fills the limit.
        Assert.Equal(999, Parse(Diagonal(999), null).Tables[0].Rows[998].Count);
        Refuse(Diagonal(1000), null, DocumentErrorCode.TooLarge);
    }

    [Fact]
    public void Cells_of_more_text_than_a_document_may_have_are_refused()
    {
        var text = new string('a', 30_000);
        var rows = string.Concat(Enumerable.Range(1, 200).Select(i => $"""<row r="{i}"><c r="A{i}" t="inlineStr"><is><t>{text}</t></is></c></row>"""));

        Refuse(OfficeFile.Workbook(rows).ToBytes(), null, DocumentErrorCode.TooLarge);
    }

    [Theory]
    [InlineData("<w:p><w:r><w:t>a</w:t>")]
    [InlineData("<w:p>&undefined;</w:p>")]
    [InlineData("<w:p>\0</w:p>")]
    public void Xml_that_is_malformed_is_refused(string body) => Refuse(OfficeFile.Word(body).ToBytes(), "a.docx", DocumentErrorCode.Malformed);

    private static string Column(int number) => (number > 26 ? Column((number - 1) / 26) : "") + (char)('A' + (number - 1) % 26);

    /// <summary>Where the entries of an archive's directory begin.</summary>
    private static IEnumerable<int> Entries(byte[] file)
    {
        var end = file.AsSpan().LastIndexOf("PK\x05\x06"u8);
        var entry = BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(end + 16));
        while (entry < end)
        {
            yield return entry;
            entry += 46 + BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(entry + 28)) + BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(entry + 30))
                + BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(entry + 32));
        }
    }
}
