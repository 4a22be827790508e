using Jobs.Documents.Parsing;
using UglyToad.PdfPig.Content;
using UglyToad.PdfPig.Core;
using UglyToad.PdfPig.Fonts.Standard14Fonts;
using UglyToad.PdfPig.Writer;
using static Jobs.Documents.Tests.Parsing.Refusals;

namespace Jobs.Documents.Tests.Parsing;

public sealed class PdfTests
{
    [Fact]
    public void Pdf_without_text_says_that_there_is_no_text_layer()
    {
        var builder = new PdfDocumentBuilder();
        builder.AddPage(PageSize.A4);

        Assert.Contains("no text layer", Refuse(builder.Build(), "a.pdf", DocumentErrorCode.NoText).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Pdf_with_a_password_is_told() => Refuse(Fixture.Read("locked.pdf"), "a.pdf", DocumentErrorCode.Encrypted);

    [Fact]
    public void What_goes_on_upon_a_new_page_is_a_section_of_that_page()
    {
        var builder = new PdfDocumentBuilder();
        var font = builder.AddStandard14Font(Standard14Font.Helvetica);
        foreach (var text in new[] { "The first page says this.", "The second page goes on." })
        {
            builder.AddPage(PageSize.A4).AddText(text, 12, new PdfPoint(50, 700), font);
        }

        var document = Parse(builder.Build(), null);

        Assert.Equal(2, document.Pages);
        Assert.Equal([1, 2], document.Sections.Select(section => section.Page));
        Assert.Equal("The second page goes on.", document.Text[document.Sections[1].Start..]);
    }

    [Fact]
    public void Mark_of_a_pdf_may_stand_a_little_later_where_it_is_said_to_be_one()
    {
        byte[] late = [.. "\n\njunk\n"u8, .. Fixture.Read("columns.pdf")];

        Assert.Equal(DocumentKind.Pdf, DocumentFormats.Detect(late, "a.pdf", null));
    }

    [Theory]
    [InlineData("%PDF-1.7")]
    [InlineData("%PDF-1.7\ntrailer\n<< /Root 1 0 R >>\n")]
    [InlineData("%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type /Pages /Kids [2 0 R] /Count 1 >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF")]
    [InlineData("%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n3 0 obj\n<< /Type /Pages /Kids [2 0 R] /Count 1 >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF")]
    [InlineData("%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n2 0 R\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF")]
    public void Pdf_whose_objects_lead_in_a_circle_or_nowhere_is_refused(string pdf)
    {
        var refusal = Assert.Throws<DocumentException>(() => Parse(pdf, "a.pdf"));

        Assert.Contains(refusal.Code, new[] { DocumentErrorCode.Malformed, DocumentErrorCode.NoText });
    }

    [Theory]
    [InlineData("o\uFB03ce \uFB02ow", "office flow")]
    [InlineData("a\u00A0b", "a b")]
    public void Ligatures_and_spaces_are_mended(string line, string mended) => Assert.Equal(mended, PdfText.Mend(line));

    [Theory]
    [InlineData("the Donau-|dampf", "the Donaudampf")]
    [InlineData("soft\u00AD|ware", "software")]
    [InlineData("North-|South", "North- South")]
    [InlineData("1-|a", "1- a")]
    [InlineData("-|a", "- a")]
    [InlineData("one|two", "one two")]
    public void Words_that_were_divided_are_joined(string lines, string joined) => Assert.Equal(joined, PdfText.Join(lines.Split('|')));
}
