using System.Text.Json;
using Jobs.Local.Storage;
using Microsoft.Extensions.Configuration;

namespace Jobs.Local.Host;

/// <summary>
/// The app's settings. Later sources win: local.settings.json (as environment variables would be), the local host's own
/// <see cref="StorageSetting"/>, the environment, the command line. '__' in a name stands for ':'.
/// </summary>
internal static class LocalSettings
{
    public const string FileName = "local.settings.json";

    /// <summary>
    /// Where the app keeps tables and blobs. It stands above local.settings.json, whose value is meant for the Functions Core Tools: those
    /// have no store of their own.
    /// </summary>
    public const string StorageSetting = "JobsStorage";

    public static void AddTo(IConfigurationBuilder configuration, LocalHostOptions options) =>
        configuration
            .AddInMemoryCollection(ReadFile(Path.Combine(options.AppFolder, FileName)))
            .AddInMemoryCollection([new(StorageSetting, options.Account ?? EmbeddedStorage.ConnectionString)])
            .AddEnvironmentVariables()
            .AddCommandLine([.. options.Arguments]);

    private static List<KeyValuePair<string, string?>> ReadFile(string path)
    {
        var settings = new List<KeyValuePair<string, string?>>();
        if (!File.Exists(path))
        {
            return settings;
        }

        using var document = JsonFile.Read(path);
        foreach (var section in document.RootElement.EnumerateObject())
        {
            switch (section)
            {
                case { Name: "IsEncrypted", Value.ValueKind: JsonValueKind.False }:
                    break;
                case { Name: "Values", Value.ValueKind: JsonValueKind.Object }:
                    settings.AddRange(section.Value.EnumerateObject().Select(Setting));
                    break;
                default:
                    throw new LocalHostException($"{path}: the local host reads \"Values\", unencrypted; it does not know this '{section.Name}'.");
            }
        }

        return settings;

        KeyValuePair<string, string?> Setting(JsonProperty property) => property.Value.ValueKind == JsonValueKind.String
            ? new(property.Name.Replace("__", ConfigurationPath.KeyDelimiter), property.Value.GetString())
            : throw new LocalHostException($"{path}: the setting '{property.Name}' must be a text, as an environment variable is.");
    }
}
