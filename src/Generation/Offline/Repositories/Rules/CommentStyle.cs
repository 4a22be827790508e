namespace Jobs.Generation.Offline.Repositories.Rules;

/// <summary>How a language writes comments of whole lines.</summary>
/// <param name="Open">The line before them, or null.</param>
/// <param name="Line">What each line begins with.</param>
/// <param name="Close">The line after them, or null.</param>
internal sealed record CommentStyle(string? Open, string Line, string? Close)
{
    private static readonly CommentStyle Slashes = new(null, "// ", null);
    private static readonly CommentStyle Hashes = new(null, "# ", null);
    private static readonly CommentStyle Dashes = new(null, "-- ", null);
    private static readonly CommentStyle Semicolons = new(null, ";; ", null);
    private static readonly CommentStyle Stars = new("/*", " * ", " */");
    private static readonly CommentStyle Tags = new("<!--", "  ", "-->");

    private static readonly Dictionary<string, CommentStyle> ByExtension = new(StringComparer.OrdinalIgnoreCase)
    {
        [".cs"] = Slashes, [".fs"] = Slashes, [".js"] = Slashes, [".mjs"] = Slashes, [".cjs"] = Slashes, [".jsx"] = Slashes, [".ts"] = Slashes, [".tsx"] = Slashes,
        [".java"] = Slashes, [".kt"] = Slashes, [".kts"] = Slashes, [".scala"] = Slashes, [".go"] = Slashes, [".rs"] = Slashes, [".swift"] = Slashes, [".dart"] = Slashes,
        [".c"] = Slashes, [".h"] = Slashes, [".cc"] = Slashes, [".cpp"] = Slashes, [".cxx"] = Slashes, [".hpp"] = Slashes, [".m"] = Slashes, [".proto"] = Slashes, [".php"] = Slashes,
        [".css"] = Stars, [".scss"] = Stars, [".less"] = Stars,
        [".py"] = Hashes, [".rb"] = Hashes, [".sh"] = Hashes, [".bash"] = Hashes, [".zsh"] = Hashes, [".pl"] = Hashes, [".pm"] = Hashes, [".r"] = Hashes, [".ps1"] = Hashes, [".psm1"] = Hashes,
        [".tf"] = Hashes, [".jl"] = Hashes, [".ex"] = Hashes, [".exs"] = Hashes,
        [".sql"] = Dashes, [".lua"] = Dashes, [".hs"] = Dashes, [".elm"] = Dashes,
        [".clj"] = Semicolons, [".el"] = Semicolons, [".lisp"] = Semicolons,
        [".html"] = Tags, [".xml"] = Tags, [".vue"] = Tags, [".svelte"] = Tags, [".xaml"] = Tags,
    };

    /// <summary>That of a source file by its path; null for what is no source file.</summary>
    public static CommentStyle? Of(string path) => ByExtension.GetValueOrDefault(Path.GetExtension(path));

    /// <summary>Lines as a comment.</summary>
    public IEnumerable<string> Write(IEnumerable<string> lines) =>
        [.. Open is null ? Array.Empty<string>() : [Open], .. lines.Select(line => (Line + line).TrimEnd()), .. Close is null ? Array.Empty<string>() : [Close]];
}
