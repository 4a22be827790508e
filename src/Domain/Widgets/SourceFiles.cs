using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Jobs.Domain.Widgets;

/// <summary>
/// The files of a widget, by path. An instance exists only when every rule holds, so whoever receives one may write it to a folder.
/// Paths are relative, with '/' between segments; segments consist of letters, digits, '.', '-' and '_' of ASCII.
/// </summary>
public sealed class SourceFiles
{
    /// <summary>The most files one widget may have.</summary>
    public const int MaxFiles = 200;

    /// <summary>The most bytes, as UTF-8, that all files together may have: 2 MiB.</summary>
    public const int MaxTotalBytes = 2 * 1024 * 1024;

    /// <summary>The most characters one path may have.</summary>
    public const int MaxPathLength = 200;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly SortedDictionary<string, string> _files;

    private SourceFiles(SortedDictionary<string, string> files) => _files = files;

    /// <summary>No files: what a first build starts from.</summary>
    public static SourceFiles Empty { get; } = new(new(StringComparer.Ordinal));

    /// <summary>Content by path, in ordinal order of the paths.</summary>
    public IReadOnlyDictionary<string, string> Files => _files;

    /// <summary>Checks every rule of this type; <paramref name="error"/> names the first file that breaks one, and the rule.</summary>
    public static bool TryCreate(
        IEnumerable<KeyValuePair<string, string>> files,
        [NotNullWhen(true)] out SourceFiles? result,
        [NotNullWhen(false)] out string? error)
    {
        result = null;
        var accepted = new SortedDictionary<string, string>(StringComparer.Ordinal);
        // A case-insensitive file system would let one file overwrite another, or take a file for a folder.
        var taken = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        long bytes = 0;

        foreach (var (path, content) in files)
        {
            error = PathError(path) ?? (taken.Add(path) ? null : $"the path {Show(path)} stands twice");
            if (error is not null)
            {
                return false;
            }

            // A generator's answer is read from JSON, where null passes for a string.
            if (content is null)
            {
                error = $"{Show(path)} has no content";
                return false;
            }

            try
            {
                bytes += StrictUtf8.GetByteCount(content);
            }
            catch (EncoderFallbackException)
            {
                error = $"the content of {Show(path)} is not valid Unicode text";
                return false;
            }

            accepted.Add(path, content);
            if (accepted.Count > MaxFiles)
            {
                error = $"there are more than {MaxFiles} files";
                return false;
            }

            if (bytes > MaxTotalBytes)
            {
                error = $"the files together are larger than {MaxTotalBytes} bytes";
                return false;
            }
        }

        foreach (var path in accepted.Keys)
        {
            for (var slash = path.IndexOf('/'); slash >= 0; slash = path.IndexOf('/', slash + 1))
            {
                if (taken.Contains(path[..slash]))
                {
                    error = $"{Show(path[..slash])} is both a file and a folder";
                    return false;
                }
            }
        }

        error = null;
        result = new SourceFiles(accepted);
        return true;
    }

    private static string? PathError(string path)
    {
        if (path.Length is 0 or > MaxPathLength)
        {
            return $"the path {Show(path)} must have 1 to {MaxPathLength} characters";
        }

        foreach (var segment in path.Split('/'))
        {
            // An empty segment also covers a leading slash (absolute) and a trailing one.
            if (segment is "" or "." or "..")
            {
                return $"the path {Show(path)} must be relative and must not contain empty, '.' or '..' segments";
            }

            if (!segment.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_'))
            {
                return $"the path {Show(path)} may contain only letters, digits, '.', '-', '_' and '/'";
            }
        }

        return null;
    }

    private static string Show(string path) =>
        $"\"{new string([.. path.Take(80).Select(c => char.GetUnicodeCategory(c) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate ? '?' : c)])}\"";
}
