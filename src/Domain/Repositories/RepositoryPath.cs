using System.Text;

namespace Jobs.Domain.Repositories;

/// <summary>The rule of the paths that edits may have.</summary>
public static class RepositoryPath
{
    /// <summary>The most bytes of a path, as UTF-8.</summary>
    public const int MaxBytes = 1_000;

    /// <summary>The most bytes of one name in it: what file systems take.</summary>
    public const int MaxNameBytes = 255;

    /// <summary>
    /// What is wrong with a path, in a sentence without its last point; null when nothing is. A path is relative, with <c>/</c> between its names, and leads nowhere but into the repository: no
    /// name is empty, <c>.</c>, <c>..</c> or, in whatever letters, <c>.git</c>, and none has a character that a file system takes for something else.
    /// </summary>
    public static string? FaultOf(string path)
    {
        if (path.Length == 0)
        {
            return "A path is empty";
        }

        // Half of a surrogate pair is no text.
        if (path.Any(letter => char.IsControl(letter) || letter is '\\' or ':' or '\uFFFD') || path.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF') >= 0 && !IsText(path))
        {
            return "A path has a character that no path may have (a backslash, a colon, or one that cannot be seen)";
        }

        if (Encoding.UTF8.GetByteCount(path) > MaxBytes)
        {
            return $"A path is longer than {MaxBytes} bytes";
        }

        foreach (var name in path.Split('/'))
        {
            // What Windows and macOS take for .git is .git: with points and blanks at its end, as a short name, with letters that are not seen.
            var plain = string.Concat(name.Where(letter => char.GetUnicodeCategory(letter) is not System.Globalization.UnicodeCategory.Format)).TrimEnd('.', ' ');
            if (name is "" or "." or ".." || plain.Length == 0)
            {
                return $"\"{path}\" is no path within the repository";
            }

            if (plain.Equals(".git", StringComparison.OrdinalIgnoreCase) || plain.Equals("git~1", StringComparison.OrdinalIgnoreCase))
            {
                return $"\"{path}\" is a path of Git's own";
            }

            if (Encoding.UTF8.GetByteCount(name) > MaxNameBytes)
            {
                return $"A name in a path is longer than {MaxNameBytes} bytes";
            }
        }

        return null;
    }

    private static bool IsText(string path) => path.EnumerateRunes().All(rune => rune != Rune.ReplacementChar);
}
