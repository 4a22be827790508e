using Jobs.Documents.Wording;

namespace Jobs.Documents.Tests.Wording;

public sealed class TermsTests
{
    [Theory]
    [InlineData("The Caf\u00E9's prices, 1,000.50 euros", "cafe price 1,000.50 euro")]
    [InlineData("encrypted encryption encrypts", "encrypt encrypt encrypt")]
    [InlineData("don\u2019t", "")]
    [InlineData("\u6771\u4EAC", "\u6771 \u4EAC")]
    [InlineData("E\u0301tude\u0301", "etud")]
    [InlineData("\u0645\u0631\u062D\u0628\u0627", "\u0645\u0631\u062D\u0628\u0627")]
    [InlineData("a-b \u0000 \uD83D\uDE00", "b")]
    public void Terms_are_words_without_case_marks_endings_and_stop_words(string text, string expected) => Assert.Equal(expected, string.Join(' ', Terms.Of(text)));

    // From the vocabulary that goes with the published algorithm.
    [Theory]
    [InlineData("caresses", "caress")]
    [InlineData("ponies", "poni")]
    [InlineData("agreed", "agre")]
    [InlineData("plastered", "plaster")]
    [InlineData("motoring", "motor")]
    [InlineData("conflated", "conflat")]
    [InlineData("hopping", "hop")]
    [InlineData("filing", "file")]
    [InlineData("happy", "happi")]
    [InlineData("relational", "relat")]
    [InlineData("conditional", "condit")]
    [InlineData("vietnamization", "vietnam")]
    [InlineData("operator", "oper")]
    [InlineData("hopefulness", "hope")]
    [InlineData("electrical", "electr")]
    [InlineData("adjustment", "adjust")]
    [InlineData("replacement", "replac")]
    [InlineData("adoption", "adopt")]
    [InlineData("controlling", "control")]
    [InlineData("rate", "rate")]
    [InlineData("generalizations", "gener")]
    [InlineData("oscillators", "oscil")]
    [InlineData("sky", "sky")]
    public void Stem_is_what_was_published(string word, string expected) => Assert.Equal(expected, PorterStemmer.Stem(word));

    [Fact]
    public void Term_is_as_long_as_the_limit_at_most()
    {
        Assert.Equal(Terms.MaxLength, Assert.Single(Terms.Of(new string('q', Terms.MaxLength))).Length);
        Assert.Equal(Terms.MaxLength, Assert.Single(Terms.Of(new string('q', Terms.MaxLength + 1))).Length);
    }
}
