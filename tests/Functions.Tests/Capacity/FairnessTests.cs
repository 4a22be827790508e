using System.Net.Http.Json;
using System.Text.Json;
using Jobs.Domain.Sandbox;
using Jobs.Execution.Sandbox;
using Jobs.Functions.Tests.Runs;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Functions.Tests.Capacity;

/// <summary>One organisation with much to do, and another that comes after it.</summary>
public sealed class FairnessTests
{
    private const int Places = 2;
    private const int Many = 40;

    [Fact]
    public async Task Runs_that_wait_hold_up_neither_builds_nor_the_first_run_of_another_organisation()
    {
        var started = new List<(string Agent, TaskCompletionSource End)>();
        var sandbox = new FakeSandbox(async (request, _, _) =>
        {
            var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            lock (started)
            {
                started.Add((request.Context.AgentId, end));
            }

            await end.Task;
            return FakeSandbox.Result("1");
        });
        await using var app = await TestApp.StartAsync(services => services
            .AddSingleton<IAgentSandbox>(sandbox)
            .AddSingleton(new SandboxOptions { MaxConcurrent = Places }));
        var busy = await app.LayAgentAsync();
        var other = await app.LayAgentAsync(tenant: "other");
        var runs = await Task.WhenAll(Enumerable.Range(0, Many).Select(_ => app.StartRunAsync(busy)));
        await WaitUntilAsync(() => Started().Count == Places);

        // Builds have places of their own.
        await app.WaitUntilSettledAsync((await app.CreateWidgetAsync()).JobId);

        using var response = await app.OtherTenant.RunAsync(other);
        var first = (await response.ReadJsonAsync()).GetProperty("runId").GetString()!;
        // It has come to its place in the queue; which one that is, is what this is about.
        await Task.Delay(TimeSpan.FromMilliseconds(500));
        Assert.Equal(Places, Started().Count);
        Started()[0].End.SetResult();
        await WaitUntilAsync(() => Started().Count == Places + 1);
        Assert.Equal(other, Started()[Places].Agent);

        // And all of them have their turn.
        for (var ended = 1; ended < Many + 1; ended++)
        {
            await WaitUntilAsync(() => Started().Count > ended);
            Started()[ended].End.SetResult();
        }

        await WaitUntilAsync(async () => (await app.OtherTenant.GetFromJsonAsync<JsonElement>($"v1/agents/{other}/runs/{first}")).GetProperty("status").GetString() == "completed");
        foreach (var run in runs)
        {
            Assert.Equal("completed", (await app.WaitForRunAsync(busy, run)).GetProperty("status").GetString());
        }

        List<(string Agent, TaskCompletionSource End)> Started()
        {
            lock (started)
            {
                return [.. started];
            }
        }
    }

    [Fact]
    public async Task Run_that_is_cancelled_while_it_waits_takes_no_place()
    {
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var sandbox = new FakeSandbox(async (_, _, _) =>
        {
            await end.Task;
            return FakeSandbox.Result("1");
        });
        await using var app = await TestApp.StartAsync(services => services
            .AddSingleton<IAgentSandbox>(sandbox)
            .AddSingleton(new SandboxOptions { MaxConcurrent = 1 }));
        var agent = await app.LayAgentAsync();
        var running = await app.StartRunAsync(agent);
        await WaitUntilAsync(() => sandbox.Calls == 1);
        var cancelled = await app.StartRunAsync(agent);
        var last = await app.StartRunAsync(agent);

        (await app.Client.PostAsync($"v1/agents/{agent}/runs/{cancelled}/cancel", null)).EnsureSuccessStatusCode();
        Assert.Equal("cancelled", (await app.WaitForRunAsync(agent, cancelled)).GetProperty("status").GetString());
        end.SetResult();

        Assert.Equal("completed", (await app.WaitForRunAsync(agent, running)).GetProperty("status").GetString());
        Assert.Equal("completed", (await app.WaitForRunAsync(agent, last)).GetProperty("status").GetString());
        Assert.Equal(2, sandbox.Calls);
    }

    [Fact]
    public async Task Organisation_with_too_much_unfinished_work_is_429_until_some_of_it_has_ended_and_no_other_is()
    {
        const int Limit = 3;
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var sandbox = new FakeSandbox(async (_, _, _) =>
        {
            await end.Task;
            return FakeSandbox.Result("1");
        });
        await using var app = await RunApp.StartAsync(sandbox, time: null, "--Jobs:MaxUnfinished", $"{Limit}");
        var agent = await app.LayAgentAsync();
        var other = await app.LayAgentAsync(tenant: "other");
        var runs = new List<string>();
        for (var i = 0; i < Limit; i++)
        {
            runs.Add(await app.StartRunAsync(agent));
        }

        using var refused = await app.Client.RunAsync(agent, key: "again");
        using var ofAnother = await app.OtherTenant.RunAsync(other);

        Assert.Equal(429, (int)refused.StatusCode);
        Assert.Equal("too_much_unfinished", (await refused.ReadJsonAsync()).GetProperty("code").GetString());
        Assert.Equal(TimeSpan.FromSeconds(5), refused.Headers.RetryAfter?.Delta);
        Assert.Equal(202, (int)ofAnother.StatusCode);
        Assert.Equal(Limit, (await app.ListRunsAsync(agent)).Length);

        end.SetResult();
        foreach (var run in runs)
        {
            await app.WaitForRunAsync(agent, run);
        }

        await app.ReadTokensAsync(reserved: 0);
        using var accepted = await app.Client.RunAsync(agent, key: "again");
        Assert.Equal(202, (int)accepted.StatusCode);
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
