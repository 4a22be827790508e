using System.Diagnostics.CodeAnalysis;

namespace Jobs.Execution.Egress;

/// <summary>
/// Which URLs we call on behalf of others: https on port 443, for a crawl http on port 80 too, a name (<see cref="HostName"/>), no user or password. What the name resolves to is checked
/// when the connection is made: <see cref="CheckedConnector"/>.
/// </summary>
public static class UrlRules
{
    /// <summary>The most characters of a URL.</summary>
    public const int MaxLength = 8_192;

    private const string Http = "http://";
    private const string Https = "https://";
    private const int HttpPort = 80;
    private const int HttpsPort = 443;

    /// <summary>Reads and checks a URL, of https or <paramref name="orHttp"/>; <paramref name="error"/> is a sentence for who gave it. The fragment is dropped.</summary>
    public static bool TryRead(string url, [NotNullWhen(true)] out Uri? result, [NotNullWhen(false)] out string? error, bool orHttp = false)
    {
        result = null;
        error = ErrorOf(url, orHttp, out var uri);
        if (error is not null)
        {
            return false;
        }

        result = uri!.Fragment.Length == 0 ? uri : new Uri(uri.GetComponents(UriComponents.HttpRequestUrl, UriFormat.UriEscaped));
        return true;
    }

    private static string? ErrorOf(string url, bool orHttp, out Uri? uri)
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

        var scheme = url.StartsWith(Https, StringComparison.OrdinalIgnoreCase) ? Https : orHttp && url.StartsWith(Http, StringComparison.OrdinalIgnoreCase) ? Http : null;
        if (scheme is null)
        {
            return orHttp ? "Only http and https URLs can be called." : "Only https URLs can be called.";
        }

        var authority = url.AsSpan(scheme.Length);
        var end = authority.IndexOfAny('/', '?', '#');
        if ((end < 0 ? authority : authority[..end]).Contains('@'))
        {
            return "The URL must not contain a user name or password.";
        }

        if (!Uri.TryCreate(url, UriKind.Absolute, out uri) || uri.Scheme + Uri.SchemeDelimiter != scheme)
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

        var port = scheme == Https ? HttpsPort : HttpPort;
        return uri.Port == port ? null : $"Only port {port} can be called.";
    }
}
