using System.Text;

namespace Jobs.Documents;

/// <summary>Text as every part of this room hands it on: lines end with <c>\n</c>, and there are no other control characters and no lone surrogates.</summary>
public static class CleanText
{
    private const char ByteOrderMark = '\uFEFF';
    private const char Replacement = '\uFFFD';
    private const char LineSeparator = '\u2028';
    private const char ParagraphSeparator = '\u2029';

    /// <summary>
    /// Brings any text into that form, in one pass: <c>\r\n</c>, <c>\r</c>, and the line and paragraph separators become <c>\n</c>, a tab becomes a space, other control characters
    /// and byte order marks are left out, and half a surrogate pair becomes U+FFFD. A text that is clean already is returned as it is.
    /// </summary>
    public static string Clean(string text)
    {
        var first = 0;
        while (first < text.Length && IsClean(text, first))
        {
            first++;
        }

        if (first == text.Length)
        {
            return text;
        }

        var result = new StringBuilder(text.Length).Append(text, 0, first);
        for (var i = first; i < text.Length; i++)
        {
            Append(result, text, ref i);
        }

        return result.ToString();
    }

    private static bool IsClean(string text, int index)
    {
        var c = text[index];
        return !(char.IsControl(c) && c != '\n') && !char.IsSurrogate(c) && c is not (ByteOrderMark or LineSeparator or ParagraphSeparator);
    }

    private static void Append(StringBuilder result, string text, ref int index)
    {
        var c = text[index];
        if (char.IsHighSurrogate(c) && index + 1 < text.Length && char.IsLowSurrogate(text[index + 1]))
        {
            result.Append(c).Append(text[++index]);
        }
        else if (char.IsSurrogate(c))
        {
            result.Append(Replacement);
        }
        else if (c is '\r' or LineSeparator or ParagraphSeparator)
        {
            result.Append('\n');
            if (c == '\r' && index + 1 < text.Length && text[index + 1] == '\n')
            {
                index++;
            }
        }
        else if (c == '\t')
        {
            result.Append(' ');
        }
        else if (c == '\n' || !(char.IsControl(c) || c == ByteOrderMark))
        {
            result.Append(c);
        }
    }
}
