using Jobs.Domain.Repositories;

namespace Jobs.Domain.Tests.Repositories;

public sealed class RepositoryPathTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("README.md")]
    [InlineData("docs/2026/Über uns.md")]
    [InlineData("日本語/🎉.txt")]
    [InlineData(".github/workflows/run-job.yml")]
    [InlineData(".gitignore")]
    [InlineData(".gitattributes")]
    [InlineData("git/config")]
    [InlineData("a.git/config")]
    [InlineData("...a")]
    [InlineData("-rf")]
    public void Path_within_a_repository_is_fine(string path) => Assert.Null(RepositoryPath.FaultOf(path));

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("/etc/passwd")]
    [InlineData("a/")]
    [InlineData("a//b")]
    [InlineData(".")]
    [InlineData("./a")]
    [InlineData("..")]
    [InlineData("../a")]
    [InlineData("a/../b")]
    [InlineData("a/...")]
    [InlineData("a.")]
    [InlineData("a ")]
    [InlineData("a /b")]
    [InlineData("a\\b")]
    [InlineData("C:/a")]
    [InlineData("c:a")]
    [InlineData("a:b")]
    [InlineData("a\nb")]
    [InlineData("a\tb")]
    [InlineData("a\0b")]
    [InlineData("a\u007Fb")]
    [InlineData("a\u0085b")]
    [InlineData("a\u202Eb")]
    [InlineData("a\uFFFDb")]
    [InlineData("a\uD800b")]
    [InlineData("\uDC00")]
    [InlineData("a\uD83D")]
    public void Path_that_leads_elsewhere_or_is_no_text_is_not(string path) => Assert.NotNull(RepositoryPath.FaultOf(path));

    [Theory]
    [InlineData(".git")]
    [InlineData(".git/hooks/pre-commit")]
    [InlineData("a/.git/config")]
    [InlineData(".GIT/config")]
    [InlineData(".Git")]
    [InlineData(".git./config")]
    [InlineData(".git /config")]
    [InlineData(".git . ./config")]
    [InlineData("git~1")]
    [InlineData("GIT~1/config")]
    [InlineData(".g\u200Cit/config")]
    [InlineData("\uFEFF.git/config")]
    [InlineData(".git\u206A/config")]
    [InlineData(".gitmodules")]
    [InlineData(".GitModules")]
    [InlineData("gitmod~1")]
    [InlineData("GI7EBA~4")]
    public void Names_of_git_itself_are_not_in_any_spelling(string path) => Assert.Contains("Git's own", RepositoryPath.FaultOf(path), StringComparison.Ordinal);

    [Fact]
    public void Path_and_name_have_limits_in_bytes()
    {
        var name = new string('é', 127) + "e";
        var path = string.Join('/', Enumerable.Repeat(name, 16));

        Assert.Null(RepositoryPath.FaultOf(name));
        Assert.NotNull(RepositoryPath.FaultOf(name + "e"));
        Assert.Equal(RepositoryPath.MaxBytes - 1, System.Text.Encoding.UTF8.GetByteCount(path));
        Assert.Null(RepositoryPath.FaultOf(path));
        Assert.Contains("4,096", RepositoryPath.FaultOf(path + "/e"), StringComparison.Ordinal);
    }

    [Fact]
    public void Path_of_exactly_the_limit_is_fine()
    {
        var path = string.Join('/', Enumerable.Repeat(new string('a', 240), 17))[..(RepositoryPath.MaxBytes - 1)] + "b";

        Assert.Null(RepositoryPath.FaultOf(path));
        Assert.NotNull(RepositoryPath.FaultOf(path + "c"));
    }
}
