using System.Security.Cryptography;
using Microsoft.Extensions.Options;

namespace Jobs.Repositories.GitHub;

/// <summary>Refuses settings that cannot work, at start and all at once. It shows none of them.</summary>
internal sealed class GitHubOptionsValidation : IValidateOptions<GitHubOptions>
{
    private const int MinRsaBits = 2_048;

    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, GitHubOptions options)
    {
        List<string> faults = [];
        if (!IsAddress(options.BaseAddress))
        {
            faults.Add($"The setting {Name(nameof(options.BaseAddress))} must be an address that begins with https:// and has no user, query or fragment.");
        }

        CheckCredential(options, faults);
        foreach (var (setting, secret) in new[] { (nameof(options.WebhookSecret), options.WebhookSecret), (nameof(options.PreviousWebhookSecret), options.PreviousWebhookSecret) })
        {
            if (!string.IsNullOrEmpty(secret) && secret.Length is < GitHubLimits.WebhookSecretMinCharacters or > GitHubLimits.SecretCharacters)
            {
                faults.Add($"The setting {Name(setting)} must have {GitHubLimits.WebhookSecretMinCharacters} to {GitHubLimits.SecretCharacters} characters.");
            }
        }

        if (!string.IsNullOrEmpty(options.PreviousWebhookSecret) && string.IsNullOrEmpty(options.WebhookSecret))
        {
            faults.Add($"The setting {Name(nameof(options.WebhookSecret))} must be set where {Name(nameof(options.PreviousWebhookSecret))} is.");
        }

        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static void CheckCredential(GitHubOptions options, List<string> faults)
    {
        if (!string.IsNullOrEmpty(options.Token))
        {
            if (options.Token.Length > GitHubLimits.SecretCharacters || !options.Token.All(letter => letter is > ' ' and < '\x7f'))
            {
                faults.Add($"The setting {Name(nameof(options.Token))} must have at most {GitHubLimits.SecretCharacters} ASCII characters and no blanks.");
            }

            if (options.IsApp)
            {
                faults.Add($"Only one of the settings {Name(nameof(options.Token))} and {Name(nameof(options.AppId))} can be set.");
            }
        }

        if (!options.IsApp)
        {
            if (!string.IsNullOrEmpty(options.AppPrivateKey) || !string.IsNullOrEmpty(options.InstallationId))
            {
                faults.Add($"The setting {Name(nameof(options.AppId))} must be set where {Name(nameof(options.AppPrivateKey))} or {Name(nameof(options.InstallationId))} is.");
            }

            return;
        }

        if (options.AppId!.Length > 40 || !options.AppId.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '.'))
        {
            faults.Add($"The setting {Name(nameof(options.AppId))} must be a GitHub App's client id or number.");
        }

        if (!long.TryParse(options.InstallationId, out var installation) || installation <= 0)
        {
            faults.Add($"The setting {Name(nameof(options.InstallationId))} must be the number of the app's installation.");
        }

        if (!IsPrivateKey(options.Pem))
        {
            faults.Add($"The setting {Name(nameof(options.AppPrivateKey))} must be the app's private key: RSA in PEM, of {MinRsaBits} bits at least.");
        }
    }

    private static bool IsAddress(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttps && uri.UserInfo.Length == 0 && uri.Query.Length == 0 && uri.Fragment.Length == 0;

    private static bool IsPrivateKey(string pem)
    {
        using var key = RSA.Create();
        try
        {
            key.ImportFromPem(pem);
            _ = key.ExportParameters(includePrivateParameters: true);
            return key.KeySize >= MinRsaBits;
        }
        catch (Exception error) when (error is ArgumentException or CryptographicException)
        {
            return false;
        }
    }

    private static string Name(string setting) => $"{GitHubOptions.Section}:{setting}";
}
