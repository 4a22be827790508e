using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Jobs.Generation.Offline.Repositories.Rules;

/// <summary>Where the version of a project stands in the files that are known to say it. What else is in them stays as it is, letter by letter.</summary>
internal static partial class VersionFile
{
    /// <summary>Whether files of this path say a version of their own.</summary>
    public static bool IsKnown(string path) => NameOf(path) is "package.json" or "pyproject.toml" or "Cargo.toml" or "Directory.Build.props" or "VERSION" or "VERSION.txt"
        || path.EndsWith(".csproj", StringComparison.Ordinal) || path.EndsWith(".fsproj", StringComparison.Ordinal) || path.EndsWith(".vbproj", StringComparison.Ordinal);

    /// <summary>The lock file beside a manifest that repeats its version; null where there is none.</summary>
    public static string? LockOf(string path) => NameOf(path) switch
    {
        "package.json" => path[..^"package.json".Length] + "package-lock.json",
        "Cargo.toml" => path[..^"Cargo.toml".Length] + "Cargo.lock",
        _ => null,
    };

    /// <summary>Where in a text the version stands; empty where it does not.</summary>
    public static IReadOnlyList<Range> Find(string path, string text) => NameOf(path) switch
    {
        "package.json" => FindInJson(text, static names => names is ["version"]),
        "pyproject.toml" => FindInToml(text, "project", "tool.poetry"),
        "Cargo.toml" => FindInToml(text, "package", "workspace.package"),
        "VERSION" or "VERSION.txt" => text.Trim() is { Length: > 0 } version && SemanticVersion.Parse(version) is not null ? [RangeOf(text.IndexOf(version, StringComparison.Ordinal), version)] : [],
        _ => FindInProject(text),
    };

    /// <summary>Where in a lock file the same version of the same project stands.</summary>
    /// <param name="path">The lock file's path.</param>
    /// <param name="text">Its text.</param>
    /// <param name="manifest">The manifest's text.</param>
    public static IReadOnlyList<Range> FindInLock(string path, string text, string manifest) => NameOf(path) == "package-lock.json"
        ? FindInJson(text, static names => names is ["version"] or ["packages", "", "version"])
        : TomlName().Match(manifest) is { Success: true } name && name.Groups["name"].Value is var project
            ? [.. LockedCrate().Matches(text).Where(crate => crate.Groups["name"].Value == project).Take(1).Select(crate => RangeOf(crate.Groups["version"]))]
            : [];

    private static string NameOf(string path) => path[(path.LastIndexOf('/') + 1)..];

    private static IReadOnlyList<Range> FindInJson(string text, Func<List<string>, bool> isVersion)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var (found, names) = (new List<Range>(), new List<string>());
        var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.PropertyName)
                {
                    names.RemoveRange(reader.CurrentDepth - 1, names.Count - reader.CurrentDepth + 1);
                    names.Add(reader.GetString()!);
                }
                else if (reader.TokenType is JsonTokenType.StartArray)
                {
                    reader.Skip();
                }
                else if (reader.TokenType is JsonTokenType.String && names.Count == reader.CurrentDepth && isVersion(names))
                {
                    // Within the quotation marks.
                    var start = Encoding.UTF8.GetCharCount(bytes.AsSpan(0, (int)reader.TokenStartIndex + 1));
                    found.Add(start..(start + Encoding.UTF8.GetCharCount(reader.ValueSpan)));
                }
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // No JSON, or names that are no text: then there is no version that could be changed safely.
            return [];
        }

        return found;
    }

    private static IReadOnlyList<Range> FindInToml(string text, params string[] tables)
    {
        var (start, isWithin) = (0, false);
        foreach (var line in text.Split('\n'))
        {
            if (TomlTable().Match(line) is { Success: true } table)
            {
                isWithin = tables.Contains(table.Groups["name"].Value);
            }
            else if (isWithin && TomlVersion().Match(line) is { Success: true } version)
            {
                return [(start + version.Groups["version"].Index)..(start + version.Groups["version"].Index + version.Groups["version"].Length)];
            }

            start += line.Length + 1;
        }

        return [];
    }

    private static IReadOnlyList<Range> FindInProject(string text)
    {
        foreach (Match match in ProjectVersion().Matches(text))
        {
            // Not one in a comment.
            var before = text.AsSpan(0, match.Index);
            if (before.LastIndexOf("<!--", StringComparison.Ordinal) <= before.LastIndexOf("-->", StringComparison.Ordinal))
            {
                return [RangeOf(match.Groups["version"])];
            }
        }

        return [];
    }

    private static Range RangeOf(Group found) => found.Index..(found.Index + found.Length);

    private static Range RangeOf(int start, string text) => start..(start + text.Length);

    [GeneratedRegex("""<(?:Version|VersionPrefix)>\s{0,100}(?<version>[^<\s]{1,100})\s{0,100}</""")]
    private static partial Regex ProjectVersion();

    [GeneratedRegex("""^\s*\[(?<name>[A-Za-z0-9_.-]{1,100})\]""")]
    private static partial Regex TomlTable();

    [GeneratedRegex("""^\s*version\s*=\s*(?:"(?<version>[^"\r]{1,100})"|'(?<version>[^'\r]{1,100})')""")]
    private static partial Regex TomlVersion();

    [GeneratedRegex("""^\s*name\s*=\s*"(?<name>[^"\n]{1,200})"\s*$""", RegexOptions.Multiline)]
    private static partial Regex TomlName();

    [GeneratedRegex("""^name = "(?<name>[^"\n]{1,200})"\r?\nversion = "(?<version>[^"\n]{1,100})"\r?$""", RegexOptions.Multiline)]
    private static partial Regex LockedCrate();
}
