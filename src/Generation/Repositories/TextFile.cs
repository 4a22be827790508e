using System.Text;

namespace Jobs.Generation.Repositories;

/// <summary>A file of text, which keeps its byte order mark and its line ends whatever is done to it.</summary>
/// <param name="Text">Its text, with the line ends that it has.</param>
/// <param name="HasMark">Whether it begins with a byte order mark.</param>
internal sealed record TextFile(string Text, bool HasMark = false)
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>What ends most of its lines.</summary>
    public string LineEnd { get; } = CountCarriageReturns(Text) * 2 > Text.AsSpan().Count('\n') ? "\r\n" : "\n";

    /// <summary>The text of a file; null where it is none: not UTF-8, or with a zero.</summary>
    public static TextFile? Read(ReadOnlyMemory<byte> bytes)
    {
        var hasMark = bytes.Span.StartsWith(Encoding.UTF8.Preamble);
        var content = hasMark ? bytes[Encoding.UTF8.Preamble.Length..] : bytes;
        if (content.Span.Contains((byte)0))
        {
            return null;
        }

        try
        {
            return new TextFile(Strict.GetString(content.Span), hasMark);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    /// <summary>A text of ours with the line ends of this file.</summary>
    public string Fit(string text) => text.ReplaceLineEndings(LineEnd);

    /// <summary>The file with another text.</summary>
    public byte[] With(string text) => HasMark ? [.. Encoding.UTF8.Preamble, .. Strict.GetBytes(text)] : Strict.GetBytes(text);

    private static int CountCarriageReturns(string text)
    {
        var (count, at) = (0, -1);
        while ((at = text.IndexOf("\r\n", at + 1, StringComparison.Ordinal)) >= 0)
        {
            count++;
        }

        return count;
    }
}
