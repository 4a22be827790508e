using System.Collections.Frozen;

namespace Jobs.Documents.Wording;

/// <summary>
/// Divides a text into sentences. One ends at a full stop, question or exclamation mark that a blank follows, unless the stop belongs to an abbreviation, an initial or a number of a
/// list, or a small letter follows; at a full stop of Chinese or Japanese; at an empty line; and at the end of a line that a list item or a row of a table follows or is. What is
/// longer than <see cref="MaxLength"/> is cut at a blank.
/// </summary>
public static class Sentences
{
    /// <summary>The longest sentence, in characters.</summary>
    public const int MaxLength = 1_000;

    private static readonly FrozenSet<string> Abbreviations = (
        "mr mrs ms dr prof sr jr st vs etc e.g i.e eg ie cf approx nos art sec fig figs vol pp eds inc ltd co corp dept est jan feb apr jun jul aug sep sept oct nov " +
        "dec u.s u.k a.m p.m ca al").Split(' ').ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>The sentences of a part of a text, in order, without the blanks around them. Together they have every character but blanks.</summary>
    public static IEnumerable<TextSpan> Of(string text, int start, int length)
    {
        var end = start + length;
        var first = start;
        while (first < end)
        {
            if (char.IsWhiteSpace(text[first]))
            {
                first++;
                continue;
            }

            var next = EndOfSentence(text, first, end);
            var sentence = TextSpan.Trimmed(text, first, next);
            yield return sentence;
            first = next;
        }
    }

    private static int EndOfSentence(string text, int first, int end)
    {
        var limit = Math.Min(end, first + MaxLength);
        var lastBlank = -1;
        for (var i = first; i < limit; i++)
        {
            var character = text[i];
            if (character == '\n')
            {
                if (EndsAtLine(text, first, i, end))
                {
                    return i;
                }

                lastBlank = i;
            }
            else if (char.IsWhiteSpace(character))
            {
                lastBlank = i;
            }
            else if (character is '.' or '!' or '?' or '\u3002' or '\uFF01' or '\uFF1F' && EndsAtMark(text, first, i, limit, end) is { } after)
            {
                return after;
            }
        }

        if (limit == end)
        {
            return end;
        }

        if (lastBlank > first)
        {
            return lastBlank;
        }

        return Cuts.Before(text, first, limit);
    }

    /// <summary>Where the next sentence begins when this mark ends one; otherwise null.</summary>
    private static int? EndsAtMark(string text, int first, int mark, int limit, int end)
    {
        var after = mark + 1;
        while (after < limit && text[after] is '.' or '!' or '?' or '"' or '\'' or ')' or ']' or '\u201D' or '\u2019' or '\u00BB')
        {
            after++;
        }

        if (text[mark] is not ('.' or '!' or '?'))
        {
            return after;
        }

        if (after >= end)
        {
            return end;
        }

        if (!char.IsWhiteSpace(text[after]))
        {
            return null;
        }

        var next = after;
        while (next < limit && char.IsWhiteSpace(text[next]))
        {
            next++;
        }

        if (next < limit && char.IsLower(text[next]))
        {
            return null;
        }

        return text[mark] == '.' && IsNoStop(text, first, mark) ? null : after;
    }

    private static bool IsNoStop(string text, int first, int stop)
    {
        var start = stop;
        while (start > first && (char.IsLetterOrDigit(text[start - 1]) || text[start - 1] == '.') && stop - start <= 12)
        {
            start--;
        }

        var word = text.AsSpan(start, stop - start);
        var isNumberOfList = start == first && word.Length is > 0 and <= 6 && !word.ContainsAnyExceptInRange('.', '9');
        var isInitial = word.Length == 1 && char.IsUpper(word[0]);
        return isNumberOfList || isInitial || Abbreviations.GetAlternateLookup<ReadOnlySpan<char>>().Contains(word);
    }

    private static bool EndsAtLine(string text, int first, int lineEnd, int end)
    {
        var next = lineEnd + 1;
        while (next < end && text[next] is ' ')
        {
            next++;
        }

        if (next >= end || text[next] == '\n' || text[lineEnd - 1] == ':' || StartsItem(text, next, end))
        {
            return true;
        }

        // A row of a table, whose cells a tab or a bar divides. Looking back ends where the sentence begins, so every character is looked at once more at most.
        var lineStart = text.LastIndexOf('\n', lineEnd - 1, lineEnd - first) + 1;
        return text.AsSpan(Math.Max(first, lineStart), lineEnd - Math.Max(first, lineStart)).ContainsAny('\t', '|');
    }

    private static bool StartsItem(string text, int position, int end)
    {
        if (text[position] is '-' or '*' or '\u2022' or '\u2013' or '+' or '|' or '#')
        {
            return true;
        }

        var digits = position;
        while (digits < end && digits - position < 4 && (char.IsAsciiDigit(text[digits]) || (digits == position && char.IsAsciiLetterLower(text[digits]))))
        {
            digits++;
        }

        return digits > position && digits + 1 < end && text[digits] is '.' or ')' && text[digits + 1] == ' ';
    }
}
