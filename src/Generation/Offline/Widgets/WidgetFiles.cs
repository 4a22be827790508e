namespace Jobs.Generation.Offline.Widgets;

/// <summary>
/// The source files of widgets: one folder for each kind and one for what all kinds share. A widget is made of both, with the shared style before the
/// kind's own.
/// </summary>
public static class WidgetFiles
{
    /// <summary>A kind's types of its settings, and an example of them.</summary>
    internal const string Config = "src/config.ts";

    /// <summary>The one file that is both in a kind's folder and in the shared one.</summary>
    internal const string Style = "src/styles.css";

    private static readonly IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Folders = EmbeddedFiles.In("Widgets");

    /// <summary>What all kinds share, by path.</summary>
    public static IReadOnlyDictionary<string, string> Shared { get; } = Of("shared");

    /// <summary>A kind's own files, by path; <c>src/App.tsx</c> is one of them.</summary>
    public static IReadOnlyDictionary<string, string> Of(string folder) => Folders[folder];
}
