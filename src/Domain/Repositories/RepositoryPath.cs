using System.Globalization;
using System.Text;

namespace Jobs.Domain.Repositories;

/// <summary>The rule of the paths that edits may have.</summary>
public static class RepositoryPath
{
    /// <summary>The most bytes of a path, as UTF-8.</summary>
    public const int MaxBytes = 4_096;

    /// <summary>The most bytes of one name in it: what file systems take.</summary>
    public const int MaxNameBytes = 255;

    /// <summary>Git's own folder as Windows may also call it: the short name of <c>.git</c>.</summary>
    private const string ShortGit = "git~1";

    /// <summary>
    /// What is wrong with a path, in a sentence without its last point; null when nothing is. A path is relative, with <c>/</c> between its names, and leads nowhere but into the repository: no
    /// name is empty, <c>.</c>, <c>..</c>, ends with a point or a blank, or is what some file system takes for <c>.git</c> or <c>.gitmodules</c>, and none has a character that a file system
    /// takes for something else or that cannot be seen.
    /// </summary>
    public static string? FaultOf(string path)
    {
        if (path.Length == 0)
        {
            return "A path is empty";
        }

        if (path != Texts.Plain(path) || path.AsSpan().IndexOfAny("\n\t\\:\uFFFD") >= 0 || !IsText(path))
        {
            return "A path has a character that no path may have (a backslash, a colon, or one that cannot be seen)";
        }

        if (Encoding.UTF8.GetByteCount(path) > MaxBytes)
        {
            return $"A path is longer than {MaxBytes.ToString("N0", CultureInfo.InvariantCulture)} bytes";
        }

        foreach (var name in path.Split('/'))
        {
            if (Encoding.UTF8.GetByteCount(name) > MaxNameBytes)
            {
                return $"A name in a path is longer than {MaxNameBytes} bytes";
            }

            if (IsOfGit(name))
            {
                return $"\"{Shown(path)}\" is a path of Git's own";
            }

            // Windows leaves points and blanks at the end of a name away.
            if (name.Length == 0 || name[^1] is '.' or ' ')
            {
                return $"\"{Shown(path)}\" is no path within the repository";
            }
        }

        return null;
    }

    /// <summary>
    /// True for <c>.git</c> and <c>.gitmodules</c>, and for what Windows or macOS take for them: in other letters, with points and blanks at the end, with letters that are not seen, as a
    /// short name.
    /// </summary>
    private static bool IsOfGit(string name)
    {
        var plain = string.Concat(name.Where(static letter => char.GetUnicodeCategory(letter) != UnicodeCategory.Format)).TrimEnd('.', ' ').ToLowerInvariant();
        return plain is ".git" or ShortGit or ".gitmodules"
            || (plain.Length == 8 && char.IsAsciiDigit(plain[7]) && (plain.StartsWith("gitmod~", StringComparison.Ordinal) || plain.StartsWith("gi7eba~", StringComparison.Ordinal)));
    }

    private static bool IsText(string path)
    {
        for (var at = 0; at < path.Length; at++)
        {
            if (char.IsSurrogate(path[at]) && !(at + 1 < path.Length && char.IsSurrogatePair(path[at], path[++at])))
            {
                return false;
            }
        }

        return true;
    }

    private static string Shown(string path) => Texts.Cut(path, 200);
}
