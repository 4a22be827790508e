using System.Collections.Frozen;
using Jobs.Documents.Wording;

namespace Jobs.Documents.Analysis;

/// <summary>
/// Whether a sentence says that something is so, or that it is not. Only the clause counts that speaks of what is sought, and what looks like a negation and is none ("no later than",
/// "without delay", "not only") does not count.
/// </summary>
internal static class Polarity
{
    private static readonly FrozenSet<string> Negations = (
        "no not never none neither nor without cannot lacks lack lacking absent absence excluded excludes exclude prohibited prohibits prohibit forbidden forbids forbid refuse refuses " +
        "refused refrain avoid avoids prevent prevents unsupported unavailable unable fails omitted omits waived disclaims disclaimed disabled nothing nobody")
        .Split(' ').ToFrozenSet(StringComparer.Ordinal);

    private static readonly string[][] NotNegations =
    [
        .. "no later than|no more than|no less than|no fewer than|no longer than|no earlier than|not later than|not more than|not less than|not fewer than|not exceed|not exceeding|not only|not limited to|not just|without delay|without undue delay|without exception|without interruption|no exception|no exceptions|without limitation|no matter|whether or not|prevent unauthorised|prevents unauthorised|prevent unauthorized|not fall below|not drop below|never exceed|never exceeds|never more than|never less than"
            .Split('|').Select(phrase => phrase.Split(' ')),
    ];

    private static readonly string[][] Outside = [.. "out of scope|outside the scope|beyond the scope|not in scope|out of the scope|responsibility of the customer".Split('|').Select(phrase => phrase.Split(' '))];

    private static readonly FrozenSet<string> ClauseStarts = "but however although though while whereas except unless because if when where".Split(' ').ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Whether the clauses of a sentence that have most of the sought terms negate. With no sought terms in it, the whole sentence counts.</summary>
    public static bool IsNegative(string sentence, IReadOnlySet<string> sought)
    {
        var clauses = ClausesOf(sentence);
        var hits = clauses.ConvertAll(clause => clause.Count(word => Terms.OfWord(word) is { } term && sought.Contains(term)));
        var most = hits.Max();
        var negative = 0;
        for (var i = 0; i < clauses.Count; i++)
        {
            if (hits[i] == most && NegationsIn(clauses[i]) % 2 == 1)
            {
                negative++;
            }
        }

        return negative > 0;
    }

    /// <summary>Whether a sentence leaves something to others or out altogether.</summary>
    public static bool IsOutside(string sentence) => ClausesOf(sentence).Exists(clause => Outside.Any(phrase => Has(clause, phrase)));

    private static int NegationsIn(List<string> words)
    {
        var count = 0;
        for (var i = 0; i < words.Count; i++)
        {
            if (NotNegations.FirstOrDefault(phrase => HasAt(words, i, phrase)) is { } harmless)
            {
                i += harmless.Length - 1;
            }
            else if (Negations.Contains(words[i]) || words[i].EndsWith("n't", StringComparison.Ordinal))
            {
                count++;
            }
        }

        // Two negations in one clause ("no one may never", "is not excluded") undo each other; "out of scope" is one as well.
        return count + (Outside.Any(phrase => Has(words, phrase)) ? 1 : 0);
    }

    private static List<List<string>> ClausesOf(string sentence)
    {
        var clauses = new List<List<string>> { new() };
        var previousEnd = 0;
        foreach (var word in Words.Of(sentence, 0, sentence.Length))
        {
            var lower = Terms.Lower(sentence.AsSpan(word.Start, word.Length));
            var gap = sentence.AsSpan(previousEnd, word.Start - previousEnd);
            if (clauses[^1].Count > 0 && (gap.ContainsAny(';', ':', '\u2014') || ClauseStarts.Contains(lower) || (gap.Contains(',') && clauses[^1].Count >= 3)))
            {
                clauses.Add([]);
            }

            clauses[^1].Add(lower);
            previousEnd = word.End;
        }

        return clauses;
    }

    private static bool Has(List<string> words, string[] phrase)
    {
        for (var i = 0; i + phrase.Length <= words.Count; i++)
        {
            if (HasAt(words, i, phrase))
            {
                return true;
            }
        }

        return false;
    }

    private static bool HasAt(List<string> words, int index, string[] phrase)
    {
        if (index + phrase.Length > words.Count)
        {
            return false;
        }

        for (var i = 0; i < phrase.Length; i++)
        {
            if (words[index + i] != phrase[i])
            {
                return false;
            }
        }

        return true;
    }
}
