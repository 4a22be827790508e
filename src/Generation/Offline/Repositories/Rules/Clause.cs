using System.Text;
using System.Text.RegularExpressions;
using Jobs.Generation.Offline.Prompts;

namespace Jobs.Generation.Offline.Repositories.Rules;

/// <summary>
/// A part of an instruction that asks for one thing. In its text each quoted text is one letter of a private area, so that no word in quotes is taken for a word of the instruction.
/// </summary>
/// <param name="Text">The words, with one blank between them.</param>
/// <param name="Quotes">The quoted texts; the first is the first letter of the area.</param>
internal sealed record Clause(string Text, IReadOnlyList<string> Quotes)
{
    private const char FirstQuote = '\uE000';

    private const int MaxQuotes = 256;

    private static readonly PromptPattern Politeness = new(
        @"^(?:(?:please|kindly|also|then|and|now|first|finally|can you|could you|would you|i want you to|i would like you to)[, ]+)+|(?:[, ]+(?:please|thanks|thank you))+$|[.!?]+$");

    private static readonly PromptPattern TakesContent = new(@"^\W*(?:(?:please|also|then|and)[, ]+)*(?:create|add|write|make|append|put|overwrite|replace|insert)\b");

    /// <summary>A value as it was meant: a quoted text, or a word.</summary>
    public string Resolve(string value)
    {
        var text = new StringBuilder();
        foreach (var letter in value.Trim())
        {
            text.Append(IsQuote(letter) ? Quotes[letter - FirstQuote] : letter.ToString());
        }

        return text.ToString();
    }

    /// <summary>
    /// The clauses of an instruction: what is between line ends, semicolons, points and the word "and". Quoted is what stands between quotation marks, in code marks or in a fenced block, and
    /// what follows a colon: to the end of its line, or, where the colon ends the line, to the end of the instruction. None where the instruction cannot be read.
    /// </summary>
    public static IReadOnlyList<Clause> Split(string instruction)
    {
        var text = instruction.ReplaceLineEndings("\n").Trim();
        if (text.Any(IsQuoteOrBeyond))
        {
            return [];
        }

        var (clauses, quotes, open) = (new List<string>(), new List<string>(), new StringBuilder());
        for (var at = 0; at < text.Length;)
        {
            if (quotes.Count < MaxQuotes && QuoteAt(text, at, open) is var (quoted, quoteEnd))
            {
                open.Append(text[at] == ':' ? " " : "").Append((char)(FirstQuote + quotes.Count));
                quotes.Add(quoted);
                at = quoteEnd;
            }
            else if (SeparatorAt(text, at) is > 0 and var length)
            {
                clauses.Add(open.ToString());
                open.Clear();
                at += length;
            }
            else
            {
                open.Append(text[at++]);
            }
        }

        clauses.Add(open.ToString());
        return [.. clauses.Select(clause => new Clause(Normalise(clause), quotes)).Where(clause => clause.Text.Length > 0)];
    }

    private static bool IsQuote(char letter) => letter is >= FirstQuote and < (char)(FirstQuote + MaxQuotes);

    private static bool IsQuoteOrBeyond(char letter) => letter is >= FirstQuote and <= '\uF8FF';

    private static string Normalise(string clause)
    {
        var text = string.Join(' ', clause.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).Trim(' ', ',');
        // What is at both ends comes off one after the other.
        for (string shorter; (shorter = Politeness.Replace(text, "").Trim(' ', ',', '-', '*')) != text;)
        {
            text = shorter;
        }

        return text;
    }

    /// <summary>The quoted text that begins here, and where it ends.</summary>
    private static (string Text, int End)? QuoteAt(string text, int at, StringBuilder before)
    {
        if (text[at] == ':' && at + 1 < text.Length && text[at + 1] is ' ' or '\n' && TakesContent.IsMatch(before.ToString()))
        {
            return AfterColon(text, at);
        }

        if (text.AsSpan(at).StartsWith("```", StringComparison.Ordinal))
        {
            var begin = text.IndexOf('\n', at);
            var end = begin < 0 ? -1 : text.IndexOf("\n```", begin, StringComparison.Ordinal);
            return end < 0 ? null : (text[(begin + 1)..(end + 1)], end + "\n```".Length);
        }

        var close = text[at] switch
        {
            '"' => '"',
            '“' => '”',
            '`' => '`',
            // Not the one of "don't".
            '\'' when at == 0 || !char.IsLetterOrDigit(text[at - 1]) => '\'',
            _ => '\0',
        };
        for (var end = close == '\0' ? -1 : text.IndexOf(close, at + 1); end > at; end = text.IndexOf(close, end + 1))
        {
            if (close != '\'' || end + 1 == text.Length || !char.IsLetterOrDigit(text[end + 1]))
            {
                return text.AsSpan(at, end - at).Contains('\n') ? null : (text[(at + 1)..end], end + 1);
            }
        }

        return null;
    }

    private static (string Text, int End)? AfterColon(string text, int colon)
    {
        var lineEnd = text.IndexOf('\n', colon);
        var rest = text[(colon + 1)..(lineEnd < 0 ? text.Length : lineEnd)].Trim();
        if (rest.Length == 0)
        {
            var all = text[(lineEnd + 1)..];
            // A fenced block is a quoted text of its own.
            return all.TrimStart().StartsWith("```", StringComparison.Ordinal) || all.Trim().Length == 0 ? null : (all, text.Length);
        }

        return rest[0] is '"' or '“' or '`' or '\'' ? null : (rest, lineEnd < 0 ? text.Length : lineEnd);
    }

    private static int SeparatorAt(string text, int at)
    {
        if (text[at] is '\n' or ';')
        {
            // After a colon a block may follow on the next line.
            return text[at] == '\n' && text.AsSpan(at).TrimStart().StartsWith("```", StringComparison.Ordinal) ? 0 : 1;
        }

        if (text[at] is '.' or '!' or '?' && at + 1 < text.Length && text[at + 1] is ' ' or '\n')
        {
            return 1;
        }

        return text[at] == ' ' && Separator.Match(text.Length - at > 12 ? text.Substring(at, 12) : text[at..]) is { Success: true } match ? match.Length - 1 : 0;
    }

    private static readonly PromptPattern Separator = new(@"^ (?:and then|and also|and|then) ");
}

/// <summary>What a pattern has found in a clause.</summary>
internal sealed class ClauseMatch(Clause clause, Match match)
{
    /// <summary>Whether a part of the pattern has found something.</summary>
    public bool Has(string name) => match.Groups[name].Success;

    /// <summary>What it has found, as it was meant; empty where nothing.</summary>
    public string this[string name] => Has(name) ? clause.Resolve(match.Groups[name].Value) : "";

    /// <summary>What it has found, or null.</summary>
    public string? Maybe(string name) => Has(name) ? this[name] : null;
}
