namespace Jobs.Documents.Tests;

public sealed class CleanTextTests
{
    [Theory]
    [InlineData("plain\ntext ö 😀", "plain\ntext ö 😀")]
    [InlineData("a\r\nb\rc\u2028d\u2029e", "a\nb\nc\nd\ne")]
    [InlineData("a\tb\0c\u0085d\uFEFFe\u009Ff", "a bcdef")]
    [InlineData("", "")]
    public void Text_becomes(string text, string clean) => Assert.Equal(clean, CleanText.Clean(text));

    [Fact]
    public void Half_of_a_surrogate_pair_is_replaced() => Assert.Equal("a\uFFFDb\uFFFD😀\uFFFD", CleanText.Clean("a\uD83Db\uDE00😀\uD83D"));
}
