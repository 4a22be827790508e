using Jobs.Documents.Wording;

namespace Jobs.Documents.Analysis;

/// <summary>What the words of a sentence say about a risk.</summary>
/// <param name="Weight">How strongly they tell of one; 0 for not at all.</param>
/// <param name="Cues">The cues that count.</param>
/// <param name="IsDenied">True when there are cues and each is denied, or the sentence says that the risk is averted.</param>
/// <param name="Likelihood">By how much they raise or lower the likelihood.</param>
/// <param name="Impact">By how much they raise or lower the impact.</param>
internal sealed record RiskCues(int Weight, IReadOnlyList<RiskCue> Cues, bool IsDenied, int Likelihood, int Impact)
{
    /// <summary>How many words before a cue a negation reaches it.</summary>
    private const int Reach = 4;

    private static readonly HashSet<string> Negations = ["no", "not", "never", "without", "neither", "nor", "cannot", "free", "nothing", "eliminates", "prevents", "avoids"];

    private static readonly ILookup<char, RiskCue> ByFirstLetter = RiskKnowledge.Built.Cues.ToLookup(cue => cue.Words[0][0]);

    /// <summary>Reads a sentence.</summary>
    public static RiskCues In(string sentence)
    {
        var words = Words.Of(sentence, 0, sentence.Length).Select(word => Terms.Lower(sentence.AsSpan(word.Start, word.Length))).ToList();
        var isOfCue = new bool[words.Count];
        var found = new List<(int Index, RiskCue Cue)>();
        for (var i = 0; i < words.Count; i++)
        {
            // The longest first, so that a phrase is not read as its parts; a part of one found is none of its own.
            if (!isOfCue[i] && ByFirstLetter[words[i][0]].FirstOrDefault(cue => Matches(words, i, cue.Words)) is { } cue)
            {
                found.Add((i, cue));
                Array.Fill(isOfCue, true, i, cue.Words.Length);
            }
        }

        var counting = found.Where(hit => !IsNegated(words, isOfCue, hit.Index)).Select(hit => hit.Cue).ToList();
        var plain = " " + string.Join(' ', words) + " ";
        var isAverted = RiskKnowledge.Built.Averted.Any(phrase => plain.Contains($" {phrase} ", StringComparison.Ordinal));
        var isDenied = found.Count > 0 && (counting.Count == 0 || isAverted);
        return new(isDenied ? 0 : counting.Sum(cue => cue.Weight), counting, isDenied, Sum(plain, RiskKnowledge.Built.Likelihood), Sum(plain, RiskKnowledge.Built.Impact));
    }

    private static bool Matches(List<string> words, int index, string[] cue)
    {
        if (index + cue.Length > words.Count)
        {
            return false;
        }

        for (var i = 0; i < cue.Length; i++)
        {
            if (cue[i][^1] == '*' ? !words[index + i].AsSpan().StartsWith(cue[i].AsSpan(0, cue[i].Length - 1), StringComparison.Ordinal) : words[index + i] != cue[i])
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsNegated(List<string> words, bool[] isOfCue, int index)
    {
        for (var i = index - 1; i >= 0 && i >= index - Reach && words[i] is not ("but" or "however" or "because" or "unless"); i--)
        {
            if (!isOfCue[i] && (Negations.Contains(words[i]) || words[i].EndsWith("n't", StringComparison.Ordinal)))
            {
                return true;
            }
        }

        return false;
    }

    private static int Sum(string plain, IReadOnlyDictionary<string, int> phrases)
    {
        var (highest, lowest) = (0, 0);
        foreach (var (phrase, change) in phrases)
        {
            if (plain.Contains($" {phrase} ", StringComparison.Ordinal))
            {
                (highest, lowest) = (Math.Max(highest, change), Math.Min(lowest, change));
            }
        }

        return highest + lowest;
    }
}
