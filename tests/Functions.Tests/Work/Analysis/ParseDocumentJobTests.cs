using System.IO.Compression;
using System.Text;
using Jobs.Documents.Parsing;
using Jobs.Documents.Tests.Parsing;
using Jobs.Functions.Tests.Documents;

namespace Jobs.Functions.Tests.Work.Analysis;

/// <summary>The job type PARSE_DOCUMENT.</summary>
public sealed class ParseDocumentJobTests
{
    private const string Type = "PARSE_DOCUMENT";

    [Fact]
    public async Task Documents_of_real_programs_are_read_whole()
    {
        await using var app = await AnalysisJobs.StartAsync();
        string[] names = ["agreement.docx", "inventory.xlsx", "slides.pptx", "agreement.pdf", "columns.pdf", "article.html", "release-notes.md", "people.csv", "order.json", "latin1.txt"];

        await Task.WhenAll(names.Select(async name =>
        {
            var format = Path.GetExtension(name)[1..];
            var result = await app.ResultOfAsync(Type, new { documentId = await app.UploadAsync(DocumentFixture.Read(name)), format });
            Assert.Equivalent(DocumentParser.Parse(DocumentFixture.Read(name), name, contentType: null, CancellationToken.None), result.ToDocument(), strict: true);
        }));
    }

    [Fact]
    public async Task Result_is_as_documented()
    {
        await using var app = await AnalysisJobs.StartAsync();

        var job = await app.DoJobAsync(Type, new { text = "# Prices\n\nThe prices of the next year are these.\n\n| Item | Price |\n|---|---|\n| Server | 120 |\n\n## Discounts\n\nThere are none.\n", format = "md" });

        Payload.AssertMatches("003-parse-document.json", job);
    }

    [Fact]
    public async Task Content_tells_the_format_where_none_is_given_and_pages_are_counted()
    {
        await using var app = await AnalysisJobs.StartAsync();

        var pdf = await app.ResultOfAsync(Type, await app.UploadFixtureAsync("agreement.pdf"));

        Assert.Equal(("pdf", true), (pdf.GetProperty("format").GetString(), pdf.GetProperty("pages").GetInt32() >= 1));
        Assert.All(pdf.GetProperty("sections").EnumerateArray(), section => Assert.InRange(section.GetProperty("page").GetInt32(), 1, pdf.GetProperty("pages").GetInt32()));
        Assert.Equal("json", (await app.ResultOfAsync(Type, new { text = """{"title":"Order"}""" })).GetProperty("format").GetString());
        Assert.Equal("txt", (await app.ResultOfAsync(Type, new { text = "A drink, hot" })).GetProperty("format").GetString());
    }

    [Fact]
    public async Task Hostile_files_end_in_an_error_that_says_why_and_shows_no_path()
    {
        await using var app = await AnalysisJobs.StartAsync();
        var paragraph = OfficeFile.Paragraph("a");
        (string What, byte[] Content, string? Format, string Error)[] files =
        [
            ("bomb", OfficeFile.Word("").Add("word/styles.xml", new byte[100 * 1024 * 1024], CompressionLevel.Optimal).ToBytes(), "docx", "16 MiB"),
            ("external entity", OfficeFile.Word(paragraph, "<!DOCTYPE w:document SYSTEM \"file:///etc/passwd\">").ToBytes(), null, "damaged"),
            ("entities of entities", OfficeFile.Word(paragraph, "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;\">]>").ToBytes(), null, "damaged"),
            ("deep page", Encoding.UTF8.GetBytes("<!doctype html>" + string.Concat(Enumerable.Repeat("<div>", 100_000))), null, "nested"),
            ("deep values", Encoding.UTF8.GetBytes(new string('[', DocumentLimits.MaxDepth + 1) + new string(']', DocumentLimits.MaxDepth + 1)), "json", "nested"),
            ("encrypted", DocumentFixture.Read("locked.pdf"), null, "password"),
            ("cut off", DocumentFixture.Read("agreement.docx")[..5_000], "docx", "damaged"),
            ("another format", DocumentFixture.Read("agreement.docx"), "pdf", "is a pdf by its name"),
            ("an image", [0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10], null, "image"),
            ("nothing but blanks", "  \n "u8.ToArray(), null, "no text"),
        ];

        await Task.WhenAll(files.Select(async file =>
        {
            var error = await app.ErrorOfAsync(Type, new { documentId = await app.UploadAsync(file.Content), format = file.Format });
            Assert.True(error.Contains(file.Error, StringComparison.OrdinalIgnoreCase), $"{file.What}: {error}");
            Assert.DoesNotContain(Path.GetTempPath(), error, StringComparison.Ordinal);
            Assert.DoesNotContain("Exception", error, StringComparison.Ordinal);
            Assert.DoesNotContain(".dll", error, StringComparison.Ordinal);
            Assert.DoesNotContain("/etc", error, StringComparison.Ordinal);
        }));
    }

