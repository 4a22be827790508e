using Jobs.Functions.Repositories;
using Microsoft.Extensions.Options;

namespace Jobs.Functions.Tests.Repositories;

public sealed class RepositoryGrantsTests
{
    [Theory]
    [InlineData("acme", "Octo/Site", true)]
    [InlineData("acme", "octo/other", false)]
    [InlineData("acme", "all/anything", true)]
    [InlineData("acme", "alle/anything", false)]
    [InlineData("other", "octo/site", false)]
    [InlineData("a=b", "octo/odd", false)]
    public void Organisation_may_register_what_was_granted_to_it_in_either_case(string tenant, string location, bool expected)
    {
        var grants = new RepositoryGrants(Options.Create(new RepositoryGrantOptions { GitHub = ["acme=octo/SITE", "acme=all/*", "a=b=octo/odd"] }));

        Assert.Equal(expected, grants.Allow(tenant, location));
    }

    [Theory]
    [InlineData("acme=owner/name", true)]
    [InlineData("acme=owner/*", true)]
    [InlineData("=owner/name", false)]
    [InlineData("acme=owner", false)]
    [InlineData("acme=/name", false)]
    [InlineData("acme=owner/", false)]
    [InlineData("acme=a/b/c", false)]
    [InlineData("owner/name", false)]
    [InlineData(null, false)]
    public void Grant_of_another_form_is_none(string? grant, bool expected) => Assert.Equal(expected, RepositoryGrants.IsValid(grant));

    [Fact]
    public async Task App_with_a_grant_of_another_form_does_not_start() => Assert.Contains(
        "Repositories:GitHub",
        (await Assert.ThrowsAsync<OptionsValidationException>(() => TestApp.StartAsync(arguments: ["--Repositories:GitHub:0", "nonsense"]))).Message);
}
