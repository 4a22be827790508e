using System.Globalization;
using System.Text;

namespace Jobs.Documents.Crawling;

/// <summary>
/// The one form in which a crawl compares addresses. Scheme and host are in lower case, international hosts in their <c>xn--</c> form, without a dot at the end; default ports, the
/// fragment, an empty query, and the parameters that only follow people around (<c>utm_…</c>, <c>gclid</c>, <c>fbclid</c>) are dropped; dot segments are resolved; percent-encoding
/// is in upper case, and only where it is needed. The order of a query's parameters is kept, because it can mean something, and so are double slashes.
/// </summary>
public static class CrawlAddress
{
    /// <summary>The address in that form; null for what is no http or https address, is longer than <see cref="CrawlLimits.MaxAddressCharacters"/> or has a user name or password.</summary>
    /// <param name="text">An absolute address, or one relative to the base.</param>
    /// <param name="baseAddress">The base; null to take absolute addresses only.</param>
    public static string? Normalise(string? text, Uri? baseAddress)
    {
        if (text is null || text.Length > CrawlLimits.MaxAddressCharacters)
        {
            return null;
        }

        var trimmed = text.Trim();
        // To .NET on Linux "/path" is an absolute address of a file.
        if (baseAddress is null
            ? trimmed.StartsWith('/') || !Uri.TryCreate(trimmed, UriKind.Absolute, out var uri)
            : !Uri.TryCreate(baseAddress, trimmed, out uri))
        {
            return null;
        }

        if ((uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps) || uri.UserInfo.Length > 0 || Host(uri) is not { Length: > 0 } host)
        {
            return null;
        }

        var result = new StringBuilder(trimmed.Length + 16).Append(uri.Scheme).Append("://").Append(host);
        if (!uri.IsDefaultPort)
        {
            result.Append(CultureInfo.InvariantCulture, $":{uri.Port}");
        }

        AppendUpperEncoding(result, uri.AbsolutePath);
        AppendQuery(result, uri.Query);
        return result.Length <= CrawlLimits.MaxAddressCharacters ? result.ToString() : null;
    }

    /// <summary>
    /// The site of a normalised address: its host without a leading <c>www.</c>, with the port where it is not the scheme's own. Other subdomains are other sites: whether
    /// <c>a.example.com</c> belongs to <c>example.com</c>, and <c>a.github.io</c> not to <c>github.io</c>, only a list could tell that changes every week. http and https are one site.
    /// </summary>
    public static string SiteOf(string address)
    {
        var origin = OriginOf(address);
        var host = origin[(origin.IndexOf("://", StringComparison.Ordinal) + 3)..];
        return host.StartsWith("www.", StringComparison.Ordinal) ? host[4..] : host;
    }

    /// <summary>Scheme, host and port of a normalised address: what a robots.txt is for, and what a crawl is polite to.</summary>
    internal static string OriginOf(string address)
    {
        var end = address.IndexOf('/', address.IndexOf("://", StringComparison.Ordinal) + 3);
        return end < 0 ? address : address[..end];
    }

    /// <summary>Path and query of a normalised address.</summary>
    internal static string PathOf(string address) => address[OriginOf(address).Length..];

    private static string? Host(Uri uri)
    {
        try
        {
            // IPv6 stands in brackets in an address, which IdnHost leaves out.
            var host = uri.HostNameType == UriHostNameType.IPv6 ? uri.Host : uri.IdnHost;
            return host.ToLowerInvariant().TrimEnd('.');
        }
        catch (UriFormatException)
        {
            return null;
        }
    }

    private static void AppendQuery(StringBuilder result, string query)
    {
        var isFirst = true;
        var parameters = query.AsSpan(query.StartsWith('?') ? 1 : 0);
        foreach (var range in parameters.Split('&'))
        {
            var parameter = parameters[range];
            if (parameter.IsEmpty || IsTracking(parameter))
            {
                continue;
            }

            result.Append(isFirst ? '?' : '&');
            AppendUpperEncoding(result, parameter);
            isFirst = false;
        }
    }

    private static bool IsTracking(ReadOnlySpan<char> parameter)
    {
        var end = parameter.IndexOf('=');
        var name = end < 0 ? parameter : parameter[..end];
        return name.StartsWith("utm_", StringComparison.OrdinalIgnoreCase)
            || name.Equals("gclid", StringComparison.OrdinalIgnoreCase)
            || name.Equals("fbclid", StringComparison.OrdinalIgnoreCase);
    }

    private static void AppendUpperEncoding(StringBuilder result, ReadOnlySpan<char> text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '%' && i + 2 < text.Length && char.IsAsciiHexDigit(text[i + 1]) && char.IsAsciiHexDigit(text[i + 2]))
            {
                var value = (char)int.Parse(text.Slice(i + 1, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
                if (char.IsAsciiLetterOrDigit(value) || value is '-' or '.' or '_' or '~')
                {
                    result.Append(value);
                }
                else
                {
                    result.Append('%').Append(char.ToUpperInvariant(text[i + 1])).Append(char.ToUpperInvariant(text[i + 2]));
                }

                i += 2;
            }
            else
            {
                result.Append(text[i]);
            }
        }
    }
}
