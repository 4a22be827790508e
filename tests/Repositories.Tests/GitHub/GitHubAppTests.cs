using System.Globalization;
using System.Security.Cryptography;
using Jobs.Domain.Repositories;
using Jobs.Repositories.GitHub;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Jobs.Repositories.Tests.GitHub;

/// <summary>The credential of a GitHub App.</summary>
public sealed class GitHubAppTests : IAsyncLifetime, IDisposable
{
    private const string AppId = "Iv23liABCDEFGHIJKLMN";
    private readonly RSA _key = RSA.Create(2048);
    private GitHubForgeFixture _github = null!;
    private int _issued;

    private GitHubServer Server => _github.Server;

    public async Task InitializeAsync()
    {
        _github = await GitHubForgeFixture.StartAsync(new GitHubOptions
        {
            AppId = AppId,
            AppPrivateKey = _key.ExportRSAPrivateKeyPem().ReplaceLineEndings("\\n"),
            InstallationId = "4242",
        });
        Server.Tokens.Clear();
        Server.Instead = async (request, _) => request.Path == "/app/installations/4242/access_tokens" ? await IssueAsync(request.Headers.Authorization.ToString()) : null;
    }

    public async Task DisposeAsync() => await _github.DisposeAsync();

    public void Dispose() => _key.Dispose();

    [Fact]
    public async Task Installations_token_is_asked_for_once_and_renewed_before_its_end()
    {
        await InspectAsync();
        await InspectAsync();
        _github.Time.Advance(TimeSpan.FromHours(1) - GitHubLimits.TokenMargin - TimeSpan.FromSeconds(2));
        await InspectAsync();
        var before = _issued;
        _github.Time.Advance(TimeSpan.FromSeconds(2));
        await InspectAsync();

        Assert.Equal((1, 2), (before, _issued));
        Assert.Equal("Bearer ghs_0000000000000000000000000000000000000002", Server.Calls.Last().Authorization);
    }

    [Fact]
    public async Task Many_requests_at_once_share_one_token()
    {
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => InspectAsync()));

        Assert.Equal(1, _issued);
    }

    [Fact]
    public async Task Token_that_was_taken_back_is_renewed_once()
    {
        await InspectAsync();
        Server.Tokens.Clear();
        await InspectAsync();
        var renewed = _issued;
        Server.After = (_, _) => Reply.Text(401, """{"message":"Bad credentials"}""");

        var error = await Assert.ThrowsAsync<ForgeException>(InspectAsync);

        Assert.Equal(2, renewed);
        Assert.False(error.IsTransient);
        Assert.Equal(3, _issued);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(50)]
    [InlineData(-50)]
    [InlineData(3_600)]
    [InlineData(-86_400)]
    public async Task Proof_is_good_by_githubs_clock_also_where_ours_is_wrong(int seconds)
    {
        Server.Now = () => _github.Time.GetUtcNow().AddSeconds(seconds);

        await InspectAsync();
        _github.Time.Advance(TimeSpan.FromMinutes(56));
        await InspectAsync();

        Assert.Equal(2, _issued);
        Assert.InRange(Server.Calls.Count(call => call.Status == 401), 0, 1);
    }

    [Fact]
    public async Task Wrong_key_is_said_and_not_shown()
    {
        using var other = RSA.Create(2048);
        using var forge = new GitHubForge(
            new GitHubOptions { AppId = AppId, AppPrivateKey = other.ExportPkcs8PrivateKeyPem(), InstallationId = "4242" },
            _github.Time,
            _github.Download,
            new LocalGitHub(Server.Address));

        var error = await Assert.ThrowsAsync<ForgeException>(() => forge.InspectAsync("octo-org/reports", default));

        Assert.False(error.IsTransient);
        Assert.Equal("GitHub does not accept our app: its id, its key or its installation is wrong.", error.Message);
        Assert.DoesNotContain(other.ExportPkcs8PrivateKeyPem().Split('\n')[1], error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Installation_that_is_gone_is_said_also_where_our_clock_is_wrong()
    {
        var asked = 0;
        Server.Now = () => _github.Time.GetUtcNow().AddDays(1);
        Server.Instead = (_, _) => Task.FromResult<Reply?>(asked++ == 0 ? Reply.Text(401, """{"message":"'Expiration time' claim ('exp') is too far in the future"}""") : Reply.Text(404, """{"message":"Not Found"}"""));

        var error = await Assert.ThrowsAsync<ForgeException>(InspectAsync);

        Assert.Equal(2, asked);
        Assert.Equal("GitHub does not accept our app: its id, its key or its installation is wrong.", error.Message);
    }

    [Fact]
    public async Task Installation_that_is_gone_is_said()
    {
        Server.Instead = (_, _) => Task.FromResult<Reply?>(Reply.Text(404, """{"message":"Not Found"}"""));

        var error = await Assert.ThrowsAsync<ForgeException>(InspectAsync);

        Assert.Equal("GitHub does not accept our app: its id, its key or its installation is wrong.", error.Message);
    }

    [Fact]
    public async Task Limit_on_tokens_leaves_github_alone()
    {
        Server.Instead = (_, _) => Task.FromResult<Reply?>(Reply.Text(429, "{}").With("Retry-After", "5"));

        var error = await Assert.ThrowsAsync<ForgeException>(InspectAsync);

        Assert.True(error.IsTransient);
        Assert.Equal(TimeSpan.FromSeconds(5), error.RetryAfter);
    }

    private Task InspectAsync() => _github.Forge.InspectAsync("octo-org/reports", default);

    /// <summary>Issues a token to whoever proves to be the app, by the rules of GitHub's documentation.</summary>
    private async Task<Reply> IssueAsync(string authorization)
    {
        var now = Server.Now();
        var result = await new JsonWebTokenHandler().ValidateTokenAsync(authorization["Bearer ".Length..], new TokenValidationParameters
        {
            ValidIssuer = AppId,
            ValidateAudience = false,
            ValidateLifetime = false,
            ValidAlgorithms = [SecurityAlgorithms.RsaSha256],
            IssuerSigningKey = new RsaSecurityKey(_key) { CryptoProviderFactory = new CryptoProviderFactory { CacheSignatureProviders = false } },
        });
        if (!result.IsValid
            || Seconds("iat") > now.ToUnixTimeSeconds()
            || Seconds("exp") <= now.ToUnixTimeSeconds()
            || Seconds("exp") > now.AddMinutes(10).ToUnixTimeSeconds())
        {
            return Reply.Text(401, """{"message":"A JSON web token could not be decoded"}""");
        }

        var token = string.Create(CultureInfo.InvariantCulture, $"ghs_{Interlocked.Increment(ref _issued):D40}");
        Server.Tokens.Add(token);
        return Reply.Text(201, $$"""{"token":"{{token}}","expires_at":"{{now.AddHours(1):yyyy-MM-ddTHH:mm:ssZ}}","permissions":{"contents":"write"},"repository_selection":"selected"}""");

        long Seconds(string claim) => Convert.ToInt64(result.Claims[claim], CultureInfo.InvariantCulture);
    }
}
