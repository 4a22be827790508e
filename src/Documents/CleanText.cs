using System.Text;

namespace Jobs.Documents;

/// <summary>Text as every part of this room hands it on: without what no reader sees and what no consumer expects.</summary>
public static class CleanText
{
    /// <summary>
    /// Brings any text into the form of <see cref="Append"/>, with a space for each tab. A text that is clean already is returned as it is.
    /// </summary>
    public static string Clean(string text)
    {
        foreach (var c in text)
        {
            if (!IsPlain(c) || c == '\t')
            {
                var result = new StringBuilder(text.Length);
                Append(result, text);
                return result.Replace('\t', ' ').ToString();
            }
        }

        return text;
    }

    /// <summary>
    /// Appends a text with <c>\n</c> for every kind of line end, without control characters (but tabs), byte order marks and the invisible characters that
    /// Unicode keeps for tags, and with U+FFFD for lone surrogates. One pass.
    /// </summary>
    internal static void Append(StringBuilder target, ReadOnlySpan<char> text)
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

    private static bool IsPlain(char c) =>
        c is >= ' ' and < '\u007F' or '\n' or '\t' || c > '\u009F' && !char.IsSurrogate(c) && c is not ('\u2028' or '\u2029' or '\uFEFF');

    // U+E0000 to U+E007F: text in them is seen by models and by nobody else.
    private static bool IsTag(char high, char low) => high == '\uDB40' && low is >= '\uDC00' and <= '\uDC7F';
}
