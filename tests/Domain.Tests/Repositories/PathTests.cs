using Jobs.Domain.Repositories;

namespace Jobs.Domain.Tests.Repositories;

public sealed class PathTests
{
    [Theory]
    [InlineData("docs/**", "docs/a.md", true)]
    [InlineData("docs/**", "docs/a/b.md", true)]
    [InlineData("docs/**", "docs", false)]
    [InlineData("docs/**", "src/docs/a.md", false)]
    [InlineData("docs/", "docs/a/b.md", true)]
    [InlineData("*.md", "a.md", true)]
    [InlineData("*.md", "docs/a.md", false)]
    [InlineData("**/*.md", "a.md", true)]
    [InlineData("**/*.md", "docs/x/a.md", true)]
    [InlineData("**/*.md", "docs/x/a.MD", false)]
    [InlineData("src/**/test?.c", "src/test1.c", true)]
    [InlineData("src/**/test?.c", "src/a/b/test1.c", true)]
    [InlineData("src/**/test?.c", "src/a/b/test.c", false)]
    [InlineData("a/*/c", "a/b/c", true)]
    [InlineData("a/*/c", "a/b/d/c", false)]
    [InlineData("a*b*c", "aXbbYc", true)]
    [InlineData("a*b*c", "aXbbY", false)]
    [InlineData("**", "anything/at/all", true)]
    [InlineData("", "a", false)]
    public void Glob_is_about_the_whole_path(string glob, string path, bool isAllowed) => Assert.Equal(isAllowed, new PathGlobs([glob]).Allow(path));

    [Fact]
    public void Any_of_several_globs_allows_and_none_at_all_allows_everything()
    {
        Assert.True(new PathGlobs(["a", "b"]).Allow("b"));
        Assert.True(new PathGlobs([]).Allow("b"));
    }

    [Fact]
    public void Hostile_glob_takes_no_longer_than_the_product_of_both_lengths()
    {
        var glob = string.Concat(Enumerable.Repeat("*a", 500)) + "b";
        var folders = string.Concat(Enumerable.Repeat("**/a/", 200)) + "b";
        var started = ThreadTime.Now;

        Assert.False(new PathGlobs([glob]).Allow(new string('a', 1_000)));
        Assert.False(new PathGlobs([folders]).Allow(string.Join('/', Enumerable.Repeat("a", 500))));

        Assert.InRange(ThreadTime.Now - started, TimeSpan.Zero, TimeSpan.FromSeconds(5));
    }

    [Theory]
    [InlineData("a")]
    [InlineData("a/b c/ü.txt")]
    [InlineData(".github/workflows/x.yml")]
    [InlineData(".gitignore")]
    [InlineData("..a/b..")]
    [InlineData("👍")]
    public void Path_within_the_repository_is_right(string path) => Assert.Null(RepositoryPath.FaultOf(path));

    [Theory]
    [InlineData("")]
    [InlineData("/a")]
    [InlineData("a/")]
    [InlineData("a//b")]
    [InlineData("./a")]
    [InlineData("a/../b")]
    [InlineData("a\\b")]
    [InlineData("C:a")]
    [InlineData("a\nb")]
    [InlineData(".git")]
    [InlineData("a/.Git/b")]
    [InlineData(".git./x")]
    [InlineData("git~1/x")]
    [InlineData(".g\u200Cit/x")]
    [InlineData("a/. /b")]
    public void Path_that_may_lead_elsewhere_is_wrong(string path) => Assert.NotNull(RepositoryPath.FaultOf(path));

    [Fact]
    public void Half_of_a_letter_is_wrong() => Assert.NotNull(RepositoryPath.FaultOf("a\uD83D"));

    [Fact]
    public void Path_and_its_names_may_be_as_long_as_the_limits_say_and_not_longer()
    {
        Assert.Null(RepositoryPath.FaultOf(new string('a', RepositoryPath.MaxNameBytes)));
        Assert.NotNull(RepositoryPath.FaultOf(new string('a', RepositoryPath.MaxNameBytes + 1)));
        var longest = string.Join('/', Enumerable.Repeat(new string('a', 199), 5));
        Assert.Null(RepositoryPath.FaultOf("a" + longest));
        Assert.Equal(RepositoryPath.MaxBytes, longest.Length + 1);
        Assert.NotNull(RepositoryPath.FaultOf("aa" + longest));
    }
}
