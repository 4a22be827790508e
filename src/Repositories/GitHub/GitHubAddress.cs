namespace Jobs.Repositories.GitHub;

/// <summary>Addresses that GitHub gives us to be shown.</summary>
internal static class GitHubAddress
{
    /// <summary>The address, if it is one of https (on this machine of http), without a user and no longer than is shown; null otherwise.</summary>
    public static string? Check(string? url) =>
        url is { Length: > 0 and <= GitHubLimits.UrlCharacters }
        && Uri.TryCreate(url, UriKind.Absolute, out var address)
        && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback))
        && address.UserInfo.Length == 0
            ? url
            : null;
}
