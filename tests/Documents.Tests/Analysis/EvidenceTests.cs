using Jobs.Documents.Analysis;

namespace Jobs.Documents.Tests.Analysis;

public sealed class EvidenceTests
{
    private static readonly SourceDocument Document = TestDocument.Of(("Terms", 1, "The price  is\nfixed. It\u2019s \u201Cfinal\u201D \u2014 for now."), ("End", 2, "The price is fixed again.")).Source();

    [Theory]
    [InlineData("The price is fixed.", "The price  is\nfixed.")]
    [InlineData("  price\tis fixed ", "price  is\nfixed")]
    [InlineData("It's \"final\" - for now.", "It\u2019s \u201Cfinal\u201D \u2014 for now.")]
    [InlineData("is fixed again", "is fixed again")]
    public void Quote_is_found_whatever_its_blanks_and_comes_back_as_it_stands_there(string quote, string expected)
    {
        var evidence = EvidenceCheck.Find(Document, quote, default);
        Assert.Equal(expected, evidence?.Quote);
        Assert.True(evidence!.OccursIn(Document.Parsed));
        Assert.Equal(expected, Document.Parsed.Text.Substring(evidence.Start, evidence.Length));
    }

    [Theory]
    [InlineData("The price is variable.")]
    [InlineData("the price is fixed.")]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("is")]
    [InlineData("price is fixed. It's final")]
    public void Quote_that_does_not_occur_is_none(string quote) => Assert.Null(EvidenceCheck.Find(Document, quote, default));

    [Fact]
    public void Quote_is_as_long_as_the_limit()
    {
        var document = TestDocument.Of(new string('q', EvidenceCheck.MaxQuoteLength + 10)).Source();
        Assert.NotNull(EvidenceCheck.Find(document, new string('q', EvidenceCheck.MaxQuoteLength), default));
        Assert.Null(EvidenceCheck.Find(document, new string('q', EvidenceCheck.MaxQuoteLength + 1), default));
        Assert.NotNull(EvidenceCheck.Find(document, new string('q', EvidenceCheck.MinQuoteLength), default));
        Assert.Null(EvidenceCheck.Find(document, new string('q', EvidenceCheck.MinQuoteLength - 1), default));
    }

    [Fact]
    public void Place_names_its_section_and_page()
    {
        var evidence = EvidenceCheck.Find(Document, "fixed again", default)!;
        Assert.Equal(("End", 2), (evidence.Heading, evidence.Page!.Value));
    }

    [Fact]
    public void Words_or_place_that_differ_do_not_occur()
    {
        var evidence = EvidenceCheck.Find(Document, "fixed again", default)!;
        Assert.False((evidence with { Quote = "fixed AGAIN" }).OccursIn(Document.Parsed));
        Assert.False((evidence with { Start = evidence.Start + 1 }).OccursIn(Document.Parsed));
        Assert.False((evidence with { Start = -1 }).OccursIn(Document.Parsed));
        Assert.False((evidence with { Start = int.MaxValue }).OccursIn(Document.Parsed));
        Assert.False((evidence with { Length = 3 }).OccursIn(Document.Parsed));
        Assert.Throws<InvalidOperationException>(() => (evidence with { Quote = "something" }).Require(Document.Parsed));
        Assert.Throws<ArgumentOutOfRangeException>(() => Evidence.At(Document, Document.Parsed.Text.Length, 1));
    }

    [Fact]
    public void Cost_is_linear_for_a_text_and_a_quote_made_to_be_slow()
    {
        var quote = new string('a', EvidenceCheck.MaxQuoteLength - 1) + "b";
        Cost(10_000);
        var few = Cost(250_000);
        var many = Cost(2_000_000);
        Assert.True(many < (few * 8 * 4) + TimeSpan.FromMilliseconds(300), $"8 times the text took {many}, where {few} was taken.");

        TimeSpan Cost(int length)
        {
            var document = TestDocument.Of(new string('a', length)).Source();
            var start = ThreadTime.Now;
            Assert.Null(EvidenceCheck.Find(document, quote, default));
            return ThreadTime.Now - start;
        }
    }
}
