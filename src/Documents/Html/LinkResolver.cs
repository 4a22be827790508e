using System.Text;

namespace Jobs.Documents.Html;

/// <summary>Makes a page's addresses absolute, against its base.</summary>
internal sealed class LinkResolver(Uri? baseAddress)
{
    /// <summary>The absolute http or https address that an attribute stands for; null when it stands for none, or for one that is too long.</summary>
    public string? Resolve(string? text) => Resolve(baseAddress, text)?.AbsoluteUri;

    /// <summary>As above, with the base given.</summary>
    public static Uri? Resolve(Uri? baseAddress, string? text)
    {
        if (text is null || text.Length > HtmlLimits.MaxAttributeCharacters)
        {
            return null;
        }

        var clean = WithoutBreaks(text);
        // To .NET on Linux "/path" is an absolute address of a file.
        if (baseAddress is null ? !clean.StartsWith('/') && Uri.TryCreate(clean, UriKind.Absolute, out var uri) : Uri.TryCreate(baseAddress, clean, out uri))
        {
            try
            {
                return (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps) && uri.Host.Length > 0 && uri.AbsoluteUri.Length <= HtmlLimits.MaxAttributeCharacters
                    ? uri
                    : null;
            }
            catch (UriFormatException)
            {
                // Uri finds some international names invalid only when it is asked for the whole address.
                return null;
            }
        }

        return null;
    }

    /// <summary>As browsers do: white space at the ends, and tabs and line breaks anywhere, are no part of an address.</summary>
    private static string WithoutBreaks(string text)
    {
        var trimmed = text.Trim();
        if (trimmed.AsSpan().IndexOfAny('\t', '\n', '\r') < 0)
        {
            return trimmed;
        }

        var result = new StringBuilder(trimmed.Length);
        foreach (var c in trimmed)
        {
            if (c is not ('\t' or '\n' or '\r'))
            {
                result.Append(c);
            }
        }

        return result.ToString();
    }
}
