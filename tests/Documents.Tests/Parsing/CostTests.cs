using System.Text;
using Jobs.Documents.Parsing;
using static Jobs.Documents.Tests.Parsing.Refusals;

namespace Jobs.Documents.Tests.Parsing;

/// <summary>What is read within the caller's process costs a processor little, however it is made.</summary>
public sealed class CostTests
{
    /// <summary>Ten times and more what the slowest of these takes.</summary>
    private static readonly TimeSpan MostTime = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData("[")]
    [InlineData("![[]()")]
    [InlineData("*a **b ")]
    [InlineData("`a``")]
    [InlineData("<a href=\"")]
    [InlineData("<!--")]
    [InlineData("| a |\n")]
    [InlineData("- ")]
    [InlineData("[^a]")]
    [InlineData("&#")]
    public void Markdown_of_the_most_bytes_in_process_is_read_or_refused_in_time(string repeated)
    {
        var text = new StringBuilder().Insert(0, repeated, DocumentLimits.MaxMarkdownBytesInProcess / repeated.Length).ToString();
        var start = ThreadTime.Now;
        try
        {
            Parse(text, "a.md");
        }
        catch (DocumentException e)
        {
            Assert.Contains(e.Code, new[] { DocumentErrorCode.TooDeep, DocumentErrorCode.NoText, DocumentErrorCode.Malformed, DocumentErrorCode.TooLarge });
        }

        Assert.InRange(ThreadTime.Now - start, TimeSpan.Zero, MostTime);
    }

    [Theory]
    [InlineData("<div>")]
    [InlineData("<b><i><a><p>")]
    [InlineData("<")]
    public void Html_of_many_tags_is_read_or_refused_in_time(string repeated)
    {
        var html = "<html>" + new StringBuilder().Insert(0, repeated, 200_000) + "a";
        var start = ThreadTime.Now;
        try
        {
            Parse(html, "a.html");
        }
        catch (DocumentException e)
        {
            Assert.Contains(e.Code, new[] { DocumentErrorCode.TooDeep, DocumentErrorCode.NoText });
        }

        Assert.InRange(ThreadTime.Now - start, TimeSpan.Zero, MostTime);
    }

    [Fact]
    public void Cancelled_reading_ends()
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();

        Assert.ThrowsAny<OperationCanceledException>(() => DocumentParser.Parse("a,b\nc,d"u8.ToArray(), "a.csv", null, cancelled.Token));
        Assert.ThrowsAny<OperationCanceledException>(() => DocumentParser.Parse(Fixture.Read("agreement.docx"), null, null, cancelled.Token));
        Assert.ThrowsAny<OperationCanceledException>(() => DocumentParser.Parse(Fixture.Read("columns.pdf"), null, null, cancelled.Token));
    }
}
