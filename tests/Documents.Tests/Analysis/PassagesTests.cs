using Jobs.Documents.Analysis;

namespace Jobs.Documents.Tests.Analysis;

public sealed class PassagesTests
{
    [Theory]
    [InlineData("One line.\nAnother line.\nA third one, which is longer.", 20)]
    [InlineData("words without any end of a line between them at all", 12)]
    [InlineData("nothingtocutatanywhere\U0001F600\U0001F600\U0001F600\U0001F600", 7)]
    [InlineData("short", 100)]
    public void Passages_follow_one_another_and_none_is_longer_than_may_be(string text, int most)
    {
        var passages = Passages.Of(text, most);

        Assert.Equal(text, string.Concat(passages.Select(passage => text.Substring(passage.Start, passage.Length))));
        Assert.All(passages, passage => Assert.InRange(passage.Length, 1, most));
        Assert.All(passages, passage => Assert.False(char.IsLowSurrogate(text[passage.Start])));
        Assert.InRange(passages.Count, 1, 1 + (3 * text.Length / most));
    }

    [Fact]
    public void Excerpt_of_a_short_document_is_all_of_it_and_of_a_longer_one_what_is_nearest_in_its_order()
    {
        var text = Weather(1_000) + "Backups are encrypted.\n\n" + Weather(1_000) + "Users sign in by a token.\n\n" + Weather(1_000);
        IReadOnlyList<Requirement>[] groups = [[new("1", "A token for users"), new("2", "Encrypted backups")], [new("3", "Encrypted backups")]];

        Assert.Equal([text, text], GapDetection.ExcerptsOf(TestDocument.Of(text).Source(), groups, text.Length, default));
        var excerpts = GapDetection.ExcerptsOf(TestDocument.Of(text).Source(), groups, 10_000, default);

        Assert.All(excerpts, excerpt => Assert.InRange(excerpt.Length, 1, 10_100));
        Assert.InRange(excerpts[0].IndexOf("Backups are encrypted.", StringComparison.Ordinal), 0, excerpts[0].IndexOf("Users sign in by a token.", StringComparison.Ordinal));
        Assert.DoesNotContain("token", excerpts[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Of_too_many_parts_those_are_taken_that_tell_of_risks_in_their_order()
    {
        var text = Weather(100) + "The delivery may be delayed.\n\n" + Weather(100) + "Passwords may be stolen in an attack.\n\n" + Weather(100);
        var document = TestDocument.Of(text).Source();

        var passages = RiskAnalysis.PassagesOf([document], 1_000, 2, default);

        Assert.Equal(2, passages.Count);
        Assert.Contains("delayed", passages[0].Text, StringComparison.Ordinal);
        Assert.Contains("attack", passages[1].Text, StringComparison.Ordinal);
        Assert.Equal(text, string.Concat(RiskAnalysis.PassagesOf([document], 1_000, int.MaxValue, default).Select(passage => passage.Text)));
    }

    private static string Weather(int count) => string.Concat(Enumerable.Range(1, count).Select(number => $"Chapter {number} tells of the weather.\n\n"));
}
