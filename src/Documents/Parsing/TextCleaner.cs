using System.Text;

namespace Jobs.Documents.Parsing;

/// <summary>Takes from a text what no reader sees and what no consumer expects.</summary>
internal static class TextCleaner
{
    /// <summary>
    /// Appends a text with <c>\n</c> for every kind of line end, without control characters (but tabs), byte order marks and the invisible characters that
    /// Unicode keeps for tags, and with U+FFFD for lone surrogates. One pass.
    /// </summary>
    public static void Append(StringBuilder target, ReadOnlySpan<char> text)
    {
        var start = 0;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (IsPlain(c))
            {
                continue;
            }

            if (char.IsHighSurrogate(c) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]) && !IsTag(c, text[i + 1]))
            {
                i++;
                continue;
            }

            target.Append(text[start..i]);
            switch (c)
            {
                case '\r' when i + 1 < text.Length && text[i + 1] == '\n':
                    break;
                case '\r' or '\f' or '\v' or '\u0085' or '\u2028' or '\u2029':
                    target.Append('\n');
                    break;
                case var _ when char.IsHighSurrogate(c) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]):
                    i++;
                    break;
                case var _ when char.IsSurrogate(c):
                    target.Append('\uFFFD');
                    break;
            }

            start = i + 1;
        }

        target.Append(text[start..]);
    }

    /// <summary>One line: as <see cref="Append"/>, with each run of white space as one space, and none at either end.</summary>
    public static string Line(ReadOnlySpan<char> text)
    {
        var cleaned = new StringBuilder(text.Length);
        Append(cleaned, text);
        var length = 0;
        var isPending = false;
        for (var i = 0; i < cleaned.Length; i++)
        {
            var c = cleaned[i];
            if (char.IsWhiteSpace(c))
            {
                isPending = length > 0;
                continue;
            }

            if (isPending)
            {
                cleaned[length++] = ' ';
                isPending = false;
            }

            cleaned[length++] = c;
        }

        return cleaned.ToString(0, length);
    }

    /// <summary>A heading or title: one line without the characters that turn the direction of what stands around it.</summary>
    public static string Heading(ReadOnlySpan<char> text)
    {
        var visible = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (!IsDirection(c))
            {
                visible.Append(c);
            }
        }

        return Line(visible.ToString());
    }

    /// <summary>The beginning of a text, which ends with no half of a character.</summary>
    public static string Cut(string text, int length) =>
        text.Length <= length ? text : text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)];

    private static bool IsPlain(char c) =>
        c is >= ' ' and < '\u007F' or '\n' or '\t' || c > '\u009F' && !char.IsSurrogate(c) && c is not ('\u2028' or '\u2029' or '\uFEFF');

    // U+E0000 to U+E007F: text in them is seen by models and by nobody else.
    private static bool IsTag(char high, char low) => high == '\uDB40' && low is >= '\uDC00' and <= '\uDC7F';

    private static bool IsDirection(char c) => c is '\u061C' or '\u200E' or '\u200F' or (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069');
}
