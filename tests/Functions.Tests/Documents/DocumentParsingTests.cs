using Jobs.Documents.Parsing;
using Jobs.Functions.Documents;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Functions.Tests.Documents;

/// <summary>The app with the reader that its build has put beside it.</summary>
public sealed class DocumentParsingTests
{
    [Theory]
    [InlineData("agreement.docx", "docx")]
    [InlineData("inventory.xlsx", "xlsx")]
    [InlineData("slides.pptx", "pptx")]
    [InlineData("agreement.pdf", "pdf")]
    [InlineData("article.html", "html")]
    [InlineData("release-notes.md", "md")]
    [InlineData("people.csv", "csv")]
    public async Task App_parses_documents_of_every_format(string name, string format)
    {
        await using var app = await TestApp.StartAsync();

        var document = await app.Services.GetRequiredService<DocumentParsing>().ParseAsync("acme", DocumentFixture.Read(name), name, contentType: null, CancellationToken.None);

        Assert.Equal(format, document.Format);
        Assert.Equal(DocumentParser.Parse(DocumentFixture.Read(name), name, contentType: null, CancellationToken.None).Text, document.Text);
    }

    [Theory]
    [InlineData("locked.pdf", "a.pdf", DocumentErrorCode.Encrypted)]
    [InlineData("agreement.docx", "a.pdf", DocumentErrorCode.FormatMismatch)]
    public async Task Document_that_cannot_be_read_is_refused_in_the_parsers_words(string fixture, string name, DocumentErrorCode code)
    {
        await using var app = await TestApp.StartAsync();

        var refusal = await Assert.ThrowsAsync<DocumentException>(() =>
            app.Services.GetRequiredService<DocumentParsing>().ParseAsync("acme", DocumentFixture.Read(fixture), name, contentType: null, CancellationToken.None));

        Assert.Equal(code, refusal.Code);
    }
}
