using Jobs.Documents.Crawling;

namespace Jobs.Documents.Tests.Crawling;

public sealed class SimHashTests
{
    [Fact]
    public void Case_and_punctuation_make_no_difference() => Assert.Equal(SimHash.Of("One two, three. Four!"), SimHash.Of("one TWO three – four"));

    [Fact]
    public void Words_are_counted()
    {
        Assert.Equal(3, SimHash.Of(" Käse,größer\n42 ").Words);
        Assert.Equal((0UL, 0), SimHash.Of(" .,; "));
    }

    [Fact]
    public void Texts_that_differ_in_a_word_are_near_and_strangers_are_far()
    {
        var text = TestSite.Words(1, 300);
        var (hash, _) = SimHash.Of(text);

        Assert.InRange(SimHash.Distance(hash, SimHash.Of(text + " Monday").Hash), 0, CrawlLimits.NearDuplicateDistance);
        for (var i = 2; i < 40; i++)
        {
            Assert.InRange(SimHash.Distance(hash, SimHash.Of(TestSite.Words(i, 300)).Hash), CrawlLimits.NearDuplicateDistance + 4, 64);
        }
    }
}
