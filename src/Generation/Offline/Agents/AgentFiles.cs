using System.Reflection;
using System.Text.Json.Nodes;

namespace Jobs.Generation.Offline.Agents;

/// <summary>
/// The files of the kinds, as they are in <c>Offline/agents</c>, a folder each. Programs in it are whole and compile as they are; all that is put into one is the
/// value at the end of its <c>functions/config.ts</c>.
/// </summary>
internal static class AgentFiles
{
    /// <summary>Where a program has what it was set to.</summary>
    public const string Config = "functions/config.ts";

    /// <summary>What stands before the value, which is the last of its file.</summary>
    private const string Declaration = "export const config: Config = ";

    private static readonly Lazy<IReadOnlyDictionary<string, string>> All = new(Load);

    /// <summary>The code of a kind, by path, set to a configuration.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Program(AgentKind kind, JsonObject config) =>
        Of(kind).Where(file => file.Key.EndsWith(".ts", StringComparison.Ordinal))
            .Select(file => file.Key == Config ? new(file.Key, Set(file.Value, config)) : file);

    /// <summary>The schema that every agent of a kind has, <c>input</c> or <c>output</c>.</summary>
    public static JsonObject Schema(AgentKind kind, string name) => JsonNode.Parse(All.Value[$"{Folder(kind)}{name}.schema.json"])!.AsObject();

    /// <summary>All files of a kind, by path, as they are.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Of(AgentKind kind) =>
        All.Value.Where(file => file.Key.StartsWith(Folder(kind), StringComparison.Ordinal))
            .Select(file => KeyValuePair.Create(file.Key[Folder(kind).Length..], file.Value));

    private static string Set(string file, JsonObject config) =>
        file[..(file.IndexOf(Declaration, StringComparison.Ordinal) + Declaration.Length)] + TypeScriptLiteral.Of(config) + ";\n";

    private static string Folder(AgentKind kind) => $"agents/{kind.ToString().ToLowerInvariant()}/";

    private static SortedDictionary<string, string> Load()
    {
        var assembly = Assembly.GetExecutingAssembly();
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in assembly.GetManifestResourceNames().Where(name => name.StartsWith("agents/", StringComparison.Ordinal)))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            files.Add(name, reader.ReadToEnd().ReplaceLineEndings("\n"));
        }

        return files;
    }
}
