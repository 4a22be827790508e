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

    private static readonly Dictionary<string, CommentStyle> ByExtension = new[]
    {
        (Slashes, ".cs .fs .js .mjs .cjs .jsx .ts .tsx .java .kt .kts .scala .go .rs .swift .dart .c .h .cc .cpp .cxx .hpp .m .proto .php"),
        (Stars, ".css .scss .less"),
        (Hashes, ".py .rb .sh .bash .zsh .pl .pm .r .ps1 .psm1 .tf .jl .ex .exs"),
        (Dashes, ".sql .lua .hs .elm"),
        (Semicolons, ".clj .el .lisp"),
        (Tags, ".html .xml .vue .svelte .xaml"),
    }
        .SelectMany(kind => kind.Item2.Split(' '), (kind, extension) => (kind.Item1, Extension: extension))
        .ToDictionary(kind => kind.Extension, kind => kind.Item1, StringComparer.OrdinalIgnoreCase);

    /// <summary>That of a source file by its path; null for what is no source file.</summary>
    public static CommentStyle? Of(string path) => ByExtension.GetValueOrDefault(Path.GetExtension(path));

    /// <summary>Lines as a comment.</summary>
    public IEnumerable<string> Write(IEnumerable<string> lines) =>
        [.. Open is null ? Array.Empty<string>() : [Open], .. lines.Select(line => (Line + line).TrimEnd()), .. Close is null ? Array.Empty<string>() : [Close]];
}
