using System.Reflection;
using System.Text.Json.Nodes;
using Jobs.Generation.Offline.Prompts;

namespace Jobs.Generation.Offline;

/// <summary>
/// The files that widgets and agents are made of, as they lie in <c>src/Generation/Offline/Widgets</c> and <c>…/Agents</c>: a folder for each kind.
/// They are embedded in this assembly.
/// </summary>
internal static class EmbeddedFiles
{
    /// <summary>What stands before the value of a kind's settings, which is the last of its file; the value there is an example.</summary>
    private const string ConfigStart = "export const config: Config = ";

    /// <summary>A kind's file of settings with <paramref name="value"/> in the place of the example.</summary>
    public static string Configured(string file, JsonNode value) =>
        $"{file[..(file.IndexOf(ConfigStart, StringComparison.Ordinal) + ConfigStart.Length)]}{TypeScriptLiteral.Of(value)};\n";

    /// <summary>The files of each folder in <paramref name="root"/>, by the folder's name and then by path, in the paths' order.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> In(string root)
    {
        var assembly = Assembly.GetExecutingAssembly();
        var start = root.Length + 1;
        return assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith($"{root}/", StringComparison.Ordinal))
            .GroupBy(name => name[start..name.IndexOf('/', start)])
            .ToDictionary(
                folder => folder.Key,
                folder => (IReadOnlyDictionary<string, string>)new SortedDictionary<string, string>(
                    folder.ToDictionary(name => name[(start + folder.Key.Length + 1)..], name => Read(assembly, name)), StringComparer.Ordinal));
    }

    private static string Read(Assembly assembly, string name)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}
