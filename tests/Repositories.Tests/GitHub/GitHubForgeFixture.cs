using Jobs.Domain.Repositories;
using Jobs.Repositories.GitHub;
using Repository = Jobs.Domain.Repositories.Repository;

namespace Jobs.Repositories.Tests.GitHub;

/// <summary>A forge on a server of its own.</summary>
internal sealed class GitHubForgeFixture : IAsyncDisposable
{
    public const string Branch = "job/abc12345";

    private GitHubForgeFixture(GitHubServer server, GitHubOptions options, ManualTimeProvider time, FakeDownload download)
    {
        (Server, Options, Time, Download) = (server, options, time, download);
        server.Now = time.GetUtcNow;
        Forge = NewForge();
    }

    public GitHubServer Server { get; }

    public GitHubOptions Options { get; }

    public ManualTimeProvider Time { get; }

    public FakeDownload Download { get; }

    public GitHubForge Forge { get; }

    public static Repository Registered { get; } = new(
        "acme",
        "reports",
        RepositoryKind.GitHub,
        $"{GitHubServer.Owner}/{GitHubServer.Name}",
        "main",
        AutoMerge: true,
        ["reports/**"],
        Check: "npm test",
        new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));

    public static BranchOrder Order { get; } = new(
        Registered,
        "abc12345",
        Branch,
        "main",
        "Add a daily report for \"today\" [skip ci]\n$(rm -rf /) — naïve",
        AutoMerge: true,
        CreatePullRequest: true,
        new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));

    public static async Task<GitHubForgeFixture> StartAsync(GitHubOptions? options = null) =>
        new(await GitHubServer.StartAsync(), options ?? new GitHubOptions { Token = GitHubServer.PersonalToken, WebhookSecret = "a secret of the webhook's" }, new ManualTimeProvider(), new FakeDownload());

    /// <summary>Another process of the app.</summary>
    public GitHubForge NewForge() => new(Options, Time, Download, new LocalGitHub(Server.Address));

    public Task<BranchReport> LookAsync(string? known = null) => Forge.LookAsync(Registered, Branch, known, default);

    public async ValueTask DisposeAsync()
    {
        Forge.Dispose();
        await Server.DisposeAsync();
    }
}

/// <summary>What stands at public addresses.</summary>
internal sealed class FakeDownload : IPublicDownload
{
    public Dictionary<string, PublicBody> Bodies { get; } = [];

    public List<(Uri Address, int MaxBytes)> Asked { get; } = [];

    public Task<PublicBody> GetAsync(Uri address, int maxBytes, CancellationToken cancellationToken)
    {
        Asked.Add((address, maxBytes));
        return Task.FromResult(Bodies[address.AbsoluteUri]);
    }
}
