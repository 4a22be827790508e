using System.Globalization;

namespace Jobs.Documents.Wording;

/// <summary>Where a text without blanks can be cut.</summary>
internal static class Cuts
{
    /// <summary>
    /// The last place at or before <paramref name="limit"/>, and after <paramref name="first"/>, that is inside no user-perceived character; where one is longer than all that, the last
    /// that divides no surrogate pair.
    /// </summary>
    public static int Before(string text, int first, int limit)
    {
        if (limit >= text.Length)
        {
            return text.Length;
        }

        // A character is rarely longer than this, so looking back a little is enough, and keeps this constant.
        const int Back = 32;
        var position = Math.Max(first, limit - Back);
        if (position > first && char.IsLowSurrogate(text[position]))
        {
            position++;
        }

        var last = first;
        while (position < limit)
        {
            position += StringInfo.GetNextTextElementLength(text.AsSpan(position, Math.Min(text.Length, limit + Back) - position));
            if (position <= limit)
            {
                last = position;
            }
        }

        if (last > first)
        {
            return last;
        }

        return char.IsLowSurrogate(text[limit]) && limit - 1 > first ? limit - 1 : limit;
    }
}
