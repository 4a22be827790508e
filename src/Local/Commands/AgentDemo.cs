using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Jobs.Local.Commands;

/// <summary>Builds one agent, answers its questions and runs it, as a client of the documented HTTP API: contracts 000 and 001.</summary>
internal sealed class AgentDemo(DemoApi api)
{
    /// <summary>How many seconds the run is waited for: the most that the app allows.</summary>
    private const int RunPatience = 30;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>
    /// Returns once the agent has run and its sources lie in a folder of their own under <paramref name="folder"/>. Throws
    /// <see cref="DemoFailedException"/> otherwise.
    /// </summary>
    public async Task<AgentDemoResult> RunAsync(string prompt, string folder, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        var agentId = await api.BuildAsync("agents", prompt, IsBuilt, cancellationToken);
        var buildTook = watch.Elapsed;
        var files = await api.SaveFilesAsync("agents", agentId, Path.Combine(folder, agentId), cancellationToken);
        var input = SampleInput(JsonNode.Parse(await File.ReadAllTextAsync(files.Single(file => Path.GetFileName(file) == "agent.json"), cancellationToken))!["input"]);

        watch.Restart();
        var run = await api.SendAsync(HttpMethod.Post, $"/v1/agents/{agentId}/run", new { input }, cancellationToken, wait: RunPatience);
        return DemoApi.Text(run, "status") == "completed"
            ? new AgentDemoResult(
                agentId,
                files,
                input.ToJsonString(Indented),
                JsonSerializer.Serialize(run.GetProperty("output"), Indented),
                DemoApi.Text(run, "logs"),
                buildTook,
                watch.Elapsed)
            : throw new DemoFailedException($"The run did not complete: {run}");
    }

    private static bool IsBuilt(JsonElement job) => DemoApi.Text(job, "status") switch
    {
        "completed" => true,
        "failed" => throw new DemoFailedException($"The build failed: {DemoApi.Text(job, "error")}"),
        _ => false,
    };

    /// <summary>The least that an agent's input schema demands.</summary>
    private static JsonObject SampleInput(JsonNode? schema)
    {
        var input = new JsonObject();
        foreach (var name in (schema?["required"]?.AsArray() ?? []).Select(name => name!.GetValue<string>()))
        {
            var property = schema!["properties"]?[name];
            input[name] = property?["default"]?.DeepClone() ?? property?["enum"]?[0]?.DeepClone() ?? property?["examples"]?[0]?.DeepClone() ?? (string?)property?["type"] switch
            {
                "integer" or "number" => property!["minimum"]?.DeepClone() ?? 1,
                "boolean" => true,
                "array" => new JsonArray(),
                "object" => SampleInput(property),
                _ when ((string?)property?["description"])?.Contains("date", StringComparison.OrdinalIgnoreCase) == true => "2026-01-31",
                _ => "The quick brown fox jumps over the lazy dog.",
            };
        }

        return input;
    }
}
