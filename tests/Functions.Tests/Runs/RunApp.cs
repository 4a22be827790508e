using System.Net.Http.Json;
using System.Text.Json;
using Jobs.Domain;
using Jobs.Domain.Agents;
using Jobs.Domain.Ledger;
using Jobs.Domain.Sandbox;
using Jobs.Functions.Ledger;
using Jobs.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Functions.Tests.Runs;

/// <summary>An app with agents that are built, as if their builds had just ended.</summary>
internal static class RunApp
{
    /// <summary>An input schema that takes anything.</summary>
    public const string AnyInput = """{"type":"object"}""";

    public static Task<TestApp> StartAsync(FakeSandbox? sandbox = null, TimeProvider? time = null, params string[] arguments) => TestApp.StartAsync(
        services =>
        {
            if (sandbox is not null)
            {
                services.AddSingleton<IAgentSandbox>(sandbox);
            }

            if (time is not null)
            {
                services.AddSingleton(time);
            }
        },
        arguments: arguments);

    /// <summary>Lays an agent with a program, and gives its id.</summary>
    public static async Task<string> LayAgentAsync(
        this TestApp app,
        string input = AnyInput,
        string[]? secrets = null,
        Func<Agent, Agent>? change = null,
        string tenant = "acme",
        string code = "export default async (input) => input;")
    {
        var id = Ids.NewResourceId();
        var manifest = new AgentManifest("Echo", "Echoes.", JsonElement.Parse(input), JsonElement.Parse(AnyInput), secrets ?? []);
        var program = await app.Services.GetRequiredService<ArtifactStore>().WriteAsync(
            tenant, id, JsonSerializer.SerializeToUtf8Bytes(new AgentProgram(manifest, code)), CancellationToken.None);
        var agent = new Agent
        {
            Id = id,
            Tenant = tenant,
            Name = "Echo",
            CreatedAt = app.Services.GetRequiredService<TimeProvider>().GetUtcNow(),
            ProgramRef = program,
        };
        await app.Services.GetRequiredService<AgentStore>().CreateAsync(change?.Invoke(agent) ?? agent, prompt: null, CancellationToken.None);
        return id;
    }

    public static async Task<Agent> ReadAgentAsync(this TestApp app, string agentId) =>
        (Agent)(await app.Services.GetRequiredService<AgentStore>().ReadAsync("acme", agentId, CancellationToken.None))!.Resource;

    public static async Task<HttpResponseMessage> RunAsync(this HttpClient client, string agentId, object? input = null, string? prefer = null, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"v1/agents/{agentId}/run") { Content = JsonContent.Create(new { input }) };
        if (prefer is not null)
        {
            request.Headers.TryAddWithoutValidation("Prefer", prefer);
        }

        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        return await client.SendAsync(request);
    }

    /// <summary>Starts a run and gives its id.</summary>
    public static async Task<string> StartRunAsync(this TestApp app, string agentId, object? input = null)
    {
        using var response = await app.Client.RunAsync(agentId, input);
        var body = await response.ReadJsonAsync();
        Assert.True((int)response.StatusCode == 202, body.ToString());
        return body.GetProperty("runId").GetString()!;
    }

    public static Task<JsonElement> GetRunAsync(this TestApp app, string agentId, string runId) =>
        app.Client.GetFromJsonAsync<JsonElement>($"v1/agents/{agentId}/runs/{runId}");

    /// <summary>Polls until the run has ended; fails after 90 seconds.</summary>
    public static async Task<JsonElement> WaitForRunAsync(this TestApp app, string agentId, string runId)
    {
        var deadline = DateTime.UtcNow.AddSeconds(90);
        while (true)
        {
            var run = await app.GetRunAsync(agentId, runId);
            if (run.GetProperty("status").GetString() != "running")
            {
                return run;
            }

            Assert.True(DateTime.UtcNow < deadline, $"The run does not end: {run}");
            await Task.Delay(10);
        }
    }

    public static async Task<JsonElement[]> ListRunsAsync(this TestApp app, string agentId) =>
        [.. (await app.Client.GetFromJsonAsync<JsonElement>($"v1/agents/{agentId}/runs")).GetProperty("runs").EnumerateArray()];

    /// <summary>The organisation's tokens once nothing is reserved, and that its entries add up.</summary>
    public static async Task<LedgerBalance> ReadTokensAsync(this TestApp app, long reserved = 0)
    {
        var ledger = app.Services.GetRequiredService<TokenLedger>();
        var deadline = DateTime.UtcNow.AddSeconds(90);
        while (true)
        {
            var usage = await ledger.ReadAsync("acme", before: null, limit: 1_000, CancellationToken.None);
            Assert.Equal(usage.Balance.Balance, usage.Entries.Sum(entry => entry.Amount));
            Assert.Equal(usage.Balance.Granted, usage.Balance.Balance + usage.Balance.Reserved + usage.Balance.Spent);
            if (usage.Balance.Reserved == reserved)
            {
                return usage.Balance;
            }

            Assert.True(DateTime.UtcNow < deadline, $"{usage.Balance.Reserved} tokens stay reserved.");
            await Task.Delay(10);
        }
    }

    /// <summary>Waits until nothing is left to sweep: what closes a run removes its entry last, after the caller has seen its end.</summary>
    public static async Task AssertNothingToSweepAsync(this TestApp app)
    {
        var deadline = DateTime.UtcNow.AddSeconds(90);
        while (await app.SweepEntriesAsync() is [var entry, ..])
        {
            Assert.True(DateTime.UtcNow < deadline, $"{entry} is left.");
            await Task.Delay(10);
        }
    }

    public static async Task<List<SweepEntry>> SweepEntriesAsync(this TestApp app)
    {
        var entries = new List<SweepEntry>();
        await foreach (var entry in app.Services.GetRequiredService<SweepList>().ListAsync(DateTimeOffset.MaxValue.AddYears(-1), CancellationToken.None))
        {
            entries.Add(entry);
        }

        return entries;
    }
}
