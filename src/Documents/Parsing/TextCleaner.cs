using System.Text;

namespace Jobs.Documents.Parsing;

/// <summary>Texts of one line, from documents.</summary>
internal static class TextCleaner
{
    /// <summary>One line: as <see cref="CleanText.Append"/>, with each run of white space as one space, and none at either end.</summary>
    public static string Line(ReadOnlySpan<char> text)
    {
        var cleaned = new StringBuilder(text.Length);
        CleanText.Append(cleaned, text);
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

    private static bool IsDirection(char c) => c is '\u061C' or '\u200E' or '\u200F' or (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069');
}
