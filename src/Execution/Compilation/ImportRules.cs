using System.Text.Json;
using System.Text.RegularExpressions;

namespace Jobs.Execution.Compilation;

/// <summary>
/// What sources may import: files of their own of a few kinds and their target's libraries; and, from a style sheet, images that are written into it as data.
/// Checked on what the bundler's own parser found, so that no way of writing an import goes round it.
/// </summary>
internal static partial class ImportRules
{
    /// <summary>Of how many breaches it is looked up where they stand, which costs a search of the file each. More than these are never shown.</summary>
    public const int MaxPlaced = 100;

    /// <summary>The breaches in a bundle or scan, as <c>file:line:column: error: message</c>; empty when there are none.</summary>
    /// <param name="target">What is compiled.</param>
    /// <param name="metafile">What esbuild wrote by <c>--metafile</c>, its paths relative to the sources' folder.</param>
    /// <param name="sources">The files.</param>
    public static IReadOnlyList<string> Breaches(CompileTarget target, ReadOnlyMemory<byte> metafile, IReadOnlyDictionary<string, string> sources)
    {
        var breaches = new List<string>();
        var foreign = new List<string>();
        using var document = JsonDocument.Parse(metafile);
        foreach (var input in document.RootElement.GetProperty("inputs").EnumerateObject())
        {
            if (!sources.TryGetValue(input.Name, out var content))
            {
                if (input.Name != target.EntryModule && !input.Name.StartsWith("../node_modules/", StringComparison.Ordinal))
                {
                    foreign.Add($"{target.MainModule}: error: \"{Shorten(input.Name)}\" is not a file of the {target.Noun}; {target.Offer}");
                }

                continue;
            }

            if (!target.CanImport(input.Name))
            {
                breaches.Add($"{input.Name}: error: this kind of file cannot be imported; {string.Join(", ", target.Kinds)} can");
            }

            foreach (var import in input.Value.GetProperty("imports").EnumerateArray())
            {
                // "original" is what the source says; it is absent where nothing was resolved.
                var specifier = (import.TryGetProperty("original", out var original) ? original : import.GetProperty("path")).GetString()!;
                if (Breach(target, input.Name, specifier, import.GetProperty("kind").GetString()!) is { } reason)
                {
                    var place = breaches.Count < MaxPlaced ? Position(input.Name, content, specifier) : input.Name;
                    breaches.Add($"{place}: error: \"{Shorten(specifier)}\" {reason}");
                }
            }
        }

        // The import that led to such an input says more, and where it stands.
        return breaches.Count > 0 ? breaches : foreign;
    }

    private static string? Breach(CompileTarget target, string importer, string specifier, string kind)
    {
        var fromStyle = kind is "import-rule" or "url-token" or "composes-from";
        if (kind == "url-token" && (specifier.StartsWith('#') || specifier.StartsWith("data:image/", StringComparison.OrdinalIgnoreCase)))
        {
            return null;
        }

        // What the bundler adds by itself.
        if (specifier == "<runtime>")
        {
            return null;
        }

        if (specifier.StartsWith("//", StringComparison.Ordinal) || Scheme().IsMatch(specifier))
        {
            return fromStyle
                ? "cannot be loaded: a style sheet can use the widget's own style sheets and images written as data:image/…"
                : $"cannot be imported: {target.Offer}";
        }

        if (specifier.StartsWith('/') || specifier.Contains('\\'))
        {
            return $"is an absolute path; {target.Offer}";
        }

        if (fromStyle || specifier is "." or ".." || specifier.StartsWith("./", StringComparison.Ordinal) || specifier.StartsWith("../", StringComparison.Ordinal))
        {
            return Climbs(importer, specifier) ? "leads out of the folder of the sources" : null;
        }

        return target.Libraries.Any(library => specifier == library || specifier.StartsWith(library + "/", StringComparison.Ordinal))
            && !specifier.Split('/').Contains("..")
            ? null
            : $"is not available: {target.Offer}";
    }

    private static bool Climbs(string importer, string specifier)
    {
        var depth = importer.Count(c => c == '/');
        foreach (var segment in specifier.Split('/'))
        {
            depth += segment switch { "" or "." => 0, ".." => -1, _ => 1 };
            if (depth < 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The bundler does not say where an import stands, so this is the first place where its text does.</summary>
    private static string Position(string file, string content, string specifier)
    {
        var quoted = content.IndexOf($"\"{specifier}\"", StringComparison.Ordinal);
        var single = quoted >= 0 ? quoted : content.IndexOf($"'{specifier}'", StringComparison.Ordinal);
        var index = single >= 0 ? single : content.IndexOf(specifier, StringComparison.Ordinal);
        if (index < 0)
        {
            return file;
        }

        var before = content.AsSpan(0, index);
        return $"{file}:{before.Count('\n') + 1}:{index - before.LastIndexOf('\n')}";
    }

    private static string Shorten(string specifier) => specifier.Length <= 100 ? specifier : specifier[..100] + "…";

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9+.-]*:")]
    private static partial Regex Scheme();
}
