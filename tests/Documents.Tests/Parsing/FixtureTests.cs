using System.Text;
using System.Text.Json.Nodes;
using Jobs.Documents.Parsing;

namespace Jobs.Documents.Tests.Parsing;

public sealed class FixtureTests
{
    public static TheoryData<string> Names => [.. Fixture.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void Document_is_read_as_pinned(string name)
    {
        var document = DocumentParser.Parse(Fixture.Read(name), name, null, CancellationToken.None);

        using var json = new MemoryStream();
        ParsedDocumentJson.Write(json, document);
        var actual = Encoding.UTF8.GetString(json.ToArray());
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(Fixture.Expected(name)), JsonNode.Parse(actual)), actual);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Document_is_read_alike_without_a_name_unless_only_the_name_tells_its_format(string name)
    {
        var format = DocumentParser.Parse(Fixture.Read(name), null, null, CancellationToken.None).Format;

        Assert.Equal(Path.GetExtension(name) is ".md" or ".csv" ? "txt" : Path.GetExtension(name)[1..], format);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Sections_cover_the_text_and_begin_with_their_headings(string name)
    {
        var document = DocumentParser.Parse(Fixture.Read(name), name, null, CancellationToken.None);

        Assert.Equal(document.Text, string.Concat(document.Sections.Select(section => document.Text.Substring(section.Start, section.Length))));
        Assert.All(document.Sections, section =>
        {
            Assert.Equal(section.Heading is null, section.Level == 0);
            Assert.StartsWith(section.Heading ?? "", document.Text[section.Start..], StringComparison.Ordinal);
        });
        Assert.All(document.Text, c => Assert.True(!char.IsControl(c) || c is '\n' or '\t'));
    }

    [Fact]
    public void Document_as_json_is_one_line_and_read_back_the_same()
    {
        var document = DocumentParser.Parse(Fixture.Read("agreement.docx"), null, null, CancellationToken.None);
        using var json = new MemoryStream();
        ParsedDocumentJson.Write(json, document);

        var read = ParsedDocumentJson.Read(json.ToArray());

        Assert.DoesNotContain((byte)'\n', json.ToArray());
        Assert.Equal(document.Text, read.Text);
        Assert.Equal(document.Sections, read.Sections);
        Assert.Equal(document.Tables.SelectMany(table => table.Rows.SelectMany(row => row)), read.Tables.SelectMany(table => table.Rows.SelectMany(row => row)));
        Assert.Equal((document.Title, document.Words, document.Language), (read.Title, read.Words, read.Language));
    }

    [Theory]
    [InlineData("""{"format":"txt","text":"abc","words":1}""")]
    [InlineData("""{"format":"txt","text":"abc","words":1,"sections":[{"level":0,"start":0,"length":4}]}""")]
    [InlineData("""{"format":"txt","text":"abc","words":1,"sections":[{"level":0,"start":1,"length":2}]}""")]
    [InlineData("""{"error":{"code":"malformed","message":"No."}}""")]
    [InlineData("null")]
    public void Json_that_is_no_document_is_refused(string json) =>
        Assert.Throws<System.Text.Json.JsonException>(() => ParsedDocumentJson.Read(Encoding.UTF8.GetBytes(json)));
}
