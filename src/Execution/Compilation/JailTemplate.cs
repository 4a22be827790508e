namespace Jobs.Execution.Compilation;

/// <summary>
/// How every build's folder is laid out:
/// <code>
/// esbuild   typescript/   node_modules/   the tools, and the libraries where the target has any
/// entry/                                  our own entries and configurations, where no source can be written
/// sources/                                the sources; the compilers run here
/// out/                                    the only folder the compilers may write to
/// </code>
/// </summary>
internal static class JailTemplate
{
    /// <summary>As seen from the sources.</summary>
    public const string OutputFolder = "../out";

    /// <summary>The folder of the libraries.</summary>
    public const string LibrariesName = "node_modules";

    /// <summary>Content by path: our own files of every target.</summary>
    public static IReadOnlyDictionary<string, string> Files { get; } = new Dictionary<string, string>(WidgetTarget.Target.Files.Concat(AgentTarget.Target.Files))
    {
        // Ends the compilers' search for one in the folders above.
        ["package.json"] = """{ "private": true }""",
    };
}