    [Fact]
    public async Task Upload_that_the_organisation_does_not_have_is_none()
    {
        await using var app = await AnalysisJobs.StartAsync();
        var documentId = await app.UploadAsync("Tea is a drink."u8.ToArray());

        Assert.Equal($"There is no document {documentId}.", await app.ErrorOfAsync(Type, new { documentId }, AnalysisJobs.Bob));
        Assert.Equal("COMPLETED", (await app.DoJobAsync(Type, new { documentId })).Status());
    }

    [Fact]
    public async Task Text_of_as_many_characters_as_may_be_is_a_result_and_a_longer_one_an_error()
    {
        await using var app = await AnalysisJobs.StartAsync();
        // Each character takes three bytes.
        var text = new StringBuilder(DocumentLimits.MaxTextLength);
        while (text.Length < DocumentLimits.MaxTextLength)
        {
            text.Append('\u8336', Math.Min(99, DocumentLimits.MaxTextLength - text.Length - 1)).Append('\u3002');
        }

        var most = await app.ResultOfAsync(Type, new { documentId = await app.UploadAsync(Encoding.UTF8.GetBytes(text.ToString())) });
        Assert.Equal(DocumentLimits.MaxTextLength, most.GetProperty("text").GetString()!.Length);

        Assert.Contains("5000000", (await app.ErrorOfAsync(Type, new { documentId = await app.UploadAsync(Encoding.UTF8.GetBytes(text.Append('\u8336').ToString())) })).Replace(",", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Document_whose_tables_make_its_result_too_large_is_an_error()
    {
        await using var app = await AnalysisJobs.StartAsync();
        var rows = string.Concat(Enumerable.Repeat(new string('\u8336', 1_000) + "," + new string('\u8336', 1_000) + "\n", 1_500));

        Assert.Equal("The result has more than 16 MiB.", await app.ErrorOfAsync(Type, new { documentId = await app.UploadAsync(Encoding.UTF8.GetBytes(rows)), format = "csv" }));
    }

    [Fact]
    public async Task Input_that_breaks_a_rule_is_told()
    {
        await using var app = await AnalysisJobs.StartAsync();
        const string DocumentId = "upload_0000000000000000000000000000000000000000000000000000000000000000";

        Assert.Equal("'input' must have either 'documentId' or 'text'.", await app.ErrorsOfAsync(Type, new { }));
        Assert.Equal("'input' must have either 'documentId' or 'text'.", await app.ErrorsOfAsync(Type, new { documentId = DocumentId, text = "x" }));
        Assert.Equal("'input.documentId' must be the id of a document.", await app.ErrorsOfAsync(Type, new { documentId = "../x" }));
        Assert.Equal("'input.text' must not be blank.", await app.ErrorsOfAsync(Type, new { text = " \n" }));
        Assert.Equal("'input.format' must be one of: txt, md, html, csv, json, docx, xlsx, pptx, pdf.", await app.ErrorsOfAsync(Type, new { documentId = DocumentId, format = "doc" }));
        Assert.Equal("'input.format' must be one of: txt, md, html, csv, json.", await app.ErrorsOfAsync(Type, new { text = "x", format = "pdf" }));
        Assert.Equal("'input.text' is not what it must be: look up this type's input in the documentation.", await app.ErrorsOfAsync(Type, new { text = 7 }));
    }
}
