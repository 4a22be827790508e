using System.Diagnostics;
using Jobs.LocalRuntime.Engine;
using Microsoft.DurableTask;

namespace Jobs.Bench;

/// <summary>Orchestrations per second through the local engine, every turn durable on disk (synchronous=FULL) in a temporary folder.</summary>
internal static class OrchestrationBench
{
    private const int Clients = 256;
    private static readonly TimeSpan LongestRun = TimeSpan.FromSeconds(8);

    public static async Task RunAsync(TextWriter output)
    {
        await MeasureAsync(output, "no-op", "Noop", count: 10_000);
        await MeasureAsync(output, "three activities", "ThreeActivities", count: 10_000);
    }

    private static async Task MeasureAsync(TextWriter output, string title, string orchestrator, int count)
    {
        var folder = Directory.CreateTempSubdirectory("jobs-bench-");
        try
        {
            await using var engine = new DurableEngine(new DurableEngineOptions { StorePath = Path.Combine(folder.FullName, "durable.db") });
            engine.RegisterOrchestrator("Noop", _ => Task.FromResult<object?>(null));
            engine.RegisterOrchestrator("ThreeActivities", async context =>
            {
                var sum = 0;
                for (var step = 0; step < 3; step++)
                    sum += await context.CallActivityAsync<int>("Step", step);
                return sum;
            });
            engine.RegisterActivity("Step", (invocation, _) => Task.FromResult(invocation.GetInput(typeof(int))));
            await engine.StartAsync(CancellationToken.None);
            await RunAllAsync(engine, orchestrator, count / 10, LongestRun / 4);

            var commits = engine.Commits;
            var watch = Stopwatch.StartNew();
            var done = await RunAllAsync(engine, orchestrator, count, LongestRun);
            var seconds = watch.Elapsed.TotalSeconds;
            await output.WriteLineAsync(
                $"{title}: {done / seconds:N0} orchestrations/s ({done:N0} in {seconds:N1} s, {Clients} at once, {(double)(engine.Commits - commits) / done:N3} commits each)");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Each client starts the next orchestration once its last one is done. Returns how many were done.</summary>
    private static async Task<int> RunAllAsync(DurableEngine engine, string orchestrator, int count, TimeSpan longest)
    {
        var watch = Stopwatch.StartNew();
        var started = 0;
        var done = 0;
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Increment(ref started) <= count && watch.Elapsed < longest)
            {
                var id = await engine.Client.ScheduleNewOrchestrationInstanceAsync(orchestrator);
                await engine.Client.WaitForInstanceCompletionAsync(id);
                Interlocked.Increment(ref done);
            }
        })));
        return done;
    }
}
