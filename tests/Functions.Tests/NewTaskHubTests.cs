using System.Net.Http.Json;
using System.Text.Json;
using Jobs.Domain.Generation;
using Jobs.Domain.Sandbox;
using Jobs.Functions.Sweeping;
using Jobs.Functions.Tests.Runs;
using Jobs.Functions.Tests.Work;
using Jobs.Functions.Work;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Functions.Tests;

/// <summary>Whoever deploys orchestrators that are not those of before gives them a task hub of their own: what is unfinished stands in the rows.</summary>
public sealed class NewTaskHubTests : IDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("jobs-hub-").FullName;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public async Task What_is_unfinished_goes_on_in_a_new_task_hub_from_where_its_row_is()
    {
        var never = new TaskCompletionSource<GenerationResult>();
        var done = 0;
        string agentId, runId, workId;
        (string WidgetId, string JobId) asked, cut;
        await using (var app = await StartAsync(
            new ManualTimeProvider(),
            new FakeGenerator((request, _) => request.Prompt == "ask" ? Task.FromResult<GenerationResult>(new GenerationResult.Question("Which colour?", [])) : never.Task),
            // The first batch is done, and the host dies over the second.
            new FakeJobHandler { Before = _ => Interlocked.Increment(ref done) == 1 ? Task.CompletedTask : Task.Delay(Timeout.Infinite) },
            new FakeSandbox(async (_, _, cancellationToken) =>
            {
                await Task.Delay(Timeout.Infinite, cancellationToken);
                throw new InvalidOperationException("It never ends.");
            })))
        {
            asked = await app.CreateWidgetAsync("ask");
            cut = await app.CreateWidgetAsync("build");
            agentId = await app.LayAgentAsync();
            runId = await app.StartRunAsync(agentId);
            workId = await app.Client.CreateJobAsync("test_work", new { });
            await app.WaitForJobAsync(asked.JobId, job => job.GetProperty("progress").GetProperty("step").GetString() == "waiting_for_input");
            await app.WaitForJobAsync(cut.JobId, job => job.GetProperty("status").GetString() == "building");
            await app.Client.WaitForWorkAsync(workId, job => job.GetProperty("progress").GetInt32() > 0);
        }

        foreach (var file in Directory.GetFiles(_data, "durable.db*"))
        {
            File.Delete(file);
        }

        var time = new ManualTimeProvider();
        time.Advance(2 * Sweeper.GracePeriod);
        var handler = new FakeJobHandler();
        await using var next = await StartAsync(time, new FakeGenerator((_, _) => Task.FromResult(FakeGenerator.OneFile)), handler, new FakeSandbox());
        await ActivatorUtilities.CreateInstance<Sweeper>(next.Services).SweepAsync(new TimerInfo(), next.DurableClient, CancellationToken.None);

        Assert.Equal("completed", (await next.WaitUntilSettledAsync(cut.JobId)).GetProperty("status").GetString());
        Assert.Equal("completed", (await next.Client.WaitForWorkAsync(workId)).Status());
        Assert.Equal(1, handler.Runs);
        Assert.Equal("completed", (await next.WaitForRunAsync(agentId, runId)).GetProperty("status").GetString());
        using var answer = await next.Client.PostAsJsonAsync($"v1/widgets/{asked.WidgetId}/messages", new { content = "Blue" });
        Assert.Equal(202, (int)answer.StatusCode);
        Assert.Equal("completed", (await next.WaitUntilSettledAsync(asked.JobId)).GetProperty("status").GetString());
    }

    private Task<TestApp> StartAsync(TimeProvider time, FakeGenerator generator, IJobHandler handler, FakeSandbox sandbox) => TestApp.StartAsync(
        services => services.AddSingleton(time).AddSingleton<IWidgetGenerator>(generator).AddSingleton(handler).AddSingleton<IAgentSandbox>(sandbox),
        data: _data);
}
