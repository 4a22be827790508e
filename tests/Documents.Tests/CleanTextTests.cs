namespace Jobs.Documents.Tests;

public sealed class CleanTextTests
{
    [Theory]
    [InlineData("plain\ntext ö 😀", "plain\ntext ö 😀")]
    [InlineData("a\r\nb\rc\u2028d\u2029e", "a\nb\nc\nd\ne")]
    [InlineData("a\tb\0c\uFEFFd\u009Fe", "a bcde")]
    [InlineData("a\u0085b\fc\vd", "a\nb\nc\nd")]
    [InlineData("seen\U000E0041\U000E0042 by all", "seen by all")]
    [InlineData("", "")]
    public void Text_becomes(string text, string clean) => Assert.Equal(clean, CleanText.Clean(text));

    [Fact]
    public void Half_of_a_surrogate_pair_is_replaced() => Assert.Equal("a\uFFFDb\uFFFD😀\uFFFD", CleanText.Clean("a\uD83Db\uDE00😀\uD83D"));
}
