using Jobs.Domain.Repositories;

namespace Jobs.Domain.Tests.Repositories;

public sealed class PathGlobsTests
{
    [Theory]
    [InlineData("README.md", "README.md", true)]
    [InlineData("README.md", "readme.md", false)]
    [InlineData("*.md", "README.md", true)]
    [InlineData("*.md", "docs/README.md", false)]
    [InlineData("**/*.md", "README.md", true)]
    [InlineData("**/*.md", "docs/a/README.md", true)]
    [InlineData("docs/**", "docs/a/b.txt", true)]
    [InlineData("docs/", "docs/a/b.txt", true)]
    [InlineData("docs/**", "documents/a.txt", false)]
    [InlineData("docs/*/index.md", "docs/a/index.md", true)]
    [InlineData("docs/*/index.md", "docs/a/b/index.md", false)]
    [InlineData("a/**/z/**/b", "a/z/b", true)]
    [InlineData("a/**/z/**/b", "a/1/z/2/3/b", true)]
    [InlineData("a/**/z/**/b", "a/1/2/b", false)]
    [InlineData("report-????.md", "report-2026.md", true)]
    [InlineData("report-????.md", "report-26.md", false)]
    [InlineData("**", "any/thing", true)]
    [InlineData("a**b", "a/b", false)]
    [InlineData("a**b", "axyb", true)]
    public void Glob_has_the_paths_that_it_says(string glob, string path, bool isAllowed) => Assert.Equal(isAllowed, new PathGlobs([glob]).Allow(path));

    [Fact]
    public void One_of_several_is_enough_and_none_allows_all()
    {
        Assert.True(new PathGlobs(["a/**", "*.md"]).Allow("b.md"));
        Assert.False(new PathGlobs(["a/**", "*.md"]).Allow("b.txt"));
        Assert.True(new PathGlobs([]).Allow("b.txt"));
    }

    [Theory]
    [InlineData("docs/**", true)]
    [InlineData("docs/", true)]
    [InlineData("", false)]
    [InlineData("/docs", false)]
    [InlineData("docs//", false)]
    [InlineData("../**", false)]
    [InlineData("[ab].md", false)]
    [InlineData("{a,b}.md", false)]
    [InlineData("!a", false)]
    [InlineData("a\\b", false)]
    [InlineData(".git/**", false)]
    public void Glob_that_means_nothing_is_refused(string glob, bool isFine) => Assert.Equal(isFine, PathGlobs.FaultOf(glob) is null);

    [Fact]
    public void Glob_has_a_limit()
    {
        Assert.Null(PathGlobs.FaultOf(new string('a', PathGlobs.MaxLength)));
        Assert.NotNull(PathGlobs.FaultOf(new string('a', PathGlobs.MaxLength + 1)));
    }

    [Fact]
    public void Hostile_glob_takes_time_of_the_product_of_the_lengths_only()
    {
        var stars = new PathGlobs([string.Concat(Enumerable.Repeat("*a", 99)) + "b"]);
        var folders = new PathGlobs([string.Join('/', Enumerable.Repeat("**/a", 40)) + "/b"]);

        // Each would take longer than the world is old if every way were tried.
        Assert.False(stars.Allow(new string('a', 4_000)));
        Assert.False(folders.Allow(string.Join('/', Enumerable.Repeat("a", 2_000))));
    }
}
