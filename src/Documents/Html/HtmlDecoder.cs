using System.Net.Http.Headers;
using System.Text;
using System.Text.Unicode;

namespace Jobs.Documents.Html;

/// <summary>
/// Finds the character set of HTML or text that came over HTTP, and decodes it. In this order: a byte order mark; UTF-8 where the bytes are valid UTF-8 and use it, whatever is
/// declared, because no other text looks so; the set that the header declares; the one that the HTML declares in its first 1,024 bytes; windows-1252, which is what pages without
/// a declaration, or with a wrong one for UTF-8, are most likely in. Decoding never fails: what is invalid becomes U+FFFD.
/// </summary>
public static class HtmlDecoder
{
    private static readonly Encoding Windows1252 = CodePagesEncodingProvider.Instance.GetEncoding("windows-1252")!;

    /// <summary>Decodes a body. <paramref name="isCut"/> says that the body was cut somewhere, possibly within a character.</summary>
    public static string Decode(ReadOnlySpan<byte> body, string? contentType, bool isCut = false)
    {
        var (encoding, skip) = EncodingOf(body, contentType, isCut);
        return encoding.GetString(body[skip..]);
    }

    private static (Encoding Encoding, int Skip) EncodingOf(ReadOnlySpan<byte> body, string? contentType, bool isCut)
    {
        if (body.StartsWith("\uFEFF"u8))
        {
            return (Encoding.UTF8, 3);
        }

        if (body is [0xFE, 0xFF, ..])
        {
            return (Encoding.BigEndianUnicode, 2);
        }

        if (body is [0xFF, 0xFE, ..])
        {
            return (Encoding.Unicode, 2);
        }

        var whole = isCut ? body[..WholeCharacters(body)] : body;
        var isUtf8 = Utf8.IsValid(whole);
        if (isUtf8 && body.ContainsAnyExceptInRange((byte)0, (byte)0x7F))
        {
            return (Encoding.UTF8, 0);
        }

        var declared = Supported(HeaderCharset(contentType)) ?? Supported(MetaCharset(body));
        return declared is not null && !(declared is UTF8Encoding && !isUtf8) ? (declared, 0) : (Windows1252, 0);
    }

    /// <summary>The length without the incomplete UTF-8 sequence at the end.</summary>
    private static int WholeCharacters(ReadOnlySpan<byte> body)
    {
        for (var back = 1; back <= Math.Min(3, body.Length); back++)
        {
            var value = body[^back];
            if ((value & 0xC0) != 0x80)
            {
                return value >= 0xC0 ? body.Length - back : body.Length;
            }
        }

        return body.Length;
    }

    /// <summary>The encoding of a label; null for a label that is not known. Latin 1 and ASCII stand for windows-1252, which has more.</summary>
    private static Encoding? Supported(string? label) => label?.ToLowerInvariant() switch
    {
        null or "" => null,
        "utf-8" or "utf8" => Encoding.UTF8,
        "utf-16" or "utf-16le" => Encoding.Unicode,
        "utf-16be" => Encoding.BigEndianUnicode,
        "iso-8859-1" or "iso8859-1" or "latin1" or "ascii" or "us-ascii" or "cp1252" => Windows1252,
        ['c', 'p', '1', '2', '5', _] name => CodePagesEncodingProvider.Instance.GetEncoding("windows-" + name[2..]),
        var name => CodePagesEncodingProvider.Instance.GetEncoding(name),
    };

    private static string? HeaderCharset(string? contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out var type) ? type.CharSet?.Trim('"', '\'', ' ') : null;

    /// <summary>What stands behind the first <c>charset=</c> at the beginning of the HTML.</summary>
    private static string? MetaCharset(ReadOnlySpan<byte> body)
    {
        var head = Encoding.Latin1.GetString(body[..Math.Min(body.Length, HtmlLimits.CharsetSearchBytes)]);
        for (var from = 0; (from = head.IndexOf("charset", from, StringComparison.OrdinalIgnoreCase)) >= 0;)
        {
            from += "charset".Length;
            var rest = head.AsSpan(from).TrimStart();
            if (rest is ['=', ..])
            {
                var value = rest[1..].TrimStart(" \"'");
                var end = value.IndexOfAny(" \"';/>\t\r\n");
                var label = (end < 0 ? value : value[..end]).ToString();
                // A page whose declaration could be read byte by byte cannot be in UTF-16: the standard takes it for UTF-8.
                return label.StartsWith("utf-16", StringComparison.OrdinalIgnoreCase) ? "utf-8" : label;
            }
        }

        return null;
    }
}
