using Jobs.Documents.Wording;

namespace Jobs.Documents.Analysis;

/// <summary>How firmly a sentence says something.</summary>
internal static class Firmness
{
    private static readonly string[] WeakPhrases =
    [
        "may", "might", "could", "should", "where possible", "if possible", "where practicable", "where feasible", "reasonable efforts", "best effort", "best efforts", "best endeavours",
        "is planned", "are planned", "plan to", "plans to", "planned for", "intends to", "intend to", "aims to", "aim to", "will be considered", "under consideration", "is considered",
        "being evaluated", "is optional", "are optional", "optionally", "on request", "upon request", "at its discretion", "is recommended", "are recommended", "is encouraged",
        "are encouraged", "is desirable", "to be agreed", "to be determined", "to be decided", "not yet", "in some cases", "in principle", "roadmap", "in future", "in the future", "usually",
        "normally", "typically", "as far as possible", "some of", "expects to", "expect to", "hopes to", "in most cases", "try to", "tries to",
    ];

    private static readonly string[] WeakRequirements = ["may", "might", "could", "should", "optional", "optionally", "recommended", "where possible", "on request", "upon request", "plan", "plans", "planned"];

    /// <summary>The words that make a sentence less firm than a requirement; null when it is as firm, or the requirement is not firm itself.</summary>
    public static string? Weaker(string sentence, string requirement)
    {
        var words = Plain(requirement);
        if (WeakRequirements.Any(phrase => words.Contains($" {phrase} ", StringComparison.Ordinal)))
        {
            return null;
        }

        var said = Plain(sentence);
        return WeakPhrases.FirstOrDefault(phrase => said.Contains($" {phrase} ", StringComparison.Ordinal) && !IsForbidding(said, phrase));
    }

    /// <summary>The words of a text in lower case, one blank before, between and after them.</summary>
    public static string Plain(string text) => " " + string.Join(' ', Words.Of(text, 0, text.Length).Select(word => Terms.Lower(text.AsSpan(word.Start, word.Length)))) + " ";

    /// <summary>"May not" and "may only" forbid.</summary>
    private static bool IsForbidding(string said, string phrase) =>
        phrase == "may" && (said.Contains(" may not ", StringComparison.Ordinal) || said.Contains(" may only ", StringComparison.Ordinal) || said.Contains(" no ", StringComparison.Ordinal));
}
