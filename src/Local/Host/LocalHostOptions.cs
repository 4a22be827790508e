using System.Reflection;
using Microsoft.Extensions.Configuration;

namespace Jobs.Local.Host;

/// <summary>What the local host itself takes from its command line.</summary>
/// <param name="Types">Where the app's functions are looked for.</param>
/// <param name="AppFolder">Where host.json and local.settings.json lie: beside the app's assembly.</param>
/// <param name="DataFolder">Where tables, blobs and the engine's history lie, as a full path: <c>--data</c>, by default <c>.data</c> in the current directory.</param>
/// <param name="Urls">What to listen on: <c>--urls</c>, separated by ';'. Loopback unless told otherwise; port 0 takes a free one.</param>
/// <param name="Arguments">The whole command line; every <c>--Name value</c> is a setting.</param>
internal sealed record LocalHostOptions(
    IReadOnlyCollection<Type> Types, string AppFolder, string DataFolder, IReadOnlyList<string> Urls, IReadOnlyList<string> Arguments)
{
    public const string DefaultUrl = "http://127.0.0.1:7071";
    public const string DefaultDataFolder = ".data";

    /// <summary>The connection string of the storage account for tables, blobs and Durable's hub; null for the storage and the engine in this process.</summary>
    public string? Account { get; init; }

    /// <summary>The options of a host that runs the functions of <paramref name="app"/>.</summary>
    public static LocalHostOptions Parse(IReadOnlyList<string> args, Assembly app)
    {
        var line = new ConfigurationBuilder().AddCommandLine([.. args]).Build();
        return new LocalHostOptions(
            app.GetTypes(),
            Path.GetDirectoryName(app.Location)!,
            Path.GetFullPath(line["data"] ?? DefaultDataFolder),
            (line["urls"] ?? DefaultUrl).Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
            args);
    }
}
