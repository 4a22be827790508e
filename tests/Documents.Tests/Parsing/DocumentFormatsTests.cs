using System.Text;
using Jobs.Documents.Parsing;
using static Jobs.Documents.Tests.Parsing.Refusals;

namespace Jobs.Documents.Tests.Parsing;

public sealed class DocumentFormatsTests
{
    [Theory]
    [InlineData("a line", null, null, "txt")]
    [InlineData("a line", "a.log", null, "txt")]
    [InlineData("a line", "a.unknown", "application/octet-stream", "txt")]
    [InlineData("# a", "a.MD", null, "md")]
    [InlineData("# a", null, "text/markdown; charset=utf-8", "md")]
    [InlineData("# a", "a.txt", "text/markdown", "md")]
    [InlineData("a,b", "a.csv", "text/plain", "csv")]
    [InlineData("a,b", null, "text/csv", "csv")]
    [InlineData("{\"a\": 1}", null, null, "json")]
    [InlineData("{\"a\": 1", null, null, "txt")]
    [InlineData("[1]", "a.csv", null, "csv")]
    [InlineData("<!DOCTYPE html><p>a", null, null, "html")]
    [InlineData("\uFEFF \n<html><p>a", "a.txt", "text/plain", "html")]
    [InlineData("<?xml version='1.0'?><!DOCTYPE x><html><p>a</p></html>", null, null, "html")]
    [InlineData("<html> is a tag", "a.md", null, "md")]
    [InlineData("We speak of %PDF- here.", "a.txt", null, "txt")]
    public void Text_is_told_by_its_content_and_then_by_what_is_said(string text, string? name, string? type, string format) =>
        Assert.Equal(format, DocumentFormats.Detect(Encoding.UTF8.GetBytes(text), name, type).Word());

    [Theory]
    [InlineData("agreement.docx", "a.pdf", null)]
    [InlineData("agreement.docx", null, "application/pdf")]
    [InlineData("agreement.docx", "a.docx", "application/pdf")]
    [InlineData("agreement.docx", "a.txt", null)]
    [InlineData("agreement.docx", "a.xlsx", null)]
    [InlineData("agreement.pdf", "a.html", null)]
    [InlineData("inventory.xlsx", "a.pptx", null)]
    [InlineData("people.csv", "a.pdf", null)]
    [InlineData("people.csv", null, "application/vnd.openxmlformats-officedocument.wordprocessingml.document")]
    [InlineData("article.html", "a.json", null)]
    [InlineData("article.html", "a.csv", null)]
    public void Content_that_is_not_what_is_said_is_refused(string fixture, string? name, string? type) => Assert.Equal(
        DocumentErrorCode.FormatMismatch,
        Assert.Throws<DocumentException>(() => DocumentFormats.Detect(Fixture.Read(fixture), name, type)).Code);

    [Fact]
    public void Name_that_lies_is_told_in_a_sentence() => Assert.Equal(
        "The document is a pdf by its name, but its content is a docx.",
        Refuse(Fixture.Read("agreement.docx"), "a.pdf", DocumentErrorCode.FormatMismatch).Message);

