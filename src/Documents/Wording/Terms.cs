namespace Jobs.Documents.Wording;

/// <summary>
/// The terms that a text is found by: its words in lower case, without marks on Latin letters, without a possessive 's, without stop words, and, where they are of English letters
/// only, without their endings (<see cref="PorterStemmer"/>).
/// </summary>
internal static class Terms
{
    /// <summary>How long a term can be, in characters: what is longer is cut, since it is no word.</summary>
    public const int MaxLength = 64;

    /// <summary>The terms of a text, in order, repeated as they are there.</summary>
    public static IEnumerable<string> Of(string text) => Of(text, 0, text.Length);

    /// <summary>The terms of a part of a text, in order, repeated as they are there.</summary>
    public static IEnumerable<string> Of(string text, int start, int length)
    {
        foreach (var word in Words.Of(text, start, length))
        {
            if (OfWord(text.AsSpan(word.Start, word.Length)) is { } term)
            {
                yield return term;
            }
        }
    }

    /// <summary>The term of a word; null for a stop word.</summary>
    public static string? OfWord(ReadOnlySpan<char> word)
    {
        var term = Lower(word);
        if (StopWords.Contains(term))
        {
            return null;
        }

        if (term.EndsWith("'s", StringComparison.Ordinal))
        {
            term = term[..^2];
        }

        return PorterStemmer.Stem(term);
    }

    /// <summary>A word in lower case, without marks, with a straight apostrophe, and cut to <see cref="MaxLength"/>.</summary>
    public static string Lower(ReadOnlySpan<char> word)
    {
        if (word.Length > MaxLength)
        {
            word = word[..(char.IsHighSurrogate(word[MaxLength - 1]) ? MaxLength - 1 : MaxLength)];
        }

        return LatinFolding.Fold(word).ToLowerInvariant().Replace('\u2019', '\'');
    }
}
