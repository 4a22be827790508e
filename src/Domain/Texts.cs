namespace Jobs.Domain;

/// <summary>Text that somebody else wrote, made fit to be shown.</summary>
public static class Texts
{
    /// <summary>
    /// A text without the characters that change how what stands around it is shown: control characters other than line feeds and tabs, and those that turn the direction of
    /// writing.
    /// </summary>
    public static string Plain(string text) => string.Concat(text.ReplaceLineEndings("\n").Where(letter => !IsUnfit(letter)));

    /// <summary>The beginning of a text that is longer than <paramref name="length"/> UTF-16 characters, with '…' as its last; a shorter one as it is.</summary>
    public static string Cut(string text, int length)
    {
        if (text.Length <= length)
        {
            return text;
        }

        // Half of a surrogate pair is not text.
        var end = char.IsHighSurrogate(text[length - 2]) ? length - 2 : length - 1;
        return string.Concat(text.AsSpan(0, end), "…");
    }

    private static bool IsUnfit(char letter) =>
        (char.IsControl(letter) && letter is not ('\n' or '\t')) || letter is '\u061C' or '\u200E' or '\u200F' or (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069');
}