    [Theory]
    [InlineData(new byte[] { 0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A }, "image")]
    [InlineData(new byte[] { 0xFF, 0xD8, 0xFF, 0xE0 }, "image")]
    [InlineData(new byte[] { 0x1F, 0x8B, 8, 0 }, "archive")]
    [InlineData(new byte[] { 0x7F, 0x45, 0x4C, 0x46, 2, 1, 1 }, "program")]
    [InlineData(new byte[] { 0, 0, 0, 0 }, "no document")]
    [InlineData(new byte[] { 0x7B, 0x5C, 0x72, 0x74, 0x66, 0x31, 0x7D }, ".docx")]
    public void Format_that_is_not_read_is_named(byte[] content, string word) =>
        Assert.Contains(word, Refuse(content, null, DocumentErrorCode.UnsupportedFormat).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("WordDocument", DocumentErrorCode.UnsupportedFormat, ".docx")]
    [InlineData("Workbook", DocumentErrorCode.UnsupportedFormat, ".xlsx")]
    [InlineData("PowerPoint Document", DocumentErrorCode.UnsupportedFormat, ".pptx")]
    [InlineData("Something", DocumentErrorCode.UnsupportedFormat, "old Office")]
    [InlineData("EncryptedPackage", DocumentErrorCode.Encrypted, "password")]
    public void Compound_file_is_told_by_what_is_in_it(string entry, DocumentErrorCode code, string word)
    {
        var file = new byte[2048];
        new byte[] { 0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1 }.CopyTo(file, 0);
        Encoding.Unicode.GetBytes(entry).CopyTo(file, 1024 + 128);

        Assert.Contains(word, Refuse(file, "a.docx", code).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void OpenDocument_is_named_with_what_to_save_it_as()
    {
        var file = new OfficeFile().Add("mimetype", "application/vnd.oasis.opendocument.text").Add("content.xml", "<a/>").ToBytes();

        Assert.Contains(".docx", Refuse(file, "a.odt", DocumentErrorCode.UnsupportedFormat).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Archive_that_is_no_document_is_refused() => Refuse(new OfficeFile().Add("a.txt", "a").ToBytes(), null, DocumentErrorCode.UnsupportedFormat);

    [Fact]
    public void Empty_document_has_no_text() => Refuse([], "a.txt", DocumentErrorCode.NoText);

    [Fact]
    public void Document_of_the_most_bytes_is_looked_at_and_one_of_more_is_not()
    {
        var content = new byte[DocumentLimits.MaxBytes + 1];
        content.AsSpan().Fill((byte)'a');

        Assert.Equal(DocumentKind.Text, DocumentFormats.Detect(content.AsMemory(1), null, null));
        Assert.Equal(DocumentErrorCode.TooLarge, Assert.Throws<DocumentException>(() => DocumentFormats.Detect(content, null, null)).Code);
    }

    [Fact]
    public async Task Stream_is_read_up_to_the_most_bytes()
    {
        Assert.Equal(DocumentLimits.MaxBytes, (await DocumentParser.ReadAsync(new MemoryStream(new byte[DocumentLimits.MaxBytes]), default)).Length);
        var refusal = await Assert.ThrowsAsync<DocumentException>(() => DocumentParser.ReadAsync(new MemoryStream(new byte[DocumentLimits.MaxBytes + 1]), default));
        Assert.Equal(DocumentErrorCode.TooLarge, refusal.Code);
    }

    [Theory]
    [InlineData(DocumentKind.Text, false)]
    [InlineData(DocumentKind.Csv, false)]
    [InlineData(DocumentKind.Json, false)]
    [InlineData(DocumentKind.Html, true)]
    [InlineData(DocumentKind.Word, true)]
    [InlineData(DocumentKind.Workbook, true)]
    [InlineData(DocumentKind.Presentation, true)]
    [InlineData(DocumentKind.Pdf, true)]
    public void Format_whose_parser_cannot_be_bounded_needs_a_process(DocumentKind format, bool needs) => Assert.Equal(needs, DocumentFormats.NeedsProcess(format, 1));

    [Fact]
    public void Markdown_needs_a_process_past_its_limit()
    {
        Assert.False(DocumentFormats.NeedsProcess(DocumentKind.Markdown, DocumentLimits.MaxMarkdownBytesInProcess));
        Assert.True(DocumentFormats.NeedsProcess(DocumentKind.Markdown, DocumentLimits.MaxMarkdownBytesInProcess + 1));
    }

    [Fact]
    public void Every_code_has_a_word_of_its_own_that_leads_back_to_it()
    {
        Assert.All(Enum.GetValues<DocumentErrorCode>(), code => Assert.Equal(code, DocumentErrorCodes.FromWord(code.Word())));
        Assert.Null(DocumentErrorCodes.FromWord("unknown"));
    }
}
