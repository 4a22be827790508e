using System.Globalization;
using System.Text;

namespace Jobs.Documents.Wording;

/// <summary>
/// Finds words by the boundaries of Unicode's annex 29, simplified: letters, digits and marks belong together; an apostrophe joins letters, a point or comma joins digits; Han
/// characters and kana are words each by itself.
/// </summary>
internal static class Words
{
    /// <summary>Every word of a part of a text, in order.</summary>
    public static IEnumerable<TextSpan> Of(string text, int start, int length)
    {
        var end = start + length;
        var position = start;
        while (position < end)
        {
            if (text[position] == ' ')
            {
                // Runs of blanks are what most of some texts are.
                var blanks = text.AsSpan(position, end - position).IndexOfAnyExcept(' ');
                position = blanks < 0 ? end : position + blanks;
                continue;
            }

            var rune = RuneAt(text, position);
            if (!IsOfWord(rune))
            {
                position += rune.Utf16SequenceLength;
                continue;
            }

            var first = position;
            position += rune.Utf16SequenceLength;
            if (!StandsAlone(rune))
            {
                position = EndOfWord(text, position, end);
            }

            yield return new(first, Math.Min(position, end) - first);
        }
    }

    private static int EndOfWord(string text, int position, int end)
    {
        while (position < end)
        {
            var rune = RuneAt(text, position);
            if (IsOfWord(rune) ? StandsAlone(rune) : !Joins(text, position, end))
            {
                return position;
            }

            position += rune.Utf16SequenceLength;
        }

        return position;
    }

    private static bool Joins(string text, int position, int end) => position + 1 < end && text[position] switch
    {
        '\'' or '\u2019' => char.IsLetter(text[position - 1]) && char.IsLetter(text[position + 1]),
        '.' or ',' => char.IsAsciiDigit(text[position - 1]) && char.IsAsciiDigit(text[position + 1]),
        _ => false,
    };

    private static Rune RuneAt(string text, int position) => Rune.TryGetRuneAt(text, position, out var rune) ? rune : Rune.ReplacementChar;

    private static bool IsOfWord(Rune rune) => rune.IsAscii
        ? char.IsAsciiLetterOrDigit((char)rune.Value)
        : Rune.IsLetterOrDigit(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;

    private static bool StandsAlone(Rune rune) => rune.Value is >= 0x3040 and <= 0x30FF or >= 0x3400 and <= 0x4DBF or >= 0x4E00 and <= 0x9FFF or >= 0xF900 and <= 0xFAFF
        or >= 0x20000 and <= 0x3FFFF;
}
