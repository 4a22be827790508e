using Jobs.Domain.Repositories;

namespace Jobs.Repositories.GitHub;

/// <summary>Names as GitHub and Git allow them, and nothing that would mean something else within an address.</summary>
internal static class GitHubNames
{
    private const int MaxOwner = 39;
    private const int MaxName = 100;
    private const int MaxRef = 200;
    private const int ShaLength = 40;
    private const int Sha256Length = 64;

    /// <summary>Owner and name of <c>owner/name</c>; null for anything else.</summary>
    public static (string Owner, string Name)? Split(string location) =>
        location.Split('/') is [{ Length: > 0 and <= MaxOwner } owner, { Length: > 0 and <= MaxName } name]
        && owner.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_')
        && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.')
        && name is not ("." or "..")
            ? (owner, name)
            : null;

    /// <summary>A branch's name as a part of an address, its slashes kept. Throws for a name that Git does not allow.</summary>
    public static string Escape(string branch) => IsBranch(branch)
        ? string.Join('/', branch.Split('/').Select(Uri.EscapeDataString))
        : throw new ForgeException("The branch's name is not one that Git allows.", isTransient: false);

    /// <summary>A commit's hash, as a part of an address.</summary>
    public static string CheckSha(string sha) =>
        sha.Length is ShaLength or Sha256Length && sha.All(char.IsAsciiHexDigitLower) ? sha : throw new ForgeException("The hash is not one of a commit.", isTransient: false);

    /// <summary>The rules of <c>git check-ref-format</c> for a branch.</summary>
    private static bool IsBranch(string name) =>
        name.Length is > 0 and <= MaxRef
        && name != "@"
        && !name.Contains("..", StringComparison.Ordinal)
        && !name.Contains("@{", StringComparison.Ordinal)
        && !name.EndsWith('.')
        && !name.Any(letter => letter is <= ' ' or '\x7f' or '~' or '^' or ':' or '?' or '*' or '[' or '\\')
        && name.Split('/').All(part => part.Length > 0 && part[0] is not ('.' or '-') && !part.EndsWith(".lock", StringComparison.Ordinal));
}
