using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace Jobs.Generation.Offline.Prompts;

/// <summary>
/// A regular expression that ignores case, cannot backtrack, and so takes time linear in the text that it reads. It is built when it is first used:
/// that costs milliseconds, and a prompt meets a few of the hundreds that the kinds know.
/// </summary>
public sealed class PromptPattern([StringSyntax(StringSyntaxAttribute.Regex)] string pattern)
{
    private readonly Lazy<Regex> regex = new(() => new(pattern, RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant));

    /// <inheritdoc cref="Regex.IsMatch(string)"/>
    public bool IsMatch(string text) => regex.Value.IsMatch(text);

    /// <inheritdoc cref="Regex.Match(string)"/>
    public Match Match(string text) => regex.Value.Match(text);

    /// <inheritdoc cref="Regex.Match(string, int)"/>
    public Match Match(string text, int start) => regex.Value.Match(text, start);

    /// <inheritdoc cref="Regex.Matches(string)"/>
    public MatchCollection Matches(string text) => regex.Value.Matches(text);

    /// <inheritdoc cref="Regex.Replace(string, string)"/>
    public string Replace(string text, string replacement) => regex.Value.Replace(text, replacement);

    /// <inheritdoc cref="Regex.Replace(string, string, int)"/>
    public string Replace(string text, string replacement, int count) => regex.Value.Replace(text, replacement, count);

    /// <inheritdoc cref="Regex.Replace(string, MatchEvaluator)"/>
    public string Replace(string text, MatchEvaluator replacement) => regex.Value.Replace(text, replacement);

    /// <inheritdoc cref="Regex.Split(string)"/>
    public string[] Split(string text) => regex.Value.Split(text);

    /// <summary>The pattern as it is written.</summary>
    public override string ToString() => pattern;
}
