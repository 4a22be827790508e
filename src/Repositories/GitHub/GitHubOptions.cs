namespace Jobs.Repositories.GitHub;

/// <summary>How the app gets into GitHub: settings below <c>GitHub</c>. Without a token or an app no repository at GitHub can be registered, and no job runs there.</summary>
public sealed class GitHubOptions
{
    /// <summary>The settings' section.</summary>
    public const string Section = "GitHub";

    /// <summary>The address of the API. Of GitHub Enterprise Server it is <c>https://HOST/api/v3</c>. https only.</summary>
    public string BaseAddress { get; set; } = "https://api.github.com";

    /// <summary>A fine-grained personal access token; null where an app is used.</summary>
    public string? Token { get; set; }

    /// <summary>The client id or the number of a GitHub App; null where a token is used.</summary>
    public string? AppId { get; set; }

    /// <summary>The app's private key in PEM. Its line ends may be written as <c>\n</c>.</summary>
    public string? AppPrivateKey { get; set; }

    /// <summary>The number of the app's installation.</summary>
    public string? InstallationId { get; set; }

    /// <summary>What GitHub signs webhooks with; null where none are taken.</summary>
    public string? WebhookSecret { get; set; }

    /// <summary>The secret of before, for as long as it is being replaced; null for none.</summary>
    public string? PreviousWebhookSecret { get; set; }

    /// <summary>Whether there is a credential.</summary>
    public bool IsConfigured => !string.IsNullOrEmpty(Token) || IsApp;

    /// <summary>Whether the credential is an app's.</summary>
    internal bool IsApp => !string.IsNullOrEmpty(AppId);

    /// <summary>The private key with real line ends.</summary>
    internal string Pem => (AppPrivateKey ?? "").Replace("\\n", "\n", StringComparison.Ordinal);

    /// <summary>All that must never be shown.</summary>
    internal IEnumerable<string> Secrets =>
        new[] { Token, WebhookSecret, PreviousWebhookSecret }.OfType<string>()
            .Concat(Pem.Split('\n', StringSplitOptions.TrimEntries).Where(line => !line.StartsWith('-')));
}

/// <summary>
/// An address on this very machine that takes the place of GitHub's, also over http. The app registers none and reads no setting for it: whoever runs the app on their own machine, or a test,
/// registers it beside the app.
/// </summary>
public sealed record LocalGitHub
{
    /// <summary>Refuses an address that is not a loopback one.</summary>
    public LocalGitHub(Uri address) =>
        Address = address.IsAbsoluteUri && address.IsLoopback && address.Scheme is "http" or "https" ? address : throw new ArgumentException("The address must be one of this very machine.", nameof(address));

    /// <summary>The address of the API.</summary>
    public Uri Address { get; }
}
