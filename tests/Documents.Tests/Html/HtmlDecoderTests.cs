using System.Text;
using Jobs.Documents.Html;

namespace Jobs.Documents.Tests.Html;

public sealed class HtmlDecoderTests
{
    private const string Umlauts = "Käse – größer";
    private static readonly Encoding Windows1251 = CodePagesEncodingProvider.Instance.GetEncoding(1251)!;
    private static readonly Encoding Windows1252 = CodePagesEncodingProvider.Instance.GetEncoding(1252)!;

    [Fact]
    public void Byte_order_mark_comes_first()
    {
        Assert.Equal(Umlauts, HtmlDecoder.Decode([0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(Umlauts)], "text/html; charset=iso-8859-1"));
        Assert.Equal(Umlauts, HtmlDecoder.Decode([0xFF, 0xFE, .. Encoding.Unicode.GetBytes(Umlauts)], "text/html; charset=utf-8"));
        Assert.Equal(Umlauts, HtmlDecoder.Decode([0xFE, 0xFF, .. Encoding.BigEndianUnicode.GetBytes(Umlauts)], null));
    }

    [Theory]
    [InlineData("text/html; charset=iso-8859-1")]
    [InlineData("text/html; charset=nonsense")]
    [InlineData("not a type")]
    [InlineData(null)]
    public void Utf8_is_seen_whatever_is_declared(string? contentType) => Assert.Equal(Umlauts, HtmlDecoder.Decode(Encoding.UTF8.GetBytes(Umlauts), contentType));

    [Fact]
    public void Header_comes_before_the_page_and_the_page_before_the_guess()
    {
        var cyrillic = Windows1251.GetBytes("<meta charset=windows-1252>Привет");
        Assert.EndsWith("Привет", HtmlDecoder.Decode(cyrillic, "text/html; charset=\"windows-1251\""));
        Assert.EndsWith("Привет", HtmlDecoder.Decode(Windows1251.GetBytes("<meta http-equiv=content-type content='text/html; charset=cp1251'>Привет"), "text/html"));
        Assert.Equal(Umlauts, HtmlDecoder.Decode(Windows1252.GetBytes(Umlauts), "text/html"));
    }

    [Fact]
    public void Wrong_declaration_of_utf8_is_not_believed() => Assert.Equal(Umlauts, HtmlDecoder.Decode(Windows1252.GetBytes(Umlauts), "text/html; charset=utf-8"));

    [Fact]
    public void Character_that_was_cut_does_not_change_the_rest()
    {
        var bytes = Encoding.UTF8.GetBytes("größe€");

        Assert.StartsWith("größe", HtmlDecoder.Decode(bytes.AsSpan(0, bytes.Length - 1), "text/html; charset=iso-8859-1", isCut: true));
    }

    [Fact]
    public void Declaration_behind_the_first_bytes_is_not_seen()
    {
        var html = new string(' ', HtmlLimits.CharsetSearchBytes) + "<meta charset=windows-1251>Привет";

        Assert.DoesNotContain("Привет", HtmlDecoder.Decode(Windows1251.GetBytes(html), null));
        Assert.Contains("Привет", HtmlDecoder.Decode(Windows1251.GetBytes(html.Trim()), null));
    }
}
