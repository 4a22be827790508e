using Jobs.Documents.Analysis;
using Jobs.Documents.Wording;

namespace Jobs.Documents.Tests.Analysis;

public sealed class ReadingTests
{
    [Theory]
    [InlineData("Backups are not made.", "backup", true)]
    [InlineData("Backups are made.", "backup", false)]
    [InlineData("No backup is provided.", "backup", true)]
    [InlineData("We don't make backups.", "backup", true)]
    [InlineData("Backups are kept no longer than a week.", "backup", false)]
    [InlineData("Breaches are reported without undue delay.", "report", false)]
    [InlineData("Data is not only encrypted but signed.", "encrypt", false)]
    [InlineData("Logs are kept, but backups are never made.", "log", false)]
    [InlineData("Logs are kept, but backups are never made.", "backup", true)]
    [InlineData("Backups are out of scope.", "backup", true)]
    [InlineData("Nothing is never backed up.", "back", false)]
    public void Negation_counts_in_the_clause_that_is_sought(string sentence, string sought, bool expected) =>
        Assert.Equal(expected, Polarity.IsNegative(sentence, new HashSet<string>(Terms.Of(sought))));

    [Theory]
    [InlineData("We may notify you.", "We must notify you.", "may")]
    [InlineData("Certificates come where possible.", "Certificates must come.", "where possible")]
    [InlineData("A certificate is planned.", "A certificate must be held.", "is planned")]
    [InlineData("You may not smoke.", "Smoking must be forbidden.", null)]
    [InlineData("We may notify you.", "The provider should notify.", null)]
    [InlineData("We notify you.", "We must notify you.", null)]
    public void Weaker_words_are_named(string sentence, string requirement, string? expected) => Assert.Equal(expected, Firmness.Weaker(sentence, requirement));

    [Theory]
    [InlineData("within 24 hours", "within 72 hours", false)]
    [InlineData("within 24 hours", "within one day", true)]
    [InlineData("within three (3) working days", "in 2 days", true)]
    [InlineData("at least 90 days", "kept for 35 days", false)]
    [InlineData("at least 30 days", "kept for three months", true)]
    [InlineData("at least 99.5%", "99.9 percent", true)]
    [InlineData("no more than 5 users", "7 users", false)]
    [InlineData("at least once a year", "twice a year", true)]
    [InlineData("at least monthly", "every quarter", false)]
    [InlineData("daily", "every 12 hours", true)]
    [InlineData("daily", "every night", true)]
    [InlineData("at least 3,000,000 euros", "\u20AC5,000,000", true)]
    [InlineData("12 weeks", "12 weeks", true)]
    [InlineData("12 weeks", "13 weeks", false)]
    [InlineData("at most 10 MB", "20 MB", false)]
    public void Figure_is_met_or_not(string required, string said, bool expected)
    {
        var wanted = Assert.Single(Quantities.Of(required));
        var given = Assert.Single(Quantities.Of(said));
        Assert.True(wanted.IsLike(given));
        Assert.Equal(expected, wanted.IsMetBy(given));
    }

    [Theory]
    [InlineData("5 users", "5 days")]
    [InlineData("5 dollars", "5 euros")]
    [InlineData("daily", "24 hours")]
    public void Figures_of_different_things_are_not_compared(string one, string other) => Assert.False(Quantities.Of(one)[0].IsLike(Quantities.Of(other)[0]));

    [Fact]
    public void Figures_are_read_up_to_the_limit() => Assert.Equal(Quantities.Most, Quantities.Of(string.Concat(Enumerable.Repeat("5 days ", Quantities.Most + 1))).Count);

    [Theory]
    [InlineData("There is a risk of data loss.", 2, false)]
    [InlineData("There is no risk of delay.", 0, true)]
    [InlineData("The outage has been resolved.", 0, true)]
    [InlineData("There is no backup.", 2, false)]
    [InlineData("Lunch is at noon.", 0, false)]
    public void Cues_count_unless_they_are_denied(string sentence, int least, bool isDenied)
    {
        var cues = RiskCues.In(sentence);
        Assert.Equal(isDenied, cues.IsDenied);
        Assert.True(least == 0 ? cues.Weight == 0 : cues.Weight >= least);
    }
}
