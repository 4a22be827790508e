using System.Text;

namespace Jobs.Documents.Parsing;

/// <summary>Undoes what typesetting does to words.</summary>
internal static class PdfText
{
    private static readonly string[] Ligatures = ["ff", "fi", "fl", "ffi", "ffl", "st", "st"];

    /// <summary>With letters for ligatures, and spaces for the kinds of spaces.</summary>
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

        return mended.ToString().Trim();
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
