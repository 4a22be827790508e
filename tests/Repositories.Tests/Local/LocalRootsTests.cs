using Jobs.Domain.Repositories;
using Jobs.Repositories.Local;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Jobs.Repositories.Tests.Local;

public sealed class LocalRootsTests : IDisposable
{
    private const string NotThere = "There is no repository at this location that jobs may use.";

    private readonly LocalForgeFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("project")]
    [InlineData("./project")]
    [InlineData("/")]
    [InlineData("/etc")]
    [InlineData("~/project")]
    [InlineData("file:///tmp")]
    [InlineData("\0")]
    [InlineData("{root}/../outside/secret")]
    [InlineData("{root}/project/../../outside/secret")]
    [InlineData("{root}-other")]
    [InlineData("{root}/nothing")]
    [InlineData("{root}/project/src")]
    [InlineData("{root}/out")]
    [InlineData("{root}/up/outside/secret")]
    [InlineData("{root}/loop/project")]
    public async Task Location_that_leads_out_or_nowhere_is_refused_in_the_same_words(string location)
    {
        GitProgram.Run(_fixture.Outside, "clone", "--quiet", _fixture.Folder, "secret");
        Directory.CreateSymbolicLink(Path.Combine(_fixture.Root, "out"), Path.Combine(_fixture.Outside, "secret"));
        Directory.CreateSymbolicLink(Path.Combine(_fixture.Root, "up"), "..");
        Directory.CreateSymbolicLink(Path.Combine(_fixture.Root, "loop"), "loop");

        Assert.Equal(NotThere, await _fixture.RefusedAsync(() => _fixture.Forge.InspectAsync(location.Replace("{root}", _fixture.Root, StringComparison.Ordinal), CancellationToken.None)));
    }

    [Fact]
    public async Task Link_that_stays_in_the_roots_is_followed()
    {
        Directory.CreateSymbolicLink(Path.Combine(_fixture.Root, "other"), "project");

        Assert.Equal("main", (await _fixture.Forge.InspectAsync(Path.Combine(_fixture.Root, "other"), CancellationToken.None)).DefaultBranch);
        Assert.Equal("main", (await _fixture.Forge.InspectAsync(Path.Combine(_fixture.Root, "project/.git"), CancellationToken.None)).DefaultBranch);
    }

    [Fact]
    public async Task Registered_location_is_looked_at_again_with_every_step()
    {
        var start = await _fixture.StartAsync();
        Directory.Move(_fixture.Folder, Path.Combine(_fixture.Outside, "moved"));
        Directory.CreateSymbolicLink(_fixture.Folder, Path.Combine(_fixture.Outside, "moved"));

        Assert.Equal(NotThere, await _fixture.RefusedAsync(() => _fixture.CommitAsync(start, LocalForgeFixture.Write("a.txt", "a\n"))));
    }

    [Fact]
    public async Task Nothing_is_local_without_a_root()
    {
        using var forge = new LocalForge(Options.Create(new LocalForgeOptions()), TimeProvider.System, NullLogger<LocalForge>.Instance);

        Assert.Equal(NotThere, await _fixture.RefusedAsync(() => forge.InspectAsync(_fixture.Folder, CancellationToken.None)));
    }

    [Theory]
    [InlineData("relative", null, "absolute path")]
    [InlineData("/nothing/here", null, "absolute path")]
    [InlineData("/", null, "root of a file system")]
    [InlineData("{root}", "instance", "in Azure")]
    [InlineData("{root}", null, null)]
    public async Task Settings_are_checked_at_start(string root, string? instance, string? fault)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Repositories:LocalRoots:0"] = root.Replace("{root}", _fixture.Root, StringComparison.Ordinal),
            ["WEBSITE_INSTANCE_ID"] = instance,
        });
        builder.Services.AddLogging().AddSingleton(TimeProvider.System).AddRepositories();
        using var host = builder.Build();

        if (fault is null)
        {
            await host.StartAsync();
            Assert.Equal(RepositoryKind.Local, host.Services.GetRequiredService<ILocalForge>().Kind);
            Assert.Same(host.Services.GetRequiredService<ILocalForge>(), host.Services.GetServices<IForge>().Single());
        }
        else
        {
            Assert.Contains(fault, (await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync())).Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(20, null)]
    [InlineData(21, "at most 20 entries")]
    public void Roots_have_a_limit(int count, string? fault)
    {
        var result = new LocalForgeOptionsValidation(new ConfigurationBuilder().Build()).Validate(null, new LocalForgeOptions { LocalRoots = [.. Enumerable.Repeat(_fixture.Root, count)] });

        Assert.Equal(fault is null, result.Succeeded);
        Assert.Contains(fault ?? "", result.FailureMessage ?? "", StringComparison.Ordinal);
    }
}
