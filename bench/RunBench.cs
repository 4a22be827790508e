using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Jobs.Domain;
using Jobs.Domain.Agents;
using Jobs.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Bench;

/// <summary>The time from <c>POST …/run</c> with <c>Prefer: wait</c> to the result of an agent that does nothing, one after another, with nothing replaced: where it goes.</summary>
internal static class RunBench
{
    private const int WarmUp = 5;
    private const int Runs = 100;
    private const string Tenant = InitialKeyOptions.DefaultTenant;

    public static async Task RunAsync(TextWriter output)
    {
        await using var app = await BenchApp.StartAsync();
        var agentId = await LayAgentAsync(app);
        var runs = app.Services.GetRequiredService<RunStore>();
        var rounds = new List<(double Whole, double StartUp, double Code)>();
        for (var i = 0; i < WarmUp + Runs; i++)
        {
            var clock = Stopwatch.StartNew();
            using var request = new HttpRequestMessage(HttpMethod.Post, $"v1/agents/{agentId}/run") { Content = JsonContent.Create(new { }) };
            request.Headers.Add("Prefer", "wait=30");
            using var response = await app.Client.SendAsync(request);
            var run = await response.Content.ReadFromJsonAsync<JsonElement>();
            var whole = clock.Elapsed.TotalMilliseconds;
            if (run.GetProperty("status").GetString() != "completed")
            {
                throw new InvalidOperationException($"The run did not complete: {run}");
            }

            var stored = (await runs.ReadAsync(agentId, run.GetProperty("runId").GetString()!, CancellationToken.None))!.Run;
            if (i >= WarmUp)
            {
                rounds.Add((whole, stored.StartUp!.Value.TotalMilliseconds, stored.Duration!.Value.TotalMilliseconds));
            }
        }

        output.WriteLine(
            $"a no-op run, POST to result with wait, median of {Runs}: {Percentile(r => r.Whole, 0.5):F0} ms: the sandbox's start {Percentile(r => r.StartUp, 0.5):F0}, code "
            + $"{Percentile(r => r.Code, 0.5):F0}, everything else (HTTP, ledger, orchestration, storage, the wait's polling) {Percentile(r => r.Whole - r.StartUp - r.Code, 0.5):F0}; "
            + $"95th percentile {Percentile(r => r.Whole, 0.95):F0} ms");

        double Percentile(Func<(double Whole, double StartUp, double Code), double> of, double part) => rounds.Select(of).Order().ElementAt((int)(part * (rounds.Count - 1)));
    }

    /// <summary>An agent as if its build had just ended.</summary>
    private static async Task<string> LayAgentAsync(BenchApp app)
    {
        var any = JsonElement.Parse("""{"type":"object"}""");
        var program = new AgentProgram(new AgentManifest("Nothing", "Does nothing.", any, any, []), "export default async () => ({});");
        var id = Ids.NewResourceId();
        var agent = new Agent
        {
            Id = id,
            Tenant = Tenant,
            Name = "Nothing",
            CreatedAt = DateTimeOffset.UtcNow,
            ProgramRef = await app.Services.GetRequiredService<ArtifactStore>().WriteAsync(Tenant, id, JsonSerializer.SerializeToUtf8Bytes(program), CancellationToken.None),
        };
        await app.Services.GetRequiredService<AgentStore>().CreateAsync(agent, prompt: null, CancellationToken.None);
        return id;
    }
}
