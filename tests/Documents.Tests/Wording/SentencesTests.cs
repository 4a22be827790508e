using Jobs.Documents.Wording;

namespace Jobs.Documents.Tests.Wording;

public sealed class SentencesTests
{
    [Theory]
    [InlineData("One sentence. Another one! A third?", "One sentence.|Another one!|A third?")]
    [InlineData("See Dr. Smith, e.g. on Monday. He is in.", "See Dr. Smith, e.g. on Monday.|He is in.")]
    [InlineData("The price is 4.20 euros. J. Smith pays.", "The price is 4.20 euros.|J. Smith pays.")]
    [InlineData("He said \"Stop.\" Then he left.", "He said \"Stop.\"|Then he left.")]
    [InlineData("A line that\nis wrapped. Next.", "A line that\nis wrapped.|Next.")]
    [InlineData("A paragraph\n\nand another", "A paragraph|and another")]
    [InlineData("Bring:\n- bread\n- milk", "Bring:|- bread|- milk")]
    [InlineData("1. First step\n2. Second step", "1. First step|2. Second step")]
    [InlineData("a\tb\nc\td", "a\tb|c\td")]
    [InlineData("\u4ECA\u65E5\u306F\u3002\u660E\u65E5\u306F\u3002", "\u4ECA\u65E5\u306F\u3002|\u660E\u65E5\u306F\u3002")]
    [InlineData("   ", "")]
    public void Text_is_divided_where_sentences_end(string text, string expected) =>
        Assert.Equal(expected, string.Join('|', Sentences.Of(text, 0, text.Length).Select(span => text.Substring(span.Start, span.Length))));

    [Fact]
    public void Sentence_is_as_long_as_the_limit_and_cut_one_past_it()
    {
        var text = new string('x', Sentences.MaxLength);
        Assert.Equal(text.Length, Assert.Single(Sentences.Of(text, 0, text.Length)).Length);
        Assert.Equal(2, Sentences.Of(text + "x", 0, text.Length + 1).Count());
    }

    [Fact]
    public void Cut_divides_no_surrogate_pair()
    {
        var text = string.Concat(Enumerable.Repeat("x\U0001F600", Sentences.MaxLength));
        Assert.All(Sentences.Of(text, 0, text.Length), span => Assert.False(char.IsLowSurrogate(text[span.Start]) || char.IsHighSurrogate(text[span.End - 1])));
    }

    [Theory]
    [InlineData(". ")]
    [InlineData("\n")]
    [InlineData("a.\n")]
    [InlineData("x\t\n")]
    [InlineData("\"'")]
    public void Cost_grows_with_the_length_whatever_the_text(string piece)
    {
        Cost(1_000);
        var few = Cost(100_000);
        var many = Cost(800_000);
        Assert.True(many < (few * 8 * 6) + TimeSpan.FromMilliseconds(200), $"8 times the text took {many}, where {few} was taken.");

        TimeSpan Cost(int length)
        {
            var text = string.Concat(Enumerable.Repeat(piece, length / piece.Length));
            var start = ThreadTime.Now;
            Assert.True(Sentences.Of(text, 0, text.Length).Count() >= 0);
            return ThreadTime.Now - start;
        }
    }
}
