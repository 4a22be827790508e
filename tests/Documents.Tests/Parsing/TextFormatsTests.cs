using System.Text;
using Jobs.Documents.Parsing;
using static Jobs.Documents.Tests.Parsing.Refusals;

namespace Jobs.Documents.Tests.Parsing;

public sealed class TextFormatsTests
{
    private const string Umlauts = "Die Königin über den Flüssen möchte größere Brücken für müde Füße.";

    public static TheoryData<string> Encodings => ["utf-8", "utf-16", "utf-16BE", "utf-32", "windows-1252"];

    [Theory]
    [MemberData(nameof(Encodings))]
    public void Text_is_read_in_its_encoding(string name)
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        var encoding = Encoding.GetEncoding(name);

        Assert.Equal(Umlauts, Parse([.. encoding.Preamble, .. encoding.GetBytes(Umlauts)], "a.txt").Text);
    }

    [Fact]
    public void Utf16_without_a_mark_is_told_by_its_zeros() => Assert.Equal(Umlauts, Parse(Encoding.Unicode.GetBytes(Umlauts), null).Text);

    [Fact]
    public void Charset_that_the_sender_names_is_taken_where_the_bytes_are_not_utf8()
    {
        byte[] greek = [0xC1, 0xE2, 0xE3];

        Assert.Equal("Αβγ", DocumentParser.Parse(greek, null, "text/plain; charset=iso-8859-7", default).Text);
        Assert.Equal("é", DocumentParser.Parse("é"u8.ToArray(), null, "text/plain; charset=iso-8859-7", default).Text);
        Assert.NotEmpty(DocumentParser.Parse(greek, null, "text/plain; charset=no-such", default).Text);
    }

    [Theory]
    [InlineData("a\r\nb\rc\u2028d\u0085e\ff", "a\nb\nc\nd\ne\nf")]
    [InlineData("a\tb", "a\tb")]
    [InlineData("a\uFEFFb\U000E0041c", "abc")]
    [InlineData("some words and then a bell\u0007 rings, which nobody hears in a text of this length", "some words and then a bell rings, which nobody hears in a text of this length")]
    [InlineData("\u202Ea\u202C", "\u202Ea\u202C")]
    [InlineData("😀", "😀")]
    public void Text_has_one_kind_of_line_end_and_nothing_invisible(string text, string expected) => Assert.Equal(expected, Parse(text, "a.txt").Text);

    [Fact]
    public void Characters_that_no_encoding_has_become_the_replacement() => Assert.Equal("a\uFFFDb", Parse([.. "\uFEFFa"u8, 0xED, .. "b"u8], "a.txt").Text);

    [Fact]
    public void Directions_are_kept_out_of_headings_and_titles()
    {
        var document = Parse("# \u202Egpj.exe\u202C\n\ntext", "a.md");

        Assert.Equal(("gpj.exe", "gpj.exe"), (document.Title, document.Sections[0].Heading));
        Assert.StartsWith("gpj.exe", document.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a,b\n1,2")]
    [InlineData("a;b\n1;2")]
    [InlineData("a\tb\n1\t2")]
    [InlineData("a|b\n1|2")]
    [InlineData("\"a\",b\r\n\"1\",2\r\n")]
    public void Delimiter_is_detected(string csv) => Assert.Equal(["a", "b", "1", "2"], Parse(csv, "a.csv").Tables[0].Rows.SelectMany(row => row));

    [Theory]
    [InlineData("a,\"b")]
    [InlineData("\"a\"b,c\n\"")]
    [InlineData("a,b,c\nd\n,,,,e")]
    public void Csv_that_is_broken_is_read_as_it_stands(string csv) => Assert.Contains("a", Parse(csv, "a.csv").Text, StringComparison.Ordinal);

    [Fact]
    public void Json_that_is_malformed_is_refused_with_its_place() => Assert.StartsWith(
        "The JSON is malformed at line 2, byte ", Refuse("{\n \"a", "a.json", DocumentErrorCode.Malformed).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("{}")]
    [InlineData("[[], {}]")]
    public void Json_without_a_value_has_no_text(string json) => Refuse(json, "a.json", DocumentErrorCode.NoText);

    [Fact]
    public void Json_of_more_members_than_sections_goes_on_as_lines()
    {
        var document = Parse("{" + string.Join(',', Enumerable.Range(0, DocumentLimits.MaxSections + 1).Select(i => $"\"m{i}\":{{\"v\":{i}}}")) + "}", "a.json");

        Assert.Equal(DocumentLimits.MaxSections, document.Sections.Count);
        Assert.EndsWith($"m{DocumentLimits.MaxSections}.v: {DocumentLimits.MaxSections}", document.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Html_that_has_no_main_content_is_read_whole() =>
        Assert.Equal("One\n\ntwo", Parse("<html><body><div>One</div><div>two</div></body></html>", "a.html").Text);

    [Theory]
    [InlineData("<p hidden>no</p>")]
    [InlineData("<p aria-hidden='TRUE'>no</p>")]
    [InlineData("<p style='color:red; Display : none'>no</p>")]
    [InlineData("<p style='visibility:hidden'>no</p>")]
    [InlineData("<template>no</template>")]
    [InlineData("<noscript>no</noscript>")]
    [InlineData("<svg><text>no</text></svg>")]
    public void Html_that_is_not_seen_is_left_out(string hidden) => Assert.Equal("seen", Parse($"<html><body>{hidden}<p>seen</p></body></html>", "a.html").Text);

    [Fact]
    public void Charset_of_a_page_is_the_one_that_it_names()
    {
        var page = Encoding.Latin1.GetBytes("<html><head><meta charset=\"windows-1251\"></head><body><p>").Concat(new byte[] { 0xCF, 0xF0, 0xE8 }).ToArray();

        Assert.Equal("При", Parse(page, "a.html").Text);
    }
}
