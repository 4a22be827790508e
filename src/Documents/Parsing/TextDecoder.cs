using System.Text;
using UtfUnknown;

namespace Jobs.Documents.Parsing;

/// <summary>
/// Turns the bytes of a text into characters: by a byte order mark; else as UTF-16 where every second byte is zero; else as UTF-8 where they are that; else by the
/// charset that the content type names; else by what UTF.Unknown detects in the beginning; else as Windows-1252, in which every byte is a character.
/// </summary>
internal static class TextDecoder
{
    /// <summary>How many bytes are looked at where the charset must be guessed.</summary>
    private const int SampleBytes = 64 * 1024;

    /// <summary>How sure UTF.Unknown must be.</summary>
    private const float MinConfidence = 0.5f;

    static TextDecoder() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    /// <summary>The characters; what is no character in the encoding becomes U+FFFD.</summary>
    /// <param name="content">The bytes.</param>
    /// <param name="charset">The name of the charset that the sender gives, or null.</param>
    public static string Decode(ReadOnlySpan<byte> content, string? charset)
    {
        var (encoding, mark) = ByMark(content);
        return (encoding ?? WithoutMark(content, charset)).GetString(content[mark..]);
    }

    /// <summary>The encoding that a byte order mark names, and the mark's length.</summary>
    public static (Encoding? Encoding, int Mark) ByMark(ReadOnlySpan<byte> content) => content switch
    {
        [0xEF, 0xBB, 0xBF, ..] => (Encoding.UTF8, 3),
        [0xFF, 0xFE, 0, 0, ..] => (Encoding.UTF32, 4),
        [0, 0, 0xFE, 0xFF, ..] => (new UTF32Encoding(bigEndian: true, byteOrderMark: true), 4),
        [0xFF, 0xFE, ..] => (Encoding.Unicode, 2),
        [0xFE, 0xFF, ..] => (Encoding.BigEndianUnicode, 2),
        _ => (null, 0),
    };

    /// <summary>UTF-16 without a mark: where it holds Latin letters, every second byte of the beginning is zero and hardly one of the others.</summary>
    public static Encoding? Utf16WithoutMark(ReadOnlySpan<byte> content)
    {
        var sample = content[..Math.Min(content.Length & ~1, 4096)];
        int even = 0, odd = 0;
        for (var i = 0; i < sample.Length; i += 2)
        {
            even += sample[i] == 0 ? 1 : 0;
            odd += sample[i + 1] == 0 ? 1 : 0;
        }

        var pairs = sample.Length / 2;
        return pairs < 2 ? null : odd * 10 >= pairs * 6 && even * 20 <= pairs ? Encoding.Unicode : even * 10 >= pairs * 6 && odd * 20 <= pairs ? Encoding.BigEndianUnicode : null;
    }

    /// <summary>The encoding of a name; null when there is none of this name.</summary>
    public static Encoding? Named(string? charset)
    {
        try
        {
            return string.IsNullOrWhiteSpace(charset) ? null : Encoding.GetEncoding(charset.Trim(' ', '"', '\''));
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private static Encoding WithoutMark(ReadOnlySpan<byte> content, string? charset)
    {
        if (Utf16WithoutMark(content) is { } utf16)
        {
            return utf16;
        }

        return System.Text.Unicode.Utf8.IsValid(content) ? Encoding.UTF8 : Named(charset) ?? Detected(content) ?? Encoding.GetEncoding(1252);
    }

    private static Encoding? Detected(ReadOnlySpan<byte> content)
    {
        var detected = CharsetDetector.DetectFromBytes(content[..Math.Min(content.Length, SampleBytes)].ToArray()).Detected;
        return detected is { Confidence: >= MinConfidence, Encoding: not null } && detected.Encoding is not (UTF8Encoding or ASCIIEncoding) ? detected.Encoding : null;
    }
}
