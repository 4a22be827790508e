using System.Net;
using System.Text;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using Jobs.Documents.Html;
using Markdig;
using Markdig.Extensions.EmphasisExtras;

namespace Jobs.Documents.Tests.Html;

/// <summary>What is written is also read again, by a Markdown library, to see that it means what the page meant.</summary>
public sealed class MarkdownTests
{
    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder().UsePipeTables().UseEmphasisExtras(EmphasisExtraOptions.Strikethrough).UseTaskLists().UseFootnotes().Build();

    [Theory]
    [InlineData("<h2>Head #</h2><p>a  b</p>", "## Head \\#\n\na b")]
    [InlineData("<p>a<br>b<br><br>- c</p>", "a\\\nb\\\n\\- c")]
    [InlineData("<ul><li>a<ul><li>b<li>c</ul><li>d</ul>", "- a\n\n  - b\n  - c\n\n- d")]
    [InlineData("<ol start=9><li>a<li><p>b</p><p>c</p></ol>", "9. a\n10. b\n\n    c")]
    [InlineData("<ul><li>a</ul><ul><li>b</ul>", "- a\n\n* b")]
    [InlineData("<ul><li></li><li>a</li></ul>", "- a")]
    [InlineData("<blockquote><p>a</p><blockquote>b</blockquote></blockquote><p>c</p>", "> a\n> >\n> > b\n\nc")]
    [InlineData("<p><a href='/x y(1)'>l [i] nk</a>!<a href=z>t</a></p>", "[l \\[i\\] nk](https://site.test/x%20y%281%29)\\![t](https://site.test/folder/z)")]
    [InlineData("<a href=/x><h3>Head</h3><p>text</p></a>", "### [Head](https://site.test/x)\n\n[text](https://site.test/x)")]
    [InlineData("<p><a href='javascript:x'>a</a> <a href=/e></a>b</p>", "a b")]
    [InlineData("<p><img src=/i.png alt='An [image]'><img src=/no.png alt=''><img alt='only text'></p>", "![An \\[image\\]](https://site.test/i.png)only text")]
    [InlineData("<pre class=language-c#><code>a &lt; b\n\n``` x\n</code></pre>", "````c#\na < b\n\n``` x\n````")]
    [InlineData("<pre><code class='x lang-py'>p</code></pre>", "```py\np\n```")]
    [InlineData("<p>Use <code>a `b` c</code> and <kbd>x|y</kbd></p>", "Use ``a `b` c`` and `x|y`")]
    [InlineData("<table><tr><th>a|b<th>c<tr><td><p>1</p><p>2</p><td><code>x|y</code></table>", "| a\\|b | c |\n| --- | --- |\n| 1 2 | `x\\|y` |")]
    [InlineData("<table><tr><td colspan=2>a<td rowspan=2>b<tr><td>1<td>2</table>", "| a |  | b |\n| --- | --- | --- |\n| 1 | 2 |  |")]
    [InlineData("<table><tr><td>only<tr><td><p>layout</p></table>", "only\n\nlayout")]
    [InlineData("<dl><dt>Term<dd>Meaning</dl>", "Term\n\n- Meaning")]
    [InlineData("<p>1. a</p><p>2) b</p><p>12 c</p><p># d</p><p>+ e</p><p>a &amp; b &amp;amp;</p>", "1\\. a\n\n2\\) b\n\n12 c\n\n\\# d\n\n\\+ e\n\na \\& b \\&amp;")]
    [InlineData("a<hr>b", "a\n\n___\n\nb")]
    public void Html_becomes(string html, string markdown) => Assert.Equal(markdown, Read(html).Markdown);

