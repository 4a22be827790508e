using System.Globalization;

namespace Jobs.Documents.Languages;

/// <summary>
/// Counts words: runs of letters, digits and marks, with apostrophes and hyphens between them. Of scripts that put no spaces between words, each ideograph and
/// each syllable counts as one.
/// </summary>
public static class WordCounter
{
    /// <summary>How many words a text has. One pass.</summary>
    public static int Count(string text, CancellationToken cancellationToken)
    {
        var words = 0;
        var isInside = false;
        for (var i = 0; i < text.Length; i++)
        {
            if ((i & 0xFFFF) == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }

            var c = text[i];
            if (IsUnspaced(c))
            {
                words++;
                isInside = false;
            }
            else if (IsWordCharacter(c))
            {
                words += isInside ? 0 : 1;
                isInside = true;
            }
            else if (!(isInside && c is '\'' or '’' or '-' && i + 1 < text.Length && IsWordCharacter(text[i + 1])))
            {
                isInside = false;
            }
        }

        return words;
    }

    /// <summary>Whether words are written with this character; a half of a pair counts, as nearly all of them are letters or signs for words.</summary>
    internal static bool IsWordCharacter(char c) => char.IsLetterOrDigit(c) || char.IsSurrogate(c)
        || CharUnicodeInfo.GetUnicodeCategory(c) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;

    /// <summary>Han, Hiragana and Katakana.</summary>
    internal static bool IsUnspaced(char c) => c is (>= '\u3040' and <= '\u30FF') or (>= '\u3400' and <= '\u4DBF') or (>= '\u4E00' and <= '\u9FFF') or (>= '\uF900' and <= '\uFAFF');
}
