using System.Text;
using Jobs.Documents.Html;
using Xunit.Abstractions;

namespace Jobs.Documents.Tests.Html;

/// <summary>Pages that are made to cost much. The limit is far above what each takes (the output says it) and far below what it would take without bounds.</summary>
public sealed class HostileHtmlTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public static TheoryData<string> Names => new(Pages.Keys);

    private static Dictionary<string, Func<string>> Pages { get; } = new()
    {
        ["elements 100,000 deep"] = () => Repeat("<div>", 100_000) + "x",
        ["elements 100,000 deep, closed"] = () => Repeat("<div>", 100_000) + "x" + Repeat("</div>", 100_000),
        ["inline elements 100,000 deep"] = () => Repeat("<span>", 100_000) + "x",
        ["unknown elements 100,000 deep"] = () => Repeat("<x-y>", 100_000) + "x",
        ["lists 100,000 deep"] = () => Repeat("<ul><li>", 50_000) + "x",
        ["quotes 100,000 deep"] = () => Repeat("<blockquote>", 100_000) + "x",
        ["tables 50,000 deep"] = () => Repeat("<table><tr><td>", 50_000) + "x",
        ["tables that close nothing"] = () => Repeat("<div><table><tr><td></div>", 50_000) + "x",
        ["formatting of different kinds, never closed"] = () => string.Concat(Enumerable.Range(0, 50_000).Select(i => $"<p><font color={i}>x")),
        ["formatting that is misnested"] = () => Repeat("<b><div></b>", 50_000) + "x",
        ["links that are misnested"] = () => Repeat("<a href=/x><div>y", 50_000),
        ["forms that are misnested"] = () => Repeat("<form><div></form>", 50_000) + "x",
        ["bodies that close nothing"] = () => Repeat("<body><div></body>", 50_000) + "x",
        ["forms and headings that close each other"] = () => Repeat("<h1><h2></h3><form></h1>", 30_000),
        ["selects and options"] = () => "<select>" + Repeat("<option>a<optgroup>", 50_000),
        ["end tags of nothing"] = () => Repeat("</p></div></b>", 80_000),
        ["an attribute of 1 MB"] = () => $"<p title=\"{new string('a', 1_000_000)}\" class=\"{Repeat("b ", 400_000)}\">x</p><a href=\"/{new string('c', 500_000)}\">y</a>",
        ["100,000 attributes"] = () => "<p " + string.Join(' ', Enumerable.Range(0, 100_000).Select(i => $"a{i}=1")) + ">x</p>",
        ["an attribute 100,000 times"] = () => "<p " + Repeat("class=x ", 100_000) + ">x</p>",
        ["entities"] = () => Repeat("&amp;&lt;&notin;&#x1F600;&#0;&#xFFFFFFFF;", 40_000),
        ["ampersands"] = () => new string('&', 1_500_000),
        ["open brackets"] = () => new string('<', 1_500_000),
        ["a comment that does not end"] = () => "<!--" + Repeat("-- >", 400_000),
        ["a script that does not end"] = () => "<script>" + Repeat("</scrip", 200_000),
        ["one table of 50,000 cells"] = () => "<table>" + Repeat("<tr><td colspan=100 rowspan=60000>x<td>y", 16_000) + "</table>",
        ["one paragraph of 2 MB without a space"] = () => "<p>" + new string('x', 2_000_000),
        ["backticks"] = () => "<pre>" + Repeat("`` ` ", 300_000) + "</pre><code>" + new string('`', 500_000) + "</code>",
        ["10,000 links"] = () => string.Concat(Enumerable.Range(0, 10_000).Select(i => $"<li><a href=/p{i}?a=b&amp;c=d>link {i}</a>")),
        ["2,900 small elements, which are looked through for an article"] = () => Repeat("<div>hello, there is a text in it, which is long enough, is it not</div>", 2_900),
        ["a title of two lines"] = () => $"<title>a | b\n{new string('x', 450_000)}</title><p>x",
        ["meta names of spaces"] = () => $"<meta name=\"{new string(' ', 450_000)}\" content=\"{new string(' ', 20_000)}\"><p>x",
        ["spaces in code"] = () => $"<pre>x{new string(' ', 450_000)}y</pre>",
        ["line breaks in code"] = () => $"<article><pre>x{Repeat(" \n", 200_000)}y</pre></article>",
        ["commas"] = () => $"<article><p>{Repeat("a, ", 150_000)}</article>",
        ["an ordinary page of 2.3 MB"] = () => "<main>" + Repeat(
            "<h2>A heading</h2><p>Some <b>words</b> with <a href=/a/page>a link</a>, and some more of them, so that it reads like a paragraph of a real page.</p><ul><li>one<li>two</ul>", 13_500),
        ["a text of 490 KB that is looked through for an article"] = () => Repeat("<div><span>a, ", 50) + new string('y', 490_000),
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void Page_costs_little_time(string name)
    {
        var html = Pages[name]();
        var before = ThreadTime.Now;

        var page = HtmlReader.Read(html, new Uri("https://site.test/"));

        var time = ThreadTime.Now - before;
        output.WriteLine($"{name}: {html.Length:N0} characters, {time.TotalMilliseconds:N0} ms, text {page.Text.Length:N0}, cut {page.IsCut}");
        Assert.InRange(time, TimeSpan.Zero, Limit);
        Assert.InRange(page.Text.Length, 0, HtmlLimits.MaxOutputCharacters);
        Assert.InRange(page.Markdown.Length, 0, HtmlLimits.MaxOutputCharacters);
    }

    [Theory]
    [InlineData(HtmlLimits.MaxElements - 3, false)]
    [InlineData(HtmlLimits.MaxElements + 1, true)]
    public void Elements_are_read_up_to_the_limit(int elements, bool isCut) =>
        Assert.Equal(isCut, HtmlReader.Read(Repeat("<i></i>", elements) + "x", new Uri("https://site.test/")).IsCut);

    [Fact]
    public void Text_of_elements_that_are_too_deep_is_kept()
    {
        var page = HtmlReader.Read(Repeat("<div>", 1_000) + "deep" + Repeat("</div>", 1_000) + "<p>after</p>", new Uri("https://site.test/"));

        Assert.Equal("deep\n\nafter", page.Text);
        Assert.True(page.IsCut);
    }

    [Fact]
    public void Long_page_with_tags_that_nobody_closes_is_not_cut()
    {
        var page = HtmlReader.Read(
            "<table>" + Repeat("<tr><td>a<td>b", 2_000) + "</table><ul>" + Repeat("<li>c<p>d", 2_000) + "</ul><dl>" + Repeat("<dt>e<dd>f", 1_000) + "</dl>" + Repeat("<p>g<br>h", 1_000),
            new Uri("https://site.test/"));

        Assert.False(page.IsCut);
        Assert.Equal(2_000, page.Text.Split('\n').Count(line => line == "a | b"));
        Assert.Equal(1_000, page.Text.Split('\n').Count(line => line == "g"));
    }

    [Fact]
    public void Anchors_that_nobody_closes_are_all_read() =>
        Assert.Equal(100, HtmlReader.Read(string.Concat(Enumerable.Range(0, 100).Select(i => $"<p><a href=/{i}>{i}")), new Uri("https://site.test/")).Links.Count);

    [Theory]
    [InlineData(HtmlLimits.MaxOpenFormatting, false)]
    [InlineData(HtmlLimits.MaxOpenFormatting + 1, true)]
    public void Formatting_is_open_up_to_the_limit(int count, bool isCut) =>
        Assert.Equal(isCut, HtmlReader.Read(Repeat("<b>", count) + "x", new Uri("https://site.test/")).IsCut);

    [Theory]
    [InlineData(HtmlLimits.MaxCharacters, false)]
    [InlineData(HtmlLimits.MaxCharacters + 1, true)]
    public void Characters_are_read_up_to_the_limit(int characters, bool isCut)
    {
        var html = new StringBuilder("<p>x</p>").Append(' ', characters - "<p>x</p>".Length).ToString();

        Assert.Equal(isCut, HtmlReader.Read(html, null).IsCut);
    }

    private static string Repeat(string text, int count) => new StringBuilder(text.Length * count).Insert(0, text, count).ToString();
}
