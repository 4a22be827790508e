namespace Jobs.Domain.Tests;

public sealed class TextsTests
{
    [Theory]
    [InlineData("two\r\nlines\tand more", "two\nlines\tand more")]
    [InlineData("\u001b[31mred\u0000\u0007", "[31mred")]
    [InlineData("evil\u202Etxt.exe\u2066\u2069\u200F\u061C", "eviltxt.exe")]
    [InlineData("👩\u200D🚀 é 日本", "👩\u200D🚀 é 日本")]
    public void Plain_leaves_out_what_changes_how_other_text_is_shown(string text, string expected) => Assert.Equal(expected, Texts.Plain(text));

    [Theory]
    [InlineData("12345", "12345")]
    [InlineData("123456", "1234…")]
    [InlineData("123🚀6", "123…")]
    public void Cut_keeps_five_characters_and_no_half_of_one(string text, string expected) => Assert.Equal(expected, Texts.Cut(text, 5));
}
