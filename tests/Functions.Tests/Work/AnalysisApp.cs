using System.Net.Http.Json;
using System.Text.Json;
using Jobs.Functions.Work;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Functions.Tests.Work;

/// <summary>The app with one type of contract 003 more, which does what a test says, and short ways to what that contract gives.</summary>
internal static class AnalysisApp
{
    public const string TestType = "TEST_WORK";

    public static Task<TestApp> StartAsync(FakeJobHandler? handler = null, TimeProvider? time = null, string? data = null, params string[] arguments) => TestApp.StartAsync(
        services =>
        {
            services.AddSingleton<IJobHandler>(handler ?? Handler());
            if (time is not null)
            {
                services.AddSingleton(time);
            }
        },
        data: data,
        arguments: arguments);

    /// <summary>The settings of an app whose model is a scripted server.</summary>
    public static string[] Ai(ScriptedServer server, params string[] more) =>
        ["--Ai:Endpoint", $"{server.Address}v1", "--Ai:Model", "scripted", "--Ai:Key", "sk-test", "--Ai:MaxOutputTokens", "256", .. more];

    public static FakeJobHandler Handler(Func<int, CancellationToken, Task<BatchOutcome>>? run = null) => new(run) { Type = TestType, Contract = JobContract.Analysis };

    /// <summary>Creates a job and gives its id.</summary>
    public static async Task<string> CreateAnalysisJobAsync(this HttpClient client, string type = TestType, object? input = null)
    {
        using var response = await client.PostAsJsonAsync("api/jobs", new { type, input = input ?? new { } });
        var body = await response.ReadJsonAsync();
        Assert.True((int)response.StatusCode == 202, body.ToString());
        return body.GetProperty("id").GetString()!;
    }

    public static Task<string> PreviewAsync(this HttpClient client, string prompt) => client.CreateAnalysisJobAsync("AI_PREVIEW", new { prompt });

    /// <summary>Polls until <paramref name="isThere"/> holds, at the end by default; fails after 90 seconds.</summary>
    public static async Task<JsonElement> WaitForAnalysisAsync(this HttpClient client, string jobId, Func<JsonElement, bool>? isThere = null)
    {
        for (var deadline = DateTime.UtcNow.AddSeconds(90); ; await Task.Delay(10))
        {
            var job = await client.GetFromJsonAsync<JsonElement>($"api/jobs/{jobId}");
            if (isThere?.Invoke(job) ?? job.Status() is "COMPLETED" or "FAILED")
            {
                return job;
            }

            Assert.True(DateTime.UtcNow < deadline, $"The job does not get there: {job}");
        }
    }
}
