using System.Net.Http.Json;
using System.Text.Json;
using Jobs.Functions.Tests.Runs;

namespace Jobs.Functions.Tests.Capacity;

/// <summary>Organisations that have as many calls of a model under way as the setting lets them.</summary>
public sealed class ModelCallsTests
{
    private const int MaxConcurrent = 2;

    /// <summary>More than a host has activities.</summary>
    private const int Many = 40;

    [Fact]
    public async Task Two_organisations_at_their_limits_hold_up_neither_each_other_nor_runs_and_all_builds_have_their_turn()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await ScriptedServer.StartOpenAiAsync();
        server.Otherwise = AiBuilds.Whole with { Gate = gate.Task };
        await using var app = await AiBuilds.StartAsync(server, "--Ai:MaxConcurrent", $"{MaxConcurrent}");
        var agent = await app.LayAgentAsync();
        var ofOne = new List<string>();
        for (var i = 0; i < Many; i++)
        {
            ofOne.Add((await app.CreateWidgetAsync("of acme")).JobId);
        }

        await WaitUntilAsync(() => server.Requests.Count == MaxConcurrent);
        var ofOther = new List<string>();
        for (var i = 0; i < MaxConcurrent + 1; i++)
        {
            using var created = await app.OtherTenant.PostAsJsonAsync("v1/widgets", new { name = "W", prompt = "of other" });
            ofOther.Add((await created.ReadJsonAsync()).GetProperty("jobId").GetString()!);
        }

        await WaitUntilAsync(() => server.Requests.Count == 2 * MaxConcurrent);
        // Those that wait hold no activity.
        var run = await app.StartRunAsync(agent);
        Assert.Equal("completed", (await app.WaitForRunAsync(agent, run)).GetProperty("status").GetString());
        await Task.Delay(TimeSpan.FromMilliseconds(500));
        Assert.Equal(
            ["of acme", "of acme", "of other", "of other"],
            server.Requests.Select(request => request.Body.ToJsonString().Contains("of other", StringComparison.Ordinal) ? "of other" : "of acme").Order());

        gate.SetResult();
        foreach (var jobId in ofOne)
        {
            Assert.Equal("completed", (await app.WaitUntilSettledAsync(jobId)).GetProperty("status").GetString());
        }

        foreach (var jobId in ofOther)
        {
            await WaitUntilAsync(async () => (await app.OtherTenant.GetFromJsonAsync<JsonElement>($"v1/jobs/{jobId}")).GetProperty("status").GetString() == "completed");
        }

        Assert.Equal(Many + MaxConcurrent + 1, server.Requests.Count);
    }

    [Fact]
    public async Task Build_that_is_cancelled_while_it_waits_calls_nothing_and_the_next_has_its_turn()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await ScriptedServer.StartOpenAiAsync();
        server.Otherwise = AiBuilds.Whole with { Gate = gate.Task };
        await using var app = await AiBuilds.StartAsync(server, "--Ai:MaxConcurrent", "1");
        var (_, first) = await app.CreateWidgetAsync("first");
        await WaitUntilAsync(() => server.Requests.Count == 1);
        var (cancelledWidget, cancelled) = await app.CreateWidgetAsync("never said");
        await app.WaitForJobAsync(cancelled, job => job.GetProperty("status").GetString() == "building");
        var (_, last) = await app.CreateWidgetAsync("last");
        await app.WaitForJobAsync(last, job => job.GetProperty("status").GetString() == "building");

        (await app.Client.DeleteAsync($"v1/widgets/{cancelledWidget}")).EnsureSuccessStatusCode();
        gate.SetResult();

        Assert.Equal("completed", (await app.WaitUntilSettledAsync(first)).GetProperty("status").GetString());
        Assert.Equal("completed", (await app.WaitUntilSettledAsync(last)).GetProperty("status").GetString());
        Assert.DoesNotContain(server.Requests, request => request.Body.ToJsonString().Contains("never said", StringComparison.Ordinal));
    }

    private static Task WaitUntilAsync(Func<bool> condition) => WaitUntilAsync(() => Task.FromResult(condition()));

    private static async Task WaitUntilAsync(Func<Task<bool>> condition)
    {
        for (var deadline = DateTime.UtcNow.AddSeconds(90); !await condition(); await Task.Delay(10))
        {
            Assert.True(DateTime.UtcNow < deadline, "It does not come.");
        }
    }
}
