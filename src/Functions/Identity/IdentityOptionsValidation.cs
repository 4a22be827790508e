using Microsoft.Extensions.Options;

namespace Jobs.Functions.Identity;

/// <summary>Refuses settings that cannot work, at start and all at once.</summary>
internal sealed class IdentityOptionsValidation : IValidateOptions<IdentityOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, IdentityOptions options)
    {
        List<string> faults = [];
        if (options.IsConfigured)
        {
            if (!IsAuthority(options.Authority!))
            {
                faults.Add($"The setting {Name(nameof(options.Authority))} must be an address that begins with https:// (http:// only for this machine itself) and has no user, query or fragment.");
            }

            if (IdentityOptions.ListOf(options.Audiences) is [] && IdentityOptions.ListOf(options.ClientIds) is [])
            {
                faults.Add(
                    $"The setting {Name(nameof(options.Audiences))} or {Name(nameof(options.ClientIds))} must be set where {Name(nameof(options.Authority))} is: a token that is meant for another app is none for this one.");
            }
        }
        else if (!string.IsNullOrEmpty(options.Audiences) || !string.IsNullOrEmpty(options.ClientIds))
        {
            faults.Add($"The setting {Name(nameof(options.Authority))} must be set where {Name(nameof(options.Audiences))} or {Name(nameof(options.ClientIds))} is.");
        }

        foreach (var (setting, list) in new[] { (nameof(options.Audiences), options.Audiences), (nameof(options.ClientIds), options.ClientIds) })
        {
            if (IdentityOptions.ListOf(list).Length > IdentityOptions.MaxListed)
            {
                faults.Add($"The setting {Name(setting)} must have at most {IdentityOptions.MaxListed} entries.");
            }
        }

        if (options.RoleClaim?.Length > IdentityOptions.MaxNameLength)
        {
            faults.Add($"The setting {Name(nameof(options.RoleClaim))} must have at most {IdentityOptions.MaxNameLength} characters.");
        }

        if (string.IsNullOrWhiteSpace(options.AdminRole) || options.AdminRole.Length > IdentityOptions.MaxNameLength)
        {
            faults.Add($"The setting {Name(nameof(options.AdminRole))} must have 1 to {IdentityOptions.MaxNameLength} characters.");
        }

        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static bool IsAuthority(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri)
        && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback))
        && uri.UserInfo.Length == 0
        && uri.Query.Length == 0
        && uri.Fragment.Length == 0;

    private static string Name(string setting) => $"{IdentityOptions.Section}:{setting}";
}
