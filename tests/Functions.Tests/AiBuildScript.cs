using System.Net.Http.Json;
using System.Text.Json;
using Azure.Data.Tables;
using Jobs.Domain.Generation;
using Jobs.Domain.Jobs;
using Jobs.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Functions.Tests;

/// <summary>One build with all that a build with a model has: a plan, a question in the middle, a file that does not compile, its repair and the end. On every engine and storage the same.</summary>
internal static class AiBuildScript
{
    /// <summary>What the scripted model answers.</summary>
    public static ScriptedAnswer[] Answers { get; } =
    [
        OpenAiAnswers.StreamCalls(("1", "plan", """{"files":["src/App.tsx"]}"""), ("2", "ask_user", """{"question":"Which number?","choices":["1","2"],"default":"1"}""")),
        OpenAiAnswers.StreamCalls(
            ("3", "write_file", Json(new { path = "src/App.tsx", content = "export default function App() { const count: string = 2; return <p>{count}</p>; }" })),
            ("4", "finish", """{"summary":"A number."}""")),
        OpenAiAnswers.StreamCalls(("5", "edit_file", Json(new { path = "src/App.tsx", old = "string", @new = "number" })), ("6", "check", "{}"), ("7", "finish", """{"summary":"The number 2."}""")),
    ];

    /// <summary>The settings that have an app ask the server.</summary>
    public static string[] Settings(ScriptedServer server) => ["--Ai:Endpoint", $"{server.Address}v1", "--Ai:Model", "scripted", "--Ai:Key", "sk-test"];

    /// <summary>Builds a widget through the API and holds everything that can be seen of it. The app has the real compilers, and a server with <see cref="Answers"/>.</summary>
    public static async Task RunAsync(TestApp app, ScriptedServer server)
    {
        var (widgetId, jobId) = await app.CreateWidgetAsync("a number");
        await app.WaitForJobAsync(jobId, job => job.GetProperty("progress").GetProperty("step").GetString() == "waiting_for_input");
        Assert.Equal("Which number?", (await app.WaitForMessagesAsync("widgets", widgetId, 2))[1].GetProperty("content").GetString());

        using var answered = await app.Client.PostAsJsonAsync($"v1/widgets/{widgetId}/messages", new { content = "2" });
        Assert.Equal(202, (int)answered.StatusCode);
        var job = await app.WaitUntilSettledAsync(jobId);

        Assert.Equal("SUCCEEDED", job.GetProperty("buildStatus").GetProperty("status").GetString());
        Assert.Equal("The number 2.", (await app.WaitForMessagesAsync("widgets", widgetId, 4))[3].GetProperty("content").GetString());
        Assert.Contains("const count: number = 2", await app.Client.GetStringAsync($"v1/widgets/{widgetId}/files/src/App.tsx"), StringComparison.Ordinal);

        Assert.Equal(3, server.Requests.Count);
        Assert.Contains("""{\"answer\":\"2\"}""", server.Requests[1].Body.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }), StringComparison.Ordinal);
        Assert.Contains("TS2322", server.Requests[2].Body.ToJsonString(), StringComparison.Ordinal);
        var stored = (await app.Services.GetRequiredService<JobStore>().ReadAsync(jobId, CancellationToken.None))!.Job;
        // Three answers, and behind them the answered question, a finish that was refused, a check and a finish.
        Assert.Equal((7, new ModelUsage(33, 0, 21)), (stored.Turns, stored.Usage));
        var said = await MessagesOfAsync(app, jobId);
        Assert.Contains("Generating files with the AI model scripted", said);
        Assert.Contains("Mending what the compiler found (attempt 1 of 3)", said);
    }

    /// <summary>All progress messages that a job had, oldest first.</summary>
    public static async Task<IReadOnlyList<string>> MessagesOfAsync(TestApp app, string jobId)
    {
        var rows = new List<TableEntity>();
        await foreach (var row in app.Services.GetRequiredService<StorageAccount>().Jobs.QueryAsync<TableEntity>(row => row.PartitionKey == jobId))
        {
            rows.Add(row);
        }

        return [.. rows.Where(row => row.RowKey != jobId).OrderBy(row => row.RowKey, StringComparer.Ordinal).Select(row => row.GetString(nameof(Job.Message)))];
    }

    private static string Json(object value) => JsonSerializer.Serialize(value);
}
