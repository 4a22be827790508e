using System.Reflection;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Jobs.Domain.Repositories;
using Jobs.Repositories.GitHub;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Jobs.Repositories.Tests.GitHub;

public sealed partial class GitHubOptionsTests
{
    private static readonly string Key = NewKey(2048);

    public static TheoryData<GitHubOptions> Good =>
    [
        new(),
        new() { Token = "github_pat_x" },
        new() { Token = "x", WebhookSecret = new string('s', GitHubLimits.WebhookSecretMinCharacters) },
        new() { BaseAddress = "https://github.example.com/api/v3" },
        new() { AppId = "123456", AppPrivateKey = Key, InstallationId = "1" },
        new() { AppId = "Iv23liABC", AppPrivateKey = Key.Replace("\n", "\\n", StringComparison.Ordinal), InstallationId = "1" },
    ];

    public static TheoryData<GitHubOptions, string> Bad => new()
    {
        { new() { BaseAddress = "http://api.github.com" }, "BaseAddress" },
        { new() { BaseAddress = "http://127.0.0.1:1/" }, "BaseAddress" },
        { new() { BaseAddress = "https://me:pw@api.github.com" }, "BaseAddress" },
        { new() { BaseAddress = "https://api.github.com/?a" }, "BaseAddress" },
        { new() { BaseAddress = "api.github.com" }, "BaseAddress" },
        { new() { Token = "with blank" }, "Token" },
        { new() { Token = "line\nend" }, "Token" },
        { new() { Token = new string('a', GitHubLimits.SecretCharacters + 1) }, "Token" },
        { new() { Token = "x", AppId = "1", AppPrivateKey = Key, InstallationId = "1" }, "Only one" },
        { new() { AppPrivateKey = Key }, "AppId" },
        { new() { InstallationId = "1" }, "AppId" },
        { new() { AppId = "1 2", AppPrivateKey = Key, InstallationId = "1" }, "AppId" },
        { new() { AppId = "1", AppPrivateKey = Key }, "InstallationId" },
        { new() { AppId = "1", AppPrivateKey = Key, InstallationId = "../x" }, "InstallationId" },
        { new() { AppId = "1", InstallationId = "1" }, "AppPrivateKey" },
        { new() { AppId = "1", AppPrivateKey = "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----", InstallationId = "1" }, "AppPrivateKey" },
        { new() { AppId = "1", AppPrivateKey = NewKey(1024), InstallationId = "1" }, "AppPrivateKey" },
        { new() { AppId = "1", AppPrivateKey = PublicKey(), InstallationId = "1" }, "AppPrivateKey" },
        { new() { WebhookSecret = new string('s', GitHubLimits.WebhookSecretMinCharacters - 1) }, "WebhookSecret" },
        { new() { PreviousWebhookSecret = new string('s', 20) }, "WebhookSecret" },
    };

    [Theory]
    [MemberData(nameof(Good))]
    public void Settings_that_can_work_are_taken(GitHubOptions options) => Assert.True(new GitHubOptionsValidation().Validate(null, options).Succeeded);

    [Theory]
    [MemberData(nameof(Bad))]
    public void Settings_that_cannot_work_are_refused_by_name_and_not_shown(GitHubOptions options, string expected)
    {
        var result = new GitHubOptionsValidation().Validate(null, options);

        Assert.Contains(expected, result.FailureMessage, StringComparison.Ordinal);
        Assert.All(options.Secrets.Where(secret => secret.Length > 4), secret => Assert.DoesNotContain(secret, result.FailureMessage, StringComparison.Ordinal));
    }

    [Fact]
    public void Services_read_the_settings_and_refuse_bad_ones()
    {
        using var good = Provider(("GitHub:Token", "github_pat_x"), ("GitHub:WebhookSecret", "a secret of the webhook's"));
        using var bad = Provider(("GitHub:BaseAddress", "http://api.github.com"));

        Assert.Equal(RepositoryKind.GitHub, Assert.Single(good.GetServices<IForge>()).Kind);
        Assert.Same(good.GetRequiredService<GitHubForge>(), good.GetRequiredService<IForge>());
        Assert.NotNull(good.GetRequiredService<GitHubWebhooks>());
        Assert.Throws<OptionsValidationException>(bad.GetRequiredService<IForge>);
    }

    [Fact]
    public void Every_setting_stands_in_the_documentation()
    {
        var documented = Setting().Matches(File.ReadAllText(Path.Combine(Jobs.Testing.Repository.Root, "docs", "operations.md"))).Select(match => match.Groups[1].Value).Distinct();
        var settings = typeof(GitHubOptions).GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.CanWrite).Select(property => property.Name);

        Assert.Equal(settings.Order(), documented.Order());
    }

    private static ServiceProvider Provider(params (string Name, string Value)[] settings) => new ServiceCollection()
        .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(setting => setting.Name, string? (setting) => setting.Value)).Build())
        .AddSingleton(TimeProvider.System)
        .AddSingleton<IPublicDownload>(new FakeDownload())
        .AddGitHub()
        .BuildServiceProvider();

    private static string NewKey(int bits)
    {
        using var key = RSA.Create(bits);
        return key.ExportRSAPrivateKeyPem();
    }

    private static string PublicKey()
    {
        using var key = RSA.Create(2048);
        return key.ExportRSAPublicKeyPem();
    }

    [GeneratedRegex("`GitHub:([A-Za-z]+)`")]
    private static partial Regex Setting();
}
