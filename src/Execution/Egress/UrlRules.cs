using System.Diagnostics.CodeAnalysis;

namespace Jobs.Execution.Egress;

/// <summary>
/// Which URLs we call on behalf of others: https, port 443, a name (<see cref="HostName"/>), no user or password. What the name resolves to is checked when the connection is
/// made: <see cref="CheckedConnector"/>.
/// </summary>
public static class UrlRules
{
    /// <summary>The most characters of a URL.</summary>
    public const int MaxLength = 8_192;

    private const string Https = "https://";
    private const int HttpsPort = 443;

    /// <summary>Reads and checks a URL; <paramref name="error"/> is a sentence for who gave it. The fragment is dropped.</summary>
    public static bool TryRead(string url, [NotNullWhen(true)] out Uri? result, [NotNullWhen(false)] out string? error)
    {
        result = null;
        error = ErrorOf(url, out var uri);
        if (error is not null)
        {
            return false;
        }

        result = uri!.Fragment.Length == 0 ? uri : new Uri(uri.GetComponents(UriComponents.HttpRequestUrl, UriFormat.UriEscaped));
        return true;
    }

    private static string? ErrorOf(string url, out Uri? uri)
    {
        uri = null;
        if (url.Length > MaxLength)
        {
            return $"The URL has more than {MaxLength} characters.";
        }

        // Parsers disagree about these; none may stand in a URL unescaped.
        if (url.Any(c => c is <= ' ' or '\x7f' or '\\' || char.IsSurrogate(c)))
        {
            return "The URL contains a space, a control character, a backslash or a character that must be escaped.";
        }

        if (!url.StartsWith(Https, StringComparison.OrdinalIgnoreCase))
        {
            return "Only https URLs can be called.";
        }

        var authority = url.AsSpan(Https.Length);
        var end = authority.IndexOfAny('/', '?', '#');
        if ((end < 0 ? authority : authority[..end]).Contains('@'))
        {
            return "The URL must not contain a user name or password.";
        }

        if (!Uri.TryCreate(url, UriKind.Absolute, out uri) || uri.Scheme != Uri.UriSchemeHttps)
        {
            return "The URL is not valid.";
        }

        if (uri.HostNameType is UriHostNameType.IPv4 or UriHostNameType.IPv6)
        {
            return "The URL must name a host, not an IP address.";
        }

        if (HostName.ErrorOf(uri.IdnHost) is { } error)
        {
            return $"The URL's host {error}.";
        }

        return uri.Port == HttpsPort ? null : $"Only port {HttpsPort} can be called.";
    }
}
