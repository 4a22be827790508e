using Jobs.Documents.Html;

namespace Jobs.Documents.Tests.Html;

public sealed class HtmlReaderTests
{
    private static readonly Uri Address = new("https://site.test/folder/page");

    [Fact]
    public void Head_says_what_the_page_says_about_itself()
    {
        var page = Read("""
            <html lang="de-AT"><head><title> A
             title </title><meta name="description" content="What  it is"><meta property="article:published_time" content="2026-03-01T10:00:00+02:00">
            <link rel="canonical" href="/canonical"><meta name=robots content="noindex, follow"></head><body><p>Text</p></body></html>
            """);

        Assert.Equal("A title", page.Title);
        Assert.Equal("What it is", page.Description);
        Assert.Equal("de", page.Language);
        Assert.Equal(new DateTimeOffset(2026, 3, 1, 10, 0, 0, TimeSpan.FromHours(2)), page.Published);
        Assert.Equal("https://site.test/canonical", page.Canonical);
        Assert.Equal(new IndexingRules(NoIndex: true, NoFollow: false), page.Indexing);
    }

    [Fact]
    public void Title_is_the_first_heading_where_the_head_has_none() => Assert.Equal("First", Read("<h1>First</h1><p>Text</p>").Title);

    [Fact]
    public void Meta_for_the_crawler_by_name_counts_and_for_another_does_not()
    {
        Assert.True(Read("<meta name=JobsCrawler content=nofollow>").Indexing.NoFollow);
        Assert.False(Read("<meta name=otherbot content=nofollow>").Indexing.NoFollow);
    }

    [Fact]
    public void Links_are_absolute_against_the_base_and_keep_what_they_say_about_following()
    {
        var page = Read("""
            <base href="/other/"><a href="a">One</a><a href="//host.test/b" rel="NoFollow x">Two</a><a href="mailto:a@b.test">no</a><a href="javascript:x()">no</a>
            <a href=" c
            d ">Three</a><a href="?q=1#f">Four</a><a href="http://[">no</a>
            """);

        Assert.Equal(
            ["https://site.test/other/a", "https://host.test/b", "https://site.test/other/cd", "https://site.test/other/?q=1#f"],
            page.Links.Select(link => link.Address.Replace("%20", "", StringComparison.Ordinal)));
        Assert.Equal([false, true, false, false], page.Links.Select(link => link.NoFollow));
        Assert.Equal("One", page.Links[0].Text);
    }

    [Theory]
    [InlineData(HtmlLimits.MaxLinks, false)]
    [InlineData(HtmlLimits.MaxLinks + 1, true)]
    public void Links_are_kept_up_to_the_limit(int count, bool isCut)
    {
        var page = Read(string.Concat(Enumerable.Range(0, count).Select(i => $"<a href=/{i}>x</a> ")));

        Assert.Equal(HtmlLimits.MaxLinks, page.Links.Count);
        Assert.Equal(isCut, page.IsCut);
    }

    [Fact]
    public void Article_is_found_among_navigation()
    {
        var paragraphs = string.Concat(Enumerable.Range(0, 12).Select(i => $"<p>Paragraph {i} of the article tells, at some length, and with commas, what this is about.</p>"));
        var page = Read($"<body><nav><a href=/x>Navigation here</a></nav><div class=sidebar><a href=/y>Sidebar link</a></div><article><h2>Part</h2>{paragraphs}</article><footer>Footer</footer></body>");

        Assert.True(page.IsMainContent);
        Assert.Contains("Paragraph 11", page.Text);
        Assert.DoesNotContain("Navigation here", page.Text);
        Assert.DoesNotContain("Footer", page.Text);
        Assert.Equal(2, page.Links.Count);
    }

    [Fact]
    public void Page_without_an_article_gives_all_but_its_navigation()
    {
        var page = Read("""
            <body><nav>Menu</nav><h1>Head</h1><p>Short.</p><script>var x;</script><style>p{}</style><p hidden>gone</p><p style='display: none'>gone</p><footer>Foot</footer>
            """);

        Assert.False(page.IsMainContent);
        Assert.Equal("Head\n\nShort.", page.Text);
        Assert.Equal([new HtmlHeading(1, "Head")], page.Headings);
    }

    [Fact]
    public void Page_of_navigation_only_gives_that() => Assert.Equal("Menu", Read("<nav>Menu</nav>").Text);

    [Fact]
    public void Main_element_is_taken_alone() => Assert.Equal("In", Read("<p>Out</p><main><p>In</p></main>").Text);

    [Fact]
    public void Broken_html_is_read_as_browsers_do()
    {
        var page = Read("<html><body><p>One<p>Two<b>bold<i>both</b>italic<table><tr><td>cell<td>other</table><ul><li>a<li>b</p></div></html>trailing");

        Assert.Contains("One\n\nTwoboldbothitalic", page.Text);
        Assert.Contains("cell | other", page.Text);
        Assert.Contains("trailing", page.Text);
    }

    [Fact]
    public void Text_has_no_control_characters_and_no_half_characters()
    {
        var page = Read("<p>a\u0001b&#x7;c\uD800d\u202Ee&#xD800;f\u2028g</p>");

        Assert.All(page.Text, c => Assert.False(char.IsControl(c) && c != '\n'));
        Assert.DoesNotContain(page.Text, char.IsSurrogate);
    }

    [Fact]
    public void White_space_between_elements_is_kept()
    {
        Assert.Equal("a b c", Read("<p><b>a</b> <i>b</i>\r\n<u>c</u></p>").Text);
        Assert.Equal("```\na\nb\n```", Read("<pre><span>a</span>\r\n<span>b</span></pre>").Markdown);
    }

    [Fact]
    public void Same_html_gives_the_same()
    {
        const string Html = "<h1>A</h1><ul><li>b<li>c</ul><table><tr><th>x<th>y<tr><td>1<td>2</table>";

        Assert.Equal(Read(Html).Markdown, Read(Html).Markdown);
    }

    [Fact]
    public void Empty_html_is_an_empty_page()
    {
        var page = Read("");

        Assert.Equal("", page.Text);
        Assert.Equal("", page.Markdown);
        Assert.Null(page.Title);
        Assert.False(page.IsCut);
    }

    [Fact]
    public void Cancellation_ends_the_reading() =>
        Assert.Throws<OperationCanceledException>(() => HtmlReader.Read("<p>x</p>", Address, null, new CancellationToken(canceled: true)));

    [Theory]
    [InlineData("noindex", true, false)]
    [InlineData("NONE", true, true)]
    [InlineData("JobsCrawler: nofollow", false, true)]
    [InlineData("otherbot: noindex, nofollow", false, false)]
    [InlineData("unavailable_after: 25 Jun 2026 15:00:00 PST", false, false)]
    [InlineData("noindex, unavailable_after: 25 Jun 2026", true, false)]
    [InlineData("max-snippet: 5, noindex", true, false)]
    [InlineData("", false, false)]
    public void Header_is_read_for_the_crawler(string value, bool noIndex, bool noFollow) =>
        Assert.Equal(new IndexingRules(noIndex, noFollow), IndexingRules.ParseHeader(value, "jobscrawler"));

    private static HtmlPage Read(string html) => HtmlReader.Read(html, Address, "jobscrawler");
}
