using System.Net.Http.Headers;
using Jobs.LocalRuntime.Host;

namespace Jobs.Local;

/// <summary>Runs the whole main job against the app itself, then ends.</summary>
internal static class DemoCommand
{
    private const string AnyFreePort = "http://127.0.0.1:0";

    public static async Task<int> RunAsync(string prompt, DirectoryInfo data, bool useAzurite)
    {
        await using var app = await LocalApp.StartAsync(AnyFreePort, data.FullName, useAzurite);
        using var client = new HttpClient { BaseAddress = app.Address };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", app.Key.Value);
        var progress = new DemoProgress(Console.Out, Console.IsOutputRedirected ? null : Console.WindowWidth);
        var demo = new Demo(client, progress, TimeProvider.System);

        try
        {
            var result = await demo.RunAsync(prompt, Path.Combine(data.FullName, "demo"), app.Stopping);
            var isDefault = data.FullName == LocalProgram.DefaultDataFolder(Environment.CurrentDirectory).FullName;
            string[] options = [.. useAzurite ? ["--azurite"] : Array.Empty<string>(), .. isDefault ? [] : new[] { $"--data '{data.FullName}'" }];
            await Console.Out.WriteLineAsync(Summary(result, options.Length == 0 ? "" : $" -- {string.Join(' ', options)}"));
            return 0;
        }
        catch (DemoFailedException exception)
        {
            await Console.Error.WriteLineAsync(exception.Message);
        }
        catch (OperationCanceledException) when (app.Stopping.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync("Stopped before the widget was done.");
        }

        return LocalProgram.Failure;
    }

    private static string Summary(DemoResult result, string options) => $"""
        SUCCEEDED after {result.Took.TotalSeconds:0.0} s, and published.
        Its files:
        {string.Join('\n', result.Files.Select(f => $"  {f}"))}
        The widget: {LocalHostOptions.DefaultUrl}/w/{result.WidgetId}/
        This demo has ended; to serve the widget there: dotnet run --project src/Local{options}
        """;
}
