namespace Jobs.Generation.Offline.Widgets;

/// <summary>
/// The source files of widgets, as they lie in the folders of <c>src/Generation/Offline/Widgets</c>: one folder for each kind and one for what all
/// kinds share. A widget is made of both, with the shared style before the kind's own. They are embedded in this assembly and read once.
/// </summary>
public static class WidgetFiles
{
    /// <summary>A kind's types of its settings, and an example of them.</summary>
    internal const string Config = "src/config.ts";

    /// <summary>The one file that is both in a kind's folder and in the shared one.</summary>
    internal const string Style = "src/styles.css";

    private const string Root = "Widgets/";

    private static readonly Dictionary<string, IReadOnlyDictionary<string, string>> Folders = typeof(WidgetFiles).Assembly.GetManifestResourceNames()
        .Where(name => name.StartsWith(Root, StringComparison.Ordinal))
        .GroupBy(name => name[Root.Length..name.IndexOf('/', Root.Length)])
        .ToDictionary(
            folder => folder.Key,
            folder => (IReadOnlyDictionary<string, string>)folder.ToDictionary(name => name[(Root.Length + folder.Key.Length + 1)..], Read));

    /// <summary>What all kinds share, by path.</summary>
    public static IReadOnlyDictionary<string, string> Shared { get; } = Of("shared");

    /// <summary>A kind's own files, by path; <c>src/App.tsx</c> is one of them.</summary>
    public static IReadOnlyDictionary<string, string> Of(string folder) => Folders[folder];

    private static string Read(string name)
    {
        using var reader = new StreamReader(typeof(WidgetFiles).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
