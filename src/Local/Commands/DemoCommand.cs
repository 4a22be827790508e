using System.Net.Http.Headers;
using System.Text.Json;
using Jobs.Local.Host;

namespace Jobs.Local.Commands;

/// <summary>Runs a demo against the app itself, then ends.</summary>
internal static class DemoCommand
{
    private const string AnyFreePort = "http://127.0.0.1:0";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Builds, publishes and saves a widget.</summary>
    public static Task<int> RunWidgetAsync(string prompt, DirectoryInfo data, bool useAzurite) => RunAsync(data, useAzurite, async (api, folder, cancellationToken) =>
    {
        var result = await new WidgetDemo(api).RunAsync(prompt, folder, cancellationToken);
        return $"""
            SUCCEEDED after {result.Took.TotalSeconds:0.0} s, and published.
            {Saved(result.Files)}
            The widget: {LocalHostOptions.DefaultUrl}/w/{result.WidgetId}/
            This demo has ended; to serve the widget there: {ServeCommandLine(data, useAzurite)}
            """;
    });

    /// <summary>Builds an agent, answers its questions, saves it and runs it.</summary>
    public static Task<int> RunAgentAsync(string prompt, DirectoryInfo data, bool useAzurite) => RunAsync(data, useAzurite, async (api, folder, cancellationToken) =>
    {
        var result = await new AgentDemo(api).RunAsync(prompt, folder, cancellationToken);
        return $"""
            BUILT after {result.BuildTook.TotalSeconds:0.0} s.
            {Saved(result.Files)}
            Its run took {result.RunTook.TotalMilliseconds:0} ms. Input:
            {result.Input}
            Output:
            {result.Output}
            {(result.Logs.Length == 0 ? "It logged nothing." : $"Logs:\n{result.Logs.TrimEnd()}")}
            Its page: {LocalHostOptions.DefaultUrl}/app/{LocalApp.Tenant}/agents/{result.AgentId}
            This demo has ended; to serve the page there: {ServeCommandLine(data, useAzurite)}
            """;
    });

    /// <summary>Crawls the sample site.</summary>
    public static async Task<int> RunCrawlAsync(DirectoryInfo data, bool useAzurite)
    {
        await using var site = await SampleSite.StartAsync();
        return await RunAsync(
            data,
            useAzurite,
            async (api, _, cancellationToken) =>
            {
                var result = await new CrawlDemo(api).RunAsync(site.Address, cancellationToken);
                return $"""
                    CRAWLED after {result.Took.TotalSeconds:0.0} s. The result:
                    {JsonSerializer.Serialize(result.Result, Indented)}
                    {(result.Errors.Count == 0 ? "Nothing went wrong." : $"What came to nothing:\n{string.Join('\n', result.Errors.Select(error => $"  {error}"))}")}
                    """;
            },
            crawlHosts: site.Address.Authority);
    }

    /// <summary>Reads, compares and reports on the sample documents.</summary>
    public static Task<int> RunReportAsync(DirectoryInfo data, bool useAzurite) => RunAsync(data, useAzurite, async (api, folder, cancellationToken) =>
    {
        var result = await new ReportDemo(api).RunAsync(folder, cancellationToken);
        return $"""
            REPORTED after {result.Took.TotalSeconds:0.0} s.
            {string.Join('\n', result.Lines())}
            {Saved(result.Files)}
            """;
    });

    /// <summary>Changes a repository, which it makes.</summary>
    public static Task<int> RunRepositoryAsync(string instruction, DirectoryInfo data, bool useAzurite) => RunAsync(data, useAzurite, async (api, _, cancellationToken) =>
    {
        var location = SampleRepository.Create(LocalApp.HostFolderOf(data.FullName, useAzurite));
        var result = await new RepositoryDemo(api).RunAsync(instruction, location, cancellationToken);
        return $"""
            {result.Status.ToUpperInvariant()} after {result.Took.TotalSeconds:0.0} s.
            Branch: {result.Branch}
            {(result.Diff.Count == 0 ? "Nothing had to be changed." : string.Join('\n', result.Diff))}
            State: {result.Status}
            The repository: {location}
            """;
    });

    private static async Task<int> RunAsync(DirectoryInfo data, bool useAzurite, Func<DemoApi, string, CancellationToken, Task<string>> run, string? crawlHosts = null)
    {
        await using var app = await LocalApp.StartAsync(new LocalAppOptions(AnyFreePort, data.FullName, useAzurite, CrawlHosts: crawlHosts));
        using var client = new HttpClient { BaseAddress = app.Address };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", app.Key.Value);
        var progress = new DemoProgress(Console.Out, Console.IsOutputRedirected ? null : Console.WindowWidth);

        try
        {
            await Console.Out.WriteLineAsync(await run(new DemoApi(client, progress, TimeProvider.System), Path.Combine(data.FullName, "demo"), app.Stopping));
            return 0;
        }
        catch (DemoFailedException exception)
        {
            await Console.Error.WriteLineAsync(exception.Message);
        }
        catch (OperationCanceledException) when (app.Stopping.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync("Stopped before the demo was done.");
        }

        return ExitCode.Failure;
    }

    private static string Saved(IReadOnlyList<string> files) => $"Its files:\n{string.Join('\n', files.Select(file => $"  {file}"))}";

    private static string ServeCommandLine(DirectoryInfo data, bool useAzurite)
    {
        var isDefault = data.FullName == LocalAppOptions.DefaultDataFolder(Environment.CurrentDirectory).FullName;
        string[] options = [.. useAzurite ? ["--azurite"] : Array.Empty<string>(), .. isDefault ? [] : new[] { $"--data '{data.FullName}'" }];
        return $"dotnet run --project src/Local{(options.Length == 0 ? "" : $" -- {string.Join(' ', options)}")}";
    }
}
