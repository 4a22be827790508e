using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace Jobs.Generation.Offline.Prompts;

/// <summary>
/// A regular expression that ignores case, cannot backtrack, and so takes time linear in the text that it reads. It is built when it is first used:
/// that costs milliseconds, and a prompt meets a few of the hundreds that the kinds know.
/// </summary>
public sealed class PromptPattern([StringSyntax(StringSyntaxAttribute.Regex)] string pattern)
{
    private readonly Lazy<Regex> _regex = new(() => new(pattern, RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant));

    /// <inheritdoc cref="Regex.IsMatch(string)"/>
    public bool IsMatch(string text) => _regex.Value.IsMatch(text);

    /// <inheritdoc cref="Regex.Match(string)"/>
    public Match Match(string text) => _regex.Value.Match(text);

    /// <inheritdoc cref="Regex.Match(string, int)"/>
    public Match Match(string text, int start) => _regex.Value.Match(text, start);

    /// <inheritdoc cref="Regex.Matches(string)"/>
    public MatchCollection Matches(string text) => _regex.Value.Matches(text);

    /// <inheritdoc cref="Regex.Replace(string, string)"/>
    public string Replace(string text, string replacement) => _regex.Value.Replace(text, replacement);

    /// <inheritdoc cref="Regex.Replace(string, string, int)"/>
    public string Replace(string text, string replacement, int count) => _regex.Value.Replace(text, replacement, count);

    /// <inheritdoc cref="Regex.Replace(string, MatchEvaluator)"/>
    public string Replace(string text, MatchEvaluator replacement) => _regex.Value.Replace(text, replacement);

    /// <inheritdoc cref="Regex.Split(string)"/>
    public string[] Split(string text) => _regex.Value.Split(text);

    /// <summary>The pattern as it is written.</summary>
    public override string ToString() => pattern;
}
