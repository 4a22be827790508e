using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;

namespace Jobs.Local;

/// <summary>Builds and publishes one widget as a client of the documented HTTP API: contracts 000 and 001.</summary>
internal sealed class Demo(HttpClient client, DemoProgress progress, TimeProvider time)
{
    /// <summary>The most characters of the prompt that become the widget's name.</summary>
    private const int NameLength = 60;

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(200);

    /// <summary>A build that takes longer has gone wrong: its own limits end it sooner.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Returns once the widget is published and its sources lie in a folder of their own under <paramref name="folder"/>. Throws
    /// <see cref="DemoFailedException"/> otherwise.
    /// </summary>
    public async Task<DemoResult> RunAsync(string prompt, string folder, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        var name = prompt.Trim() is { Length: > NameLength } longer ? longer[..NameLength] : prompt.Trim();
        var created = await SendAsync(HttpMethod.Post, "/v1/widgets", new { name, prompt }, cancellationToken);
        var widgetId = Text(created, "widgetId");
        await WaitForBuildAsync(Text(created, "jobId"), cancellationToken);
        var took = watch.Elapsed;

        await SendAsync(HttpMethod.Post, $"/v1/widgets/{widgetId}/publish", null, cancellationToken);
        var files = await SaveFilesAsync(widgetId, Path.Combine(folder, widgetId), cancellationToken);
        return new DemoResult(widgetId, files, took);
    }

    private async Task WaitForBuildAsync(string jobId, CancellationToken cancellationToken)
    {
        try
        {
            for (var start = time.GetTimestamp(); time.GetElapsedTime(start) < Patience; await Task.Delay(PollInterval, time, cancellationToken))
            {
                var job = await SendAsync(HttpMethod.Get, $"/v1/jobs/{jobId}", null, cancellationToken);
                var compile = job.TryGetProperty("buildStatus", out var status) && status.ValueKind == JsonValueKind.Object ? status : (JsonElement?)null;
                var step = job.GetProperty("progress");
                progress.Show(DemoStep.From(Text(step, "step"), compile is null ? null : Text(compile.Value, "phase"), Text(step, "message")));

                switch (Text(job, "status"), compile is null ? null : Text(compile.Value, "status"))
                {
                    case ("completed", "SUCCEEDED"):
                        return;
                    case (_, "FAILED"):
                        throw new DemoFailedException($"The widget does not compile:\n{Text(compile!.Value, "failureDetails")}");
                    case ("failed", _):
                        throw new DemoFailedException($"The build failed: {Text(job, "error")}");
                }
            }
        }
        finally
        {
            progress.End();
        }

        throw new DemoFailedException($"The build {jobId} was not done after {Patience.TotalMinutes:0} minutes.");
    }

    private async Task<IReadOnlyList<string>> SaveFilesAsync(string widgetId, string folder, CancellationToken cancellationToken)
    {
        var listed = await SendAsync(HttpMethod.Get, $"/v1/widgets/{widgetId}/files", null, cancellationToken);
        var saved = new List<string>();
        foreach (var path in listed.GetProperty("files").EnumerateArray().Select(f => Text(f, "path")))
        {
            var target = Path.GetFullPath(Path.Combine(folder, path));
            if (!target.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            {
                throw new DemoFailedException($"The widget has a file outside its folder: {path}");
            }

            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            await File.WriteAllBytesAsync(target, await client.GetByteArrayAsync($"/v1/widgets/{widgetId}/files/{path}", cancellationToken), cancellationToken);
            saved.Add(target);
        }

        return saved;
    }

    private async Task<JsonElement> SendAsync(HttpMethod method, string path, object? body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        using var response = await client.SendAsync(request, cancellationToken);
        var content = await response.Content.ReadAsStringAsync(cancellationToken);
        return response.IsSuccessStatusCode
            ? JsonSerializer.Deserialize<JsonElement>(content)
            : throw new DemoFailedException($"{method} {path} answered {(int)response.StatusCode}: {content}");
    }

    private static string Text(JsonElement element, string property) =>
        element.TryGetProperty(property, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : throw new DemoFailedException($"An answer lacks '{property}': {element}");
}
