using System.Globalization;
using System.Text;

namespace Jobs.Documents.Languages;

/// <summary>
/// Guesses the language of a text, by two well-known signs. A script that one language of the list is written in tells it (Greek, Hebrew, Arabic, Thai, Hindi,
/// Korean; Japanese by its kana, else Chinese). In Latin and Cyrillic letters the small words that every sentence has are counted (<c>stop-words.txt</c>); one that
/// several languages share counts for each by its share.
/// </summary>
/// <remarks>
/// The library for this, SearchPioneer.Lingua, brings 74 MB of models as files beside the program, which each process that reads a document would load. What this
/// method cannot do is tell languages that it has no words of: they are taken for none, or for a close relative.
/// </remarks>
public static class LanguageGuess
{
    /// <summary>The fewest letters of a text whose script alone tells the language.</summary>
    public const int MinLetters = 20;

    /// <summary>The fewest words of a text whose small words are counted.</summary>
    public const int MinWords = 8;

    /// <summary>How many of a text's words are looked at.</summary>
    public const int MaxWords = 20_000;

    /// <summary>The least that the counted words may be of all: below it the text is no prose of any known language.</summary>
    private const double MinShare = 0.1;

    /// <summary>By how much the best language must surpass the second.</summary>
    private const double MinLead = 1.15;

    /// <summary>The least share of the letters that must be of one script.</summary>
    private const double MinOfScript = 0.6;

    /// <summary>How many kana there are for each ideograph in Japanese, at the least: a Chinese text may quote a few.</summary>
    private const double MinKana = 0.1;

    private const int LongestSmallWord = 12;

    private static readonly Lazy<SmallWords> Words = new(SmallWords.Load);

    private enum Script
    {
        Other,
        Latin,
        Cyrillic,
        Greek,
        Hebrew,
        Arabic,
        Devanagari,
        Thai,
        Hangul,
        Kana,
        Han,
    }

    /// <summary>The ISO 639-1 code; null when the text is too short, or too mixed or unknown to tell.</summary>
    public static string? Of(string text, CancellationToken cancellationToken)
    {
        var letters = new int[Enum.GetValues<Script>().Length];
        var scores = new double[Words.Value.Languages.Count];
        Span<char> word = stackalloc char[LongestSmallWord];
        var words = 0;
        var length = 0;
        for (var i = 0; i <= text.Length && words < MaxWords; i++)
        {
            if ((i & 0xFFFF) == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }

            var c = i < text.Length ? text[i] : ' ';
            if (char.IsLetter(c))
            {
                letters[(int)ScriptOf(c)]++;
                if (length < LongestSmallWord)
                {
                    word[length] = char.ToLowerInvariant(c);
                }

                length++;
            }
            else if (length > 0 && CharUnicodeInfo.GetUnicodeCategory(c) is not (UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark))
            {
                words++;
                if (length <= LongestSmallWord)
                {
                    Words.Value.Score(word[..length], scores);
                }

                length = 0;
            }
        }

        return Decide(letters, scores, words);
    }

    private static string? Decide(int[] letters, double[] scores, int words)
    {
        var all = letters.Sum();
        if (letters[(int)Script.Kana] > letters[(int)Script.Han] * MinKana)
        {
            letters[(int)Script.Kana] += letters[(int)Script.Han];
        }

        var script = (Script)Array.IndexOf(letters, letters.Max());
        if (letters[(int)script] < MinOfScript * all || all < MinLetters)
        {
            return null;
        }

        switch (script)
        {
            case Script.Greek:
                return "el";
            case Script.Hebrew:
                return "he";
            case Script.Arabic:
                return "ar";
            case Script.Devanagari:
                return "hi";
            case Script.Thai:
                return "th";
            case Script.Hangul:
                return "ko";
            case Script.Kana:
                return "ja";
            case Script.Han:
                return "zh";
            case Script.Other:
                return null;
        }

        if (words < MinWords)
        {
            return null;
        }

        var best = Array.IndexOf(scores, scores.Max());
        var second = scores.Where((_, language) => language != best).Max();
        return scores[best] >= MinShare * words && scores[best] >= MinLead * second ? Words.Value.Languages[best] : null;
    }

    private static Script ScriptOf(char c) => c switch
    {
        < '\u0250' or (>= '\u1E00' and <= '\u1EFF') => Script.Latin,
        >= '\u0370' and <= '\u03FF' or (>= '\u1F00' and <= '\u1FFF') => Script.Greek,
        >= '\u0400' and <= '\u052F' => Script.Cyrillic,
        >= '\u0590' and <= '\u05FF' => Script.Hebrew,
        >= '\u0600' and <= '\u077F' or (>= '\uFB50' and <= '\uFDFF') or (>= '\uFE70' and <= '\uFEFF') => Script.Arabic,
        >= '\u0900' and <= '\u097F' => Script.Devanagari,
        >= '\u0E00' and <= '\u0E7F' => Script.Thai,
        >= '\u1100' and <= '\u11FF' or (>= '\uAC00' and <= '\uD7AF') => Script.Hangul,
        >= '\u3040' and <= '\u30FF' => Script.Kana,
        >= '\u3400' and <= '\u4DBF' or (>= '\u4E00' and <= '\u9FFF') => Script.Han,
        _ => Script.Other,
    };

    /// <summary>The small words, each with the languages that have it.</summary>
    private sealed class SmallWords
    {
        private readonly Dictionary<string, List<int>> _languagesOf = [];
        private readonly Dictionary<string, List<int>>.AlternateLookup<ReadOnlySpan<char>> _lookup;

        private SmallWords() => _lookup = _languagesOf.GetAlternateLookup<ReadOnlySpan<char>>();

        public List<string> Languages { get; } = [];

        public static SmallWords Load()
        {
            var loaded = new SmallWords();
            using var data = new StreamReader(typeof(LanguageGuess).Assembly.GetManifestResourceStream("Languages/stop-words.txt")!, Encoding.UTF8);
            while (data.ReadLine() is { } line)
            {
                if (line.Length > 0 && line[0] != '#')
                {
                    var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                    loaded.Languages.Add(words[0]);
                    foreach (var word in words.Skip(1).Distinct())
                    {
                        loaded.Add(word);
                    }
                }
            }

            return loaded;
        }

        /// <summary>Adds to each language that has the word its share of it.</summary>
        public void Score(ReadOnlySpan<char> word, double[] scores)
        {
            if (_lookup.TryGetValue(word, out var languages))
            {
                foreach (var language in languages)
                {
                    scores[language] += 1.0 / languages.Count;
                }
            }
        }

        private void Add(string word)
        {
            if (!_languagesOf.TryGetValue(word, out var languages))
            {
                _languagesOf.Add(word, languages = []);
            }

            languages.Add(Languages.Count - 1);
        }
    }
}
