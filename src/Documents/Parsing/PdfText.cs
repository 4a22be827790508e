using System.Text;

namespace Jobs.Documents.Parsing;

/// <summary>Undoes what typesetting does to words.</summary>
internal static class PdfText
{
    private static readonly string[] Ligatures = ["ff", "fi", "fl", "ffi", "ffl", "st", "st"];

    /// <summary>Marks before items of lists that stand nowhere else.</summary>
    private const string Marks = "•◦▪‣●○■□\uF0B7";

    /// <summary>Whether a line begins an item of a list: with a mark, or with a number and a full stop or bracket.</summary>
    public static bool IsItem(string line)
    {
        var digits = 0;
        while (digits < line.Length && char.IsAsciiDigit(line[digits]))
        {
            digits++;
        }

        return line.StartsWith("- ", StringComparison.Ordinal) || digits is 1 or 2
            && digits < line.Length && line[digits] is '.' or ')'
            && !(digits + 1 < line.Length && char.IsAsciiDigit(line[digits + 1]));
    }

    /// <summary>Whether a text goes on in another: it has no end, and the other begins in the middle of a sentence.</summary>
    public static bool GoesOn(string text, string next) => text.Length > 0 && next.Length > 0 && char.IsLower(next[0]) && text[^1] is not ('.' or '!' or '?' or ':' or ';');

    /// <summary>With a hyphen for the mark of an item, letters for ligatures, and spaces for the kinds of spaces.</summary>
    public static string Mend(string line)
    {
        var mended = new StringBuilder(line.Length);
        foreach (var c in line)
        {
            switch (c)
            {
                case >= '\uFB00' and <= '\uFB06':
                    mended.Append(Ligatures[c - '\uFB00']);
                    break;
                case '\u00A0' or '\t':
                    mended.Append(' ');
                    break;
                default:
                    mended.Append(c);
                    break;
            }
        }

        var text = mended.ToString().Trim();
        return text.Length > 1 && Marks.Contains(text[0]) ? "- " + text[1..].TrimStart() : text;
    }

    /// <summary>
    /// Lines as one. A hyphen at the end of a line after a letter goes where the next line begins with a small letter: mostly the word was divided, and of one that has
    /// a hyphen of its own the hyphen is lost.
    /// </summary>
    public static string Join(IEnumerable<string> lines)
    {
        var text = new StringBuilder();
        foreach (var line in lines)
        {
            if (text.Length > 0 && line.Length > 0)
            {
                if (text.Length > 1 && text[^1] is '-' or '\u00AD' or '\u2010' && char.IsLetter(text[^2]) && char.IsLower(line[0]))
                {
                    text.Length--;
                }
                else
                {
                    text.Append(' ');
                }
            }

            text.Append(line);
        }

        return text.Replace("\u00AD", "").ToString();
    }
}
