namespace Jobs.Domain.Repositories;

/// <summary>
/// Globs of paths, by which a repository says what its jobs may change. <c>*</c> stands for any letters of a name, <c>?</c> for one, <c>**</c> as a whole name for any number of names; a
/// glob that ends with <c>/</c> has all that is below it. Upper and lower case differ, as they do in Git. A glob is about the whole path: <c>*.md</c> has no file of a folder, and
/// <c>**/*.md</c> has them all.
/// </summary>
public sealed class PathGlobs
{
    private readonly string[][] _globs;

    /// <summary>None at all allows every path.</summary>
    public PathGlobs(IEnumerable<string> globs) =>
        // What stands for all that is below a folder is not the folder.
        _globs = [.. globs.Select(glob => glob.EndsWith('/') ? glob + "**" : glob).Select(glob => (glob == "**" || glob.EndsWith("/**", StringComparison.Ordinal) ? glob + "/*" : glob).Split('/'))];

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
