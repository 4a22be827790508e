using Jobs.Documents.Html;

namespace Jobs.Documents.Tests.Html;

/// <summary>The limits on what is kept of a page, at the limit and one past it.</summary>
public sealed class HtmlLimitsTests
{
    [Theory]
    [InlineData(HtmlLimits.MaxDepth, false)]
    [InlineData(HtmlLimits.MaxDepth + 1, true)]
    public void Elements_are_nested_up_to_the_limit(int depth, bool isCut)
    {
        var page = Read(string.Concat(Enumerable.Repeat("<div>", depth)) + "x");

        Assert.Equal(("x", isCut), (page.Text, page.IsCut));
    }

    [Theory]
    [InlineData(HtmlLimits.MaxHeadings)]
    [InlineData(HtmlLimits.MaxHeadings + 1)]
    public void Headings_are_listed_up_to_the_limit(int count)
    {
        // So many elements that no article is looked for, which would leave headings out.
        var page = Read(string.Concat(Enumerable.Repeat("<i></i>", HtmlLimits.MaxElementsForMainContent)) + string.Concat(Enumerable.Repeat("<h2>head</h2>", count)));

        Assert.Equal(HtmlLimits.MaxHeadings, page.Headings.Count);
        Assert.Equal(count, page.Text.Split('\n').Count(line => line == "head"));
    }

    [Theory]
    [InlineData(HtmlLimits.MaxTitleCharacters)]
    [InlineData(HtmlLimits.MaxTitleCharacters + 1)]
    public void Title_and_description_are_kept_up_to_the_limit(int length)
    {
        var text = new string('x', length);
        var page = Read($"<title>{text}</title><meta name=description content={text}>");

        Assert.Equal((HtmlLimits.MaxTitleCharacters, HtmlLimits.MaxTitleCharacters), (page.Title!.Length, page.Description!.Length));
    }

    [Theory]
    [InlineData(HtmlLimits.MaxLinkTextCharacters)]
    [InlineData(HtmlLimits.MaxLinkTextCharacters + 1)]
    public void Text_of_a_link_is_kept_up_to_the_limit(int length) =>
        Assert.Equal(HtmlLimits.MaxLinkTextCharacters, Assert.Single(Read($"<a href=/x>{new string('x', length)}</a>").Links).Text.Length);

    [Theory]
    [InlineData(HtmlLimits.MaxAttributeCharacters, 1)]
    [InlineData(HtmlLimits.MaxAttributeCharacters + 1, 0)]
    public void Address_of_a_link_is_kept_up_to_the_limit(int length, int count) => Assert.Equal(count, Read($"<a href={"https://site.test/".PadRight(length, 'x')}>x</a>").Links.Count);

    private static HtmlPage Read(string html) => HtmlReader.Read(html, new Uri("https://site.test/"));
}
