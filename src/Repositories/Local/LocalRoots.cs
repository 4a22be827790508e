namespace Jobs.Repositories.Local;

/// <summary>The folders in which repositories may be registered.</summary>
internal sealed class LocalRoots(IEnumerable<string> roots)
{
    /// <summary>How many links a path may lead over, as the kernel has it.</summary>
    private const int MaxLinks = 40;

    private readonly string[] _roots = [.. roots];

    /// <summary>The folder that a path leads to once each of its links is followed, if it is there and in one of the roots; otherwise null.</summary>
    public string? Find(string location) =>
        Path.IsPathFullyQualified(location) && Resolve(location) is { } resolved && Directory.Exists(resolved) && Hold(resolved) ? resolved : null;

    /// <summary>True for a path without links that is in one of the roots, or is one.</summary>
    public bool Hold(string resolved) => _roots.Any(root => Resolve(root) is { } parent && IsWithin(resolved, parent));

    /// <summary>An absolute path with every link in it followed, also those that are no last part; null where it leads nowhere or over too many.</summary>
    public static string? Resolve(string path)
    {
        try
        {
            return Follow(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    private static string? Follow(string path)
    {
        var full = Path.GetFullPath(path);
        var resolved = Path.GetPathRoot(full)!;
        var rest = new Stack<string>(Names(full[resolved.Length..]).Reverse());
        var links = 0;
        while (rest.TryPop(out var name))
        {
            if (name == "..")
            {
                resolved = Path.GetDirectoryName(resolved) ?? resolved;
                continue;
            }

            var next = Path.Combine(resolved, name);
            if (new FileInfo(next).LinkTarget is not { } target)
            {
                if (!Path.Exists(next))
                {
                    return null;
                }

                resolved = next;
                continue;
            }

            if (++links > MaxLinks)
            {
                return null;
            }

            if (Path.IsPathRooted(target))
            {
                resolved = Path.GetPathRoot(target)!;
                target = target[resolved.Length..];
            }

            foreach (var part in Names(target).Reverse())
            {
                rest.Push(part);
            }
        }

        return resolved;
    }

    private static IEnumerable<string> Names(string path) =>
        path.Split([Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar], StringSplitOptions.RemoveEmptyEntries).Where(static name => name != ".");

    private static bool IsWithin(string path, string parent) =>
        path == parent || path.StartsWith(parent.EndsWith(Path.DirectorySeparatorChar) ? parent : parent + Path.DirectorySeparatorChar, StringComparison.Ordinal);
}
