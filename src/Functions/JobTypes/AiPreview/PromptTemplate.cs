using System.Text;
using System.Text.RegularExpressions;

namespace Jobs.Functions.JobTypes.AiPreview;

/// <summary>
/// A text with places for variables: <c>{{name}}</c>, blanks within the braces allowed. A name is a letter or '_' and up to 63 letters, digits and characters of '_.-', of ASCII. What looks
/// otherwise is text, and what is filled in is not looked at again.
/// </summary>
public sealed partial class PromptTemplate(string text)
{
    /// <summary>The most characters of a variable's name.</summary>
    public const int MaxNameLength = 64;

    private readonly Match[] _places = [.. Place().Matches(text).Cast<Match>()];

    /// <summary>The variables that the text needs, each once, in the order of their first places.</summary>
    public IReadOnlyList<string> Names => [.. _places.Select(NameOf).Distinct(StringComparer.Ordinal)];

    /// <summary>True for a name that a variable may have.</summary>
    public static bool IsName(string name) => name.Length <= MaxNameLength && WholeName().IsMatch(name);

    /// <summary>How many characters <see cref="Fill"/> would give. Every variable must be there.</summary>
    public long LengthWith(IReadOnlyDictionary<string, string> variables) => text.Length + _places.Sum(place => (long)variables[NameOf(place)].Length - place.Length);

    /// <summary>The text with its variables. Every variable must be there.</summary>
    public string Fill(IReadOnlyDictionary<string, string> variables)
    {
        var filled = new StringBuilder();
        var from = 0;
        foreach (var place in _places)
        {
            filled.Append(text, from, place.Index - from).Append(variables[NameOf(place)]);
            from = place.Index + place.Length;
        }

        return filled.Append(text, from, text.Length - from).ToString();
    }

    private static string NameOf(Match place) => place.Groups[1].Value;

    [GeneratedRegex(@"\{\{[ \t]*([A-Za-z_][A-Za-z0-9_.-]{0,63})[ \t]*\}\}", RegexOptions.NonBacktracking)]
    private static partial Regex Place();

    [GeneratedRegex(@"\A[A-Za-z_][A-Za-z0-9_.-]*\z", RegexOptions.NonBacktracking)]
    private static partial Regex WholeName();
}
