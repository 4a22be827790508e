using static Jobs.Documents.Tests.Parsing.Refusals;

namespace Jobs.Documents.Tests.Parsing;

public sealed class WordDocumentTests
{
    private const string Namespaces = "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\" xmlns:mc=\"http://schemas.openxmlformats.org/markup-compatibility/2006\"";

    [Theory]
    [InlineData("<w:p><w:pPr><w:outlineLvl w:val=\"2\"/></w:pPr><w:r><w:t>a</w:t></w:r></w:p>", 3)]
    [InlineData("<w:p><w:pPr><w:outlineLvl w:val=\"8\"/></w:pPr><w:r><w:t>a</w:t></w:r></w:p>", 6)]
    [InlineData("<w:p><w:pPr><w:outlineLvl w:val=\"9\"/></w:pPr><w:r><w:t>a</w:t></w:r></w:p>", 0)]
    [InlineData("<w:p><w:pPr><w:pStyle w:val=\"Own\"/></w:pPr><w:r><w:t>a</w:t></w:r></w:p>", 2)]
    [InlineData("<w:p><w:pPr><w:pStyle w:val=\"Named\"/></w:pPr><w:r><w:t>a</w:t></w:r></w:p>", 4)]
    [InlineData("<w:p><w:pPr><w:pStyle w:val=\"Circle\"/></w:pPr><w:r><w:t>a</w:t></w:r></w:p>", 0)]
    [InlineData("<w:p><w:pPr><w:pStyle w:val=\"Missing\"/></w:pPr><w:r><w:t>a</w:t></w:r></w:p>", 0)]
    public void Heading_is_told_by_its_outline_level_or_its_style(string paragraph, int level)
    {
        var file = OfficeFile.Word(paragraph)
            .Add("word/_rels/document.xml.rels", """<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>""")
            .Add("word/styles.xml", $"""
                <w:styles {Namespaces}>
                  <w:style w:type="paragraph" w:styleId="Base"><w:pPr><w:outlineLvl w:val="1"/></w:pPr></w:style>
                  <w:style w:type="paragraph" w:styleId="Own"><w:basedOn w:val="Base"/></w:style>
                  <w:style w:type="paragraph" w:styleId="Named"><w:name w:val="heading 4"/></w:style>
                  <w:style w:type="paragraph" w:styleId="Circle"><w:basedOn w:val="Circle"/></w:style>
                </w:styles>
                """);

        Assert.Equal(level, Parse(file.ToBytes(), null).Sections[0].Level);
    }

    [Theory]
    [InlineData("<w:p><w:r><w:t>a</w:t></w:r><w:del><w:r><w:delText>b</w:delText></w:r></w:del><w:ins><w:r><w:t>c</w:t></w:r></w:ins></w:p>", "ac")]
    [InlineData("<w:p><w:r><w:t>a</w:t></w:r><w:r><w:rPr><w:vanish/></w:rPr><w:t>b</w:t></w:r><w:r><w:rPr><w:vanish w:val=\"0\"/></w:rPr><w:t>c</w:t></w:r></w:p>", "ac")]
    [InlineData("<w:p><w:r><w:t>a</w:t><w:br/><w:t>b</w:t><w:tab/><w:t>c</w:t><w:noBreakHyphen/><w:t>d</w:t></w:r></w:p>", "a\nb\tc-d")]
    [InlineData("<w:p><w:r><w:instrText>PAGE</w:instrText></w:r><w:fldSimple w:instr=\"x\"><w:r><w:t>7</w:t></w:r></w:fldSimple></w:p>", "7")]
    [InlineData("<w:sdt><w:sdtContent><w:p><w:r><w:t>a</w:t></w:r></w:p></w:sdtContent></w:sdt>", "a")]
    [InlineData("<w:p><w:r><w:footnoteReference w:id=\"99\"/><w:t>a</w:t></w:r></w:p>", "a")]
    public void Text_is_what_is_printed(string body, string text) => Assert.Equal(text, Parse(OfficeFile.Word(body).ToBytes(), null).Text);

    [Fact]
    public void Table_within_a_table_is_text_of_its_cell()
    {
        const string Inner = "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>b</w:t></w:r></w:p></w:tc></w:tr></w:tbl>";
        var document = Parse(
            OfficeFile.Word($"<w:tbl><w:tr><w:tc><w:p><w:r><w:t>a</w:t></w:r></w:p>{Inner}</w:tc><w:tc><w:p><w:r><w:t>c</w:t></w:r></w:p></w:tc></w:tr></w:tbl>").ToBytes(), null);

        Assert.Equal([["a b", "c"]], Assert.Single(document.Tables).Rows);
    }

    [Fact]
    public void Cell_that_is_merged_with_the_one_above_is_empty()
    {
        string Row(string merge, string other) =>
            $"<w:tr><w:tc><w:tcPr><w:vMerge{merge}/></w:tcPr><w:p><w:r><w:t>m</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>{other}</w:t></w:r></w:p></w:tc></w:tr>";

        var document = Parse(OfficeFile.Word($"<w:tbl>{Row(" w:val=\"restart\"", "a")}{Row("", "b")}</w:tbl>").ToBytes(), null);

        Assert.Equal([["m", "a"], ["", "b"]], document.Tables[0].Rows);
    }
}
