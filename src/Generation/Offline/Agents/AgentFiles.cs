using System.Text.Json.Nodes;

namespace Jobs.Generation.Offline.Agents;

/// <summary>
/// The source files of agents, a folder for each kind. Programs are whole and compile as they are; all that is put into one is the value at the end of its
/// <c>functions/config.ts</c>.
/// </summary>
internal static class AgentFiles
{
    /// <summary>Where a program has what it was set to.</summary>
    public const string Config = "functions/config.ts";

    private static readonly IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Folders = EmbeddedFiles.In("Agents");

    /// <summary>The code of a kind, by path, set to a configuration.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Program(AgentKind kind, JsonObject config) =>
        Of(kind).Where(file => file.Key.EndsWith(".ts", StringComparison.Ordinal))
            .Select(file => file.Key == Config ? new(file.Key, EmbeddedFiles.Configured(file.Value, config)) : file);

    /// <summary>The schema that every agent of a kind has, <c>input</c> or <c>output</c>.</summary>
    public static JsonObject Schema(AgentKind kind, string name) => JsonNode.Parse(Of(kind)[$"{name}.schema.json"])!.AsObject();

    /// <summary>All files of a kind, by path, as they are.</summary>
    public static IReadOnlyDictionary<string, string> Of(AgentKind kind) => Folders[kind.ToString().ToLowerInvariant()];
}
