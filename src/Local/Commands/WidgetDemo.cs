using System.Diagnostics;
using System.Text.Json;

namespace Jobs.Local.Commands;

/// <summary>Builds and publishes one widget as a client of the documented HTTP API: contracts 000 and 001.</summary>
internal sealed class WidgetDemo(DemoApi api)
{
    /// <summary>
    /// Returns once the widget is published and its sources lie in a folder of their own under <paramref name="folder"/>. Throws
    /// <see cref="DemoFailedException"/> otherwise.
    /// </summary>
    public async Task<WidgetDemoResult> RunAsync(string prompt, string folder, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        var widgetId = await api.BuildAsync("widgets", prompt, IsBuilt, cancellationToken);
        var took = watch.Elapsed;

        await api.SendAsync(HttpMethod.Post, $"/v1/widgets/{widgetId}/publish", null, cancellationToken);
        var files = await api.SaveFilesAsync("widgets", widgetId, Path.Combine(folder, widgetId), cancellationToken);
        return new WidgetDemoResult(widgetId, files, took);
    }

    private static bool IsBuilt(JsonElement job)
    {
        var compile = DemoApi.CompileOf(job);
        return (DemoApi.Text(job, "status"), compile is null ? null : DemoApi.Text(compile.Value, "status")) switch
        {
            ("completed", "SUCCEEDED") => true,
            (_, "FAILED") => throw new DemoFailedException($"The widget does not compile:\n{DemoApi.Text(compile!.Value, "failureDetails")}"),
            ("failed", _) => throw new DemoFailedException($"The build failed: {DemoApi.Text(job, "error")}"),
            _ => false,
        };
    }
}
