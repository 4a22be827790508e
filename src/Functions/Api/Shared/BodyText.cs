using System.IO.Compression;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Jobs.Functions.Api.Shared;

/// <summary>
/// The text of a request's body in UTF-8, however a sender has packed it: by gzip, br or deflate (<c>Content-Encoding</c>), in UTF-16 or Latin-1 (<c>charset</c>), behind a byte order mark.
/// </summary>
internal static class BodyText
{
    /// <summary>Reads it; throws <see cref="ProblemException"/> when it is too large, packed or not (413), does not arrive whole or is not what its headers say (400, 408), or is packed otherwise (415).</summary>
    public static async Task<byte[]> ReadAsync(HttpRequest request, int maxBytes, CancellationToken cancellationToken)
    {
        var packed = await RequestBody.ReadBytesAsync(request, maxBytes, cancellationToken);
        var bytes = await UnpackAsync(request.Headers.ContentEncoding, packed, maxBytes, cancellationToken);
        var (encoding, mark) = EncodingOf(bytes, CharsetOf(request));
        return encoding is null ? bytes[mark..] : ToUtf8(encoding, bytes.AsSpan(mark));
    }

    private static async Task<byte[]> UnpackAsync(Microsoft.Extensions.Primitives.StringValues header, byte[] packed, int maxBytes, CancellationToken cancellationToken)
    {
        var source = new MemoryStream(packed, writable: false);
        await using Stream? unpacked = header.ToString().Trim().ToLowerInvariant() switch
        {
            "" or "identity" => null,
            "gzip" or "x-gzip" => new GZipStream(source, CompressionMode.Decompress),
            "br" => new BrotliStream(source, CompressionMode.Decompress),
            "deflate" => new ZLibStream(source, CompressionMode.Decompress),
            _ => throw NotTaken("unsupported_content_encoding", "Send the body as it is, or with one 'Content-Encoding' of gzip, br or deflate."),
        };
        if (unpacked is null)
        {
            return packed;
        }

        using var bytes = new MemoryStream();
        var buffer = new byte[16 * 1024];
        try
        {
            while (await unpacked.ReadAsync(buffer, cancellationToken) is > 0 and var read)
            {
                if (bytes.Length + read > maxBytes)
                {
                    throw RequestBody.TooLarge(maxBytes);
                }

                bytes.Write(buffer, 0, read);
            }
        }
        catch (Exception error) when (error is InvalidDataException or IOException or InvalidOperationException)
        {
            throw new ProblemException(new Problem(StatusCodes.Status400BadRequest, "invalid_body", "The body is not what its 'Content-Encoding' says."));
        }

        return bytes.ToArray();
    }

    private static string CharsetOf(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type) ? HeaderUtilities.RemoveQuotes(type.Charset).ToString().ToLowerInvariant() : "";

    /// <summary>What the bytes are, and how many of them are a mark that says so. Null for UTF-8.</summary>
    private static (Encoding? Encoding, int Mark) EncodingOf(ReadOnlySpan<byte> bytes, string charset) => charset switch
    {
        _ when bytes.StartsWith(Encoding.UTF8.Preamble) => (null, Encoding.UTF8.Preamble.Length),
        _ when bytes.StartsWith(Encoding.Unicode.Preamble) => (Utf16(isBigEndian: false), Encoding.Unicode.Preamble.Length),
        _ when bytes.StartsWith(Encoding.BigEndianUnicode.Preamble) => (Utf16(isBigEndian: true), Encoding.BigEndianUnicode.Preamble.Length),
        "" or "utf-8" or "utf8" or "us-ascii" => (null, 0),
        "utf-16le" => (Utf16(isBigEndian: false), 0),
        "utf-16be" => (Utf16(isBigEndian: true), 0),
        // Without a mark it is big-endian by its definition, and little-endian from those who do not know it: JSON and forms begin with an ASCII letter.
        "utf-16" => (Utf16(isBigEndian: bytes is [0, ..]), 0),
        "iso-8859-1" or "latin1" => (Encoding.Latin1, 0),
        _ => throw NotTaken("unsupported_charset", "Send the body in UTF-8; UTF-16 and ISO-8859-1 are taken where 'charset' names them."),
    };

    private static UnicodeEncoding Utf16(bool isBigEndian) => new(isBigEndian, byteOrderMark: false, throwOnInvalidBytes: true);

    private static byte[] ToUtf8(Encoding encoding, ReadOnlySpan<byte> bytes)
    {
        try
        {
            return Encoding.UTF8.GetBytes(encoding.GetString(bytes));
        }
        catch (DecoderFallbackException)
        {
            throw new ProblemException(new Problem(StatusCodes.Status400BadRequest, "invalid_body", "The body is not text in its charset."));
        }
    }

    private static ProblemException NotTaken(string code, string detail) => new(new Problem(StatusCodes.Status415UnsupportedMediaType, code, detail));
}
