namespace Jobs.Domain;

/// <summary>Text that is kept within a limit.</summary>
public static class Texts
{
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
}
