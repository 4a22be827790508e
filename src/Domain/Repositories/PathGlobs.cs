namespace Jobs.Domain.Repositories;

/// <summary>
/// Globs of paths, by which a repository says what its jobs may change. <c>*</c> stands for any letters of a name, <c>?</c> for one, <c>**</c> as a whole name for any number of names; a
/// glob that ends with <c>/</c> has all that is below it. Upper and lower case differ, as they do in Git. A glob is about the whole path: <c>*.md</c> has no file of a folder, and
/// <c>**/*.md</c> has them all.
/// </summary>
public sealed class PathGlobs
{
    /// <summary>The most globs that a repository may have.</summary>
    public const int MaxGlobs = 50;

    /// <summary>The most characters of one of them.</summary>
    public const int MaxLength = 200;

    private readonly string[][] _globs;

    /// <summary>None at all allows every path.</summary>
    public PathGlobs(IEnumerable<string> globs) =>
        _globs = [.. globs.Select(glob => (glob.EndsWith('/') ? glob + "**" : glob).Split('/'))];

    /// <summary>What is wrong with a glob, in a sentence without its last point; null when nothing is. Brackets, braces and a leading <c>!</c> mean nothing here, so they are refused.</summary>
    public static string? FaultOf(string glob) =>
        glob.Length is 0 or > MaxLength ? $"A glob must have 1 to {MaxLength} characters"
        : glob.AsSpan().IndexOfAny("[]{}!\\") >= 0 ? "A glob may have *, ** and ?, and none of []{}!\\"
        : RepositoryPath.FaultOf(glob.TrimEnd('/')) is { } fault ? fault
        : glob.EndsWith("//", StringComparison.Ordinal) ? "A glob has an empty name" : null;

    /// <summary>Whether a path is one of those that may be changed.</summary>
    public bool Allow(string path)
    {
        if (_globs.Length == 0)
        {
            return true;
        }

        var names = path.Split('/');
        return _globs.Any(glob => IsMatch(glob, names, static part => part == "**", IsName));
    }

    private static bool IsName(string glob, string name) =>
        IsMatch<char, char>(glob.AsSpan(), name.AsSpan(), static letter => letter == '*', static (letter, other) => letter == '?' || letter == other);

    private static bool IsMatch(string[] glob, string[] names, Func<string, bool> isMany, Func<string, string, bool> isOne) =>
        IsMatch<string, string>(glob.AsSpan(), names.AsSpan(), isMany, isOne);

    /// <summary>In time of the product of both lengths at most: only the last of the parts that stand for many is ever tried again.</summary>
    private static bool IsMatch<TGlob, T>(ReadOnlySpan<TGlob> glob, ReadOnlySpan<T> items, Func<TGlob, bool> isMany, Func<TGlob, T, bool> isOne)
    {
        var (at, item, many, from) = (0, 0, -1, 0);
        while (item < items.Length)
        {
            if (at < glob.Length && isMany(glob[at]))
            {
                (many, from) = (at++, item);
            }
            else if (at < glob.Length && isOne(glob[at], items[item]))
            {
                (at, item) = (at + 1, item + 1);
            }
            else if (many >= 0)
            {
                (at, item) = (many + 1, ++from);
            }
            else
            {
                return false;
            }
        }

        while (at < glob.Length && isMany(glob[at]))
        {
            at++;
        }

        return at == glob.Length;
    }
}
