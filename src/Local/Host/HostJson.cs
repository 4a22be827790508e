using System.Globalization;
using System.Text.Json;
using Jobs.Local.Durable;

namespace Jobs.Local.Host;

/// <summary>
/// What the local host takes from host.json. Every option is either read, or listed here as one that means nothing locally; any other stops
/// the host, because the app would behave differently in Azure.
/// </summary>
/// <param name="RoutePrefix">Stands before every route, without slashes at its ends; empty for none.</param>
/// <param name="MaxConcurrentActivities">Most activities at once, if set.</param>
/// <param name="MaxConcurrentOrchestrators">Most orchestrators at once, if set.</param>
/// <param name="Hub">Durable's hub, where it is in a storage account: with <c>--azurite</c>.</param>
internal sealed record HostJson(string RoutePrefix, int? MaxConcurrentActivities, int? MaxConcurrentOrchestrators, AzureStorageHubOptions Hub)
{
    public const string FileName = "host.json";

    private const string DefaultRoutePrefix = "api";

    private static readonly HashSet<string> WithoutMeaningHere =
    [
        // Which logs the real host itself writes and where it sends them: here there is only standard error.
        "logging",
        // Ends a function that hangs by ending the worker; this process would end with it.
        "functionTimeout",
        // The lease of the timers among the hosts of an app: here there is one host.
        "singleton",
        // What Durable tells Application Insights.
        "extensions.durableTask.tracing",
        // The hub is in files, or with --azurite in the account that this starts.
        "extensions.durableTask.storageProvider.type",
        "extensions.durableTask.storageProvider.connectionName",
    ];

    /// <summary>Reads the file in <paramref name="appFolder"/>; comments are allowed, as in the real host.</summary>
    public static HostJson Read(string appFolder)
    {
        var path = Path.Combine(appFolder, FileName);
        var result = new HostJson(DefaultRoutePrefix, null, null, new AzureStorageHubOptions());
        var version = "";

        foreach (var (name, value) in Options(path))
        {
            switch (name)
            {
                case "version":
                    version = Text(value);
                    break;
                case "extensions.http.routePrefix":
                    result = result with { RoutePrefix = Text(value).Trim('/') };
                    break;
                case "extensions.durableTask.maxConcurrentActivityFunctions":
                    result = result with { MaxConcurrentActivities = Positive(value) };
                    break;
                case "extensions.durableTask.maxConcurrentOrchestratorFunctions":
                    result = result with { MaxConcurrentOrchestrators = Positive(value) };
                    break;
                case "extensions.durableTask.hubName":
                    result = result with { Hub = result.Hub with { Name = Text(value) } };
                    break;
                case "extensions.durableTask.storageProvider.partitionCount":
                    result = result with { Hub = result.Hub with { PartitionCount = Positive(value) } };
                    break;
                case "extensions.durableTask.storageProvider.maxQueuePollingInterval":
                    result = result with { Hub = result.Hub with { MaxQueuePollingInterval = Duration(value) } };
                    break;
                case "extensions.durableTask.storageProvider.controlQueueVisibilityTimeout":
                    result = result with { Hub = result.Hub with { ControlQueueVisibilityTimeout = Duration(value) } };
                    break;
                case "extensions.durableTask.storageProvider.workItemQueueVisibilityTimeout":
                    result = result with { Hub = result.Hub with { WorkItemQueueVisibilityTimeout = Duration(value) } };
                    break;
                default:
                    throw new LocalHostException($"{path}: the local host does not know the option '{name}'.");
            }

            string Text(JsonElement element) => element.ValueKind == JsonValueKind.String
                ? element.GetString()!
                : throw new LocalHostException($"{path}: '{name}' must be a text.");

            TimeSpan Duration(JsonElement element) => TimeSpan.TryParse(Text(element), CultureInfo.InvariantCulture, out var duration) && duration > TimeSpan.Zero
                ? duration
                : throw new LocalHostException($"{path}: '{name}' must be a length of time such as \"00:00:30\".");

            int Positive(JsonElement element) => element.ValueKind == JsonValueKind.Number && element.TryGetInt32(out var number) && number > 0
                ? number
                : throw new LocalHostException($"{path}: '{name}' must be a positive whole number.");
        }

        return version == "2.0" ? result : throw new LocalHostException($"{path}: 'version' must be \"2.0\".");
    }

    /// <summary>The options by their full names: sections that are read are opened, those without meaning here are left out.</summary>
    private static List<(string Name, JsonElement Value)> Options(string path)
    {
        var options = new List<(string, JsonElement)>();
        using var document = JsonFile.Read(path);
        Open("", document.RootElement);
        return options;

        void Open(string prefix, JsonElement section)
        {
            foreach (var property in section.EnumerateObject())
            {
                var name = prefix + property.Name;
                if (WithoutMeaningHere.Contains(name))
                {
                    continue;
                }

                if (name is "extensions" or "extensions.http" or "extensions.durableTask" or "extensions.durableTask.storageProvider" && property.Value.ValueKind == JsonValueKind.Object)
                {
                    Open(name + ".", property.Value);
                }
                else
                {
                    options.Add((name, property.Value.Clone()));
                }
            }
        }
    }
}
