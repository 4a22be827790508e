using System.Text.RegularExpressions;

namespace Jobs.Repositories.GitHub;

/// <summary>Takes secrets out of a text: ours, and whatever looks like a token of GitHub.</summary>
internal sealed partial class Redaction(IEnumerable<string> secrets)
{
    /// <summary>What stands in their place, as GitHub itself writes it.</summary>
    public const string Mask = "***";

    /// <summary>Shorter ones would take words out.</summary>
    private const int MinCharacters = 8;

    private readonly string[] _secrets = [.. secrets.Where(secret => secret.Length >= MinCharacters).Distinct().OrderByDescending(secret => secret.Length)];

    /// <summary>The text without them.</summary>
    public string Apply(string text) => Token().Replace(_secrets.Aggregate(text, (rest, secret) => rest.Replace(secret, Mask, StringComparison.Ordinal)), Mask);

    [GeneratedRegex("(?:gh[pousr]_|github_pat_)[A-Za-z0-9_]{20,}", RegexOptions.CultureInvariant)]
    private static partial Regex Token();
}
