using System.Net.Http.Json;
using System.Text.Json;
using Jobs.Domain.Generation;
using Jobs.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Functions.Tests;

/// <summary>Builds with a model behind a provider's real client, through the whole app. Compilers and the sandbox are the real ones where a test is about them.</summary>
public sealed class AiBuildTests
{
    [Fact]
    public async Task Widget_that_does_not_compile_at_first_is_mended_by_the_model_and_succeeds()
    {
        await using var server = await ScriptedServer.StartOpenAiAsync(
            Write("1", "src/App.tsx", "export default function App() { const count: string = 1; return <p>{count}</p>; }"),
            Finish("2", "A number."),
            Write("3", "src/App.tsx", "export default function App() { const count: number = 1; return <p>{count}</p>; }"),
            Finish("4", "A number, mended."));
        await using var app = await StartAsync(server, real: true);
        var (widgetId, jobId) = await app.CreateWidgetAsync("a number");

        var job = await app.WaitUntilSettledAsync(jobId);

        Assert.Equal("SUCCEEDED", job.GetProperty("buildStatus").GetProperty("status").GetString());
        Assert.Contains("TS2322", server.Requests[2].Body.ToJsonString(), StringComparison.Ordinal);
        Assert.Contains("A number, mended.", (await app.WaitForMessagesAsync("widgets", widgetId, 2))[1].GetProperty("content").GetString());
        // Four answers, two checks behind "finish", and the end.
        var stored = (await app.Services.GetRequiredService<JobStore>().ReadAsync(jobId, CancellationToken.None))!.Job;
        Assert.Equal(6, stored.Turns);
        Assert.Equal(4 * 7, stored.Usage.Output);
    }

    [Fact]
    public async Task Widget_that_never_compiles_fails_with_what_the_compiler_says()
    {
        await using var server = await ScriptedServer.StartOpenAiAsync(Write("1", "src/App.tsx", "export default 1 as string;"));
        server.Otherwise = Finish("2", "Done.");
        await using var app = await StartAsync(server, real: true);
        var (_, jobId) = await app.CreateWidgetAsync("a number");

        var job = await app.WaitUntilSettledAsync(jobId);

        Assert.Equal("FAILED", job.GetProperty("buildStatus").GetProperty("status").GetString());
        Assert.Contains("src/App.tsx", job.GetProperty("buildStatus").GetProperty("failureDetails").GetString());
    }

    [Fact]
    public async Task Agent_is_tried_in_the_sandbox_and_built()
    {
        await using var server = await ScriptedServer.StartOpenAiAsync(
            OpenAiAnswers.StreamCalls(
                ("1", "write_file", Json(new { path = "functions/main.ts", content = "export default async (input: { n: number }) => ({ twice: 2 * input.n });" })),
                ("2", "write_file", Json(new { path = "README.md", content = "# Twice" })),
                ("3", "write_file", Json(new { path = "agent.json", content = """{"name":"Twice","description":"Doubles.","input":{"type":"object","properties":{"n":{"type":"number"}},"required":["n"]},"output":{"type":"object"},"secrets":[]}""" }))),
            OpenAiAnswers.StreamCalls(("4", "try_agent", """{"input":{"n":21}}""")),
            Finish("5", "Doubles a number."));
        await using var app = await StartAsync(server, real: true);
        var (agentId, jobId) = await app.CreateAgentAsync("double a number");

        var job = await app.WaitUntilSettledAsync(jobId);

        Assert.Equal("completed", job.GetProperty("status").GetString());
        Assert.Contains("twice", server.Requests[2].Body.ToJsonString(), StringComparison.Ordinal);
        Assert.Contains("42", server.Requests[2].Body["messages"]!.AsArray()[^1]!.ToJsonString(), StringComparison.Ordinal);
        var messages = await app.WaitForMessagesAsync("agents", agentId, 2);
        Assert.Equal("Doubles a number.", messages[1].GetProperty("content").GetString());
    }

    [Fact]
    public async Task Fault_of_the_provider_is_told_in_our_words_and_the_token_is_given_back()
    {
        await using var server = await ScriptedServer.StartOpenAiAsync();
        server.Otherwise = OpenAiAnswers.Error(401, "Incorrect API key provided: sk-secret. Write to admin@provider.example.");
        await using var app = await StartAsync(server);
        var (_, jobId) = await app.CreateAgentAsync("double a number");

        var job = await app.WaitUntilSettledAsync(jobId);

        Assert.Equal("failed", job.GetProperty("status").GetString());
        Assert.Equal("The AI service does not let us in.", job.GetProperty("error").GetString());
        await AssertNoTokenTakenAsync(app);
    }

    [Fact]
    public async Task Process_that_dies_between_two_answers_loses_none_of_them()
    {
        await using var server = await ScriptedServer.StartOpenAiAsync(Write("1", "src/App.tsx", "export default function App() { return <p>kept</p>; }"));
        var gate = new TaskCompletionSource();
        server.Otherwise = Finish("2", "Kept.") with { Gate = gate.Task };
        var data = Directory.CreateTempSubdirectory("jobs-ai-").FullName;
        string jobId;
        await using (var first = await StartAsync(server, data))
        {
            (_, jobId) = await first.CreateWidgetAsync("something");
            await first.WaitForJobAsync(jobId, _ => server.Requests.Count == 2);
        }

        gate.SetResult();
        await using var second = await StartAsync(server, data);
        var job = await second.WaitUntilSettledAsync(jobId);

        Assert.Equal("SUCCEEDED", job.GetProperty("buildStatus").GetProperty("status").GetString());
        Assert.Equal(1, server.Requests.Count(request => request.Body["messages"]!.AsArray().Count == 2));
    }

    private static ScriptedAnswer Write(string id, string path, string content) => OpenAiAnswers.StreamCalls((id, "write_file", Json(new { path, content })));

    private static ScriptedAnswer Finish(string id, string summary) => OpenAiAnswers.StreamCalls((id, "finish", Json(new { summary })));

    private static string Json(object value) => JsonSerializer.Serialize(value);

    private static async Task AssertNoTokenTakenAsync(TestApp app)
    {
        var tokens = (await app.Client.GetFromJsonAsync<JsonElement>("v1/usage")).GetProperty("tokens");
        Assert.Equal((0, 0), (tokens.GetProperty("spent").GetInt64(), tokens.GetProperty("reserved").GetInt64()));
    }

    private static Task<TestApp> StartAsync(ScriptedServer server, string? data = null, bool real = false) => TestApp.StartAsync(
        real: real, data: data, arguments: ["--Ai:Endpoint", $"{server.Address}v1", "--Ai:Model", "scripted", "--Ai:Key", "sk-test"]);
}