    [Fact]
    public void Text_never_becomes_markup()
    {
        // Fixed seed: a failure is found again.
        var random = new Random(20261130);
        const string Characters = "ab1 .)(-+=*_#>|`~[]<&!\\:;/\n";
        for (var round = 0; round < 700; round++)
        {
            var text = new StringBuilder();
            for (var i = random.Next(1, 24); i > 0; i--)
            {
                text.Append(Characters[random.Next(Characters.Length)]);
            }

            var words = string.Join(' ', text.ToString().Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries));
            var html = string.Join("<br>", text.ToString().Split('\n').Select(WebUtility.HtmlEncode));
            var markdown = Read($"<p>{html}</p>").Markdown;
            var body = Parse(markdown);

            Assert.True(body.QuerySelectorAll("*").All(element => element.LocalName is "p" or "br"), $"{text} became {markdown}");
            Assert.Equal(words, Words(body.TextContent));
        }
    }

    [Theory]
    [InlineData("<td>")]
    [InlineData("<h2>")]
    [InlineData("<li>")]
    public void Text_never_becomes_markup_within(string tag)
    {
        var random = new Random(7);
        const string Characters = "ab1 .)-+=*_#>|`~[]<&!\\";
        var name = tag.Trim('<', '>');
        for (var round = 0; round < 200; round++)
        {
            var text = "x" + string.Concat(Enumerable.Range(0, random.Next(0, 12)).Select(_ => Characters[random.Next(Characters.Length)])) + "x";
            var inner = $"{tag}{WebUtility.HtmlEncode(text)}</{name}>";
            var html = name switch { "td" => $"<table><tr><td>a</td>{inner}</tr></table>", "li" => $"<ul>{inner}</ul>", _ => inner };
            var body = Parse(Read(html).Markdown);

            Assert.DoesNotContain(body.QuerySelectorAll("*"), element => element.LocalName is not ("p" or "h2" or "ul" or "li" or "table" or "thead" or "tbody" or "tr" or "th"));
            Assert.Equal(Words((name == "td" ? "a " : "") + text), Words(body.TextContent));
        }
    }

    [Fact]
    public void Structure_is_read_back_as_it_was()
    {
        var body = Parse(Read("""
            <h1>T</h1><ul><li>a<ol><li>b<li><p>c</p><pre><code class=language-js>let x = "`";</code></pre></ol></li><li><blockquote><p>q</p><ul><li>r</ul></blockquote></ul>
            <table><thead><tr><th>x<th>y</thead><tbody><tr><td>1<td><a href=/l>l</a></tbody></table>
            """).Markdown);

        Assert.Equal("let x = \"`\";", body.QuerySelector("ul > li > ol > li:nth-child(2) > pre > code.language-js")!.TextContent.Trim());
        Assert.Equal("r", body.QuerySelector("ul > li:nth-child(2) > blockquote > ul > li")!.TextContent.Trim());
        Assert.Equal("https://site.test/l", body.QuerySelector("tbody td:nth-child(2) > a")!.GetAttribute("href"));
    }

    [Fact]
    public void Nesting_beyond_the_limit_is_shown_at_the_limit()
    {
        const int Deep = HtmlLimits.MaxShownNesting + 5;
        var markdown = Read(string.Concat(Enumerable.Repeat("<blockquote>", Deep)) + "x").Markdown;

        Assert.Equal(string.Concat(Enumerable.Repeat("> ", HtmlLimits.MaxShownNesting)) + "x", markdown);
    }

    [Theory]
    [InlineData(HtmlLimits.MaxTableColumns, HtmlLimits.MaxTableColumns, false)]
    [InlineData(HtmlLimits.MaxTableColumns + 1, HtmlLimits.MaxTableColumns, true)]
    public void Table_has_at_most_so_many_columns(int columns, int shown, bool isCut)
    {
        var page = Read("<table><tr>" + string.Concat(Enumerable.Repeat("<td>x", columns)) + "</table>");

        Assert.Equal(shown, page.Markdown.Split('\n')[0].Count(c => c == 'x'));
        Assert.Equal(isCut, page.IsCut);
    }

    [Fact]
    public void Long_paragraph_becomes_several()
    {
        var page = Read("<p>" + new string('x', HtmlLimits.MaxBlockCharacters + 1) + "</p>");

        Assert.Equal(new string('x', HtmlLimits.MaxBlockCharacters) + "\n\nx", page.Text);
        Assert.False(page.IsCut);
    }

    [Fact]
    public void Output_ends_at_the_limit()
    {
        var page = Read(string.Concat(Enumerable.Repeat("<p>" + new string('x', 90_000) + "</p>", 20)));

        Assert.InRange(page.Text.Length, 900_000, HtmlLimits.MaxOutputCharacters);
        Assert.InRange(page.Markdown.Length, 900_000, HtmlLimits.MaxOutputCharacters);
        Assert.True(page.IsCut);
    }

    [Fact]
    public void Code_that_does_not_fit_is_closed_all_the_same()
    {
        var page = Read("<pre>" + string.Concat(Enumerable.Repeat(new string('x', 1_000) + "\n", 1_500)) + "</pre>");

        Assert.True(page.IsCut);
        Assert.EndsWith("\n```", page.Markdown);
    }

    private static HtmlPage Read(string html) => HtmlReader.Read("<body>" + html, new Uri("https://site.test/folder/page"));

    private static IElement Parse(string markdown) => new HtmlParser().ParseDocument(Markdown.ToHtml(markdown, Pipeline)).Body!;

    private static string Words(string text) => string.Join(' ', text.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries));
}
