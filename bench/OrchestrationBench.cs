using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Jobs.Local.Durable;

namespace Jobs.Bench;

/// <summary>Orchestrations per second through the embedded engine, every turn durable on disk (synchronous=FULL) in a temporary folder.</summary>
internal static class OrchestrationBench
{
    private static readonly int[] InFlight = [16, 64];

    // Until then the compiler of the runtime takes a third of the processors: DurableTask's code is compiled a second time once it is known to be busy.
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(16);
    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(5);

    private static readonly DurableOrchestrator[] Orchestrators =
    [
        new("Noop", _ => Task.FromResult<object?>(null)),
        new("ThreeActivities", async context =>
        {
            var sum = 0;
            for (var step = 0; step < 3; step++)
                sum += await context.CallActivityAsync<int>("Step", step);
            return sum;
        }),
    ];

    private static readonly DurableActivity[] Activities = [new("Step", typeof(int), (_, input, _) => Task.FromResult(input))];

    public static async Task RunAsync(TextWriter output)
    {
        foreach (var atOnce in InFlight)
        {
            foreach (var (title, orchestrator) in new[] { ("no-op", "Noop"), ("three activities", "ThreeActivities") })
            {
                var (done, seconds, commits) = await MeasureAsync(orchestrator, atOnce);
                await output.WriteLineAsync(
                    $"{title}, {atOnce} in flight: {done / seconds:N0} orchestrations/s ({done:N0} in {seconds:N1} s, {(double)commits / done:N3} commits each)");
            }
        }
    }

    /// <summary>The rates as one line, which bench/peers sets beside those of other systems: <c>{"noop":{"16":…,"64":…},"threeActivities":{…}}</c>.</summary>
    public static async Task<string> MeasureAsJsonAsync() =>
        JsonSerializer.Serialize(new Dictionary<string, Dictionary<string, double>>
        {
            ["noop"] = await RatesAsync("Noop"),
            ["threeActivities"] = await RatesAsync("ThreeActivities"),
        });

    private static async Task<Dictionary<string, double>> RatesAsync(string orchestrator)
    {
        var rates = new Dictionary<string, double>();
        foreach (var atOnce in InFlight)
        {
            var (done, seconds, _) = await MeasureAsync(orchestrator, atOnce);
            rates[atOnce.ToString(CultureInfo.InvariantCulture)] = Math.Round(done / seconds, 1);
        }

        return rates;
    }

    private static async Task<(int Done, double Seconds, long Commits)> MeasureAsync(string orchestrator, int atOnce)
    {
        var folder = Directory.CreateTempSubdirectory("jobs-bench-");
        try
        {
            await using var engine = new EmbeddedEngine(new EmbeddedEngineOptions { StorePath = Path.Combine(folder.FullName, "durable.db") });
            await using var worker = new DurableWorker(engine.Service, Orchestrators, Activities, new DurableWorkerOptions());
            await worker.StartAsync(CancellationToken.None);
            var client = new ServiceDurableTaskClient(engine.Client, worker.Orchestrators, DurableWorkerOptions.DefaultDataConverter);
            await RunAllAsync(client, orchestrator, atOnce, WarmUp);

            var commits = engine.Commits;
            var watch = Stopwatch.StartNew();
            var done = await RunAllAsync(client, orchestrator, atOnce, Measured);
            return (done, watch.Elapsed.TotalSeconds, engine.Commits - commits);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Each client starts the next orchestration once its last one is done. Returns how many were done.</summary>
    private static async Task<int> RunAllAsync(ServiceDurableTaskClient client, string orchestrator, int atOnce, TimeSpan longest)
    {
        var watch = Stopwatch.StartNew();
        var done = 0;
        await Task.WhenAll(Enumerable.Range(0, atOnce).Select(_ => Task.Run(async () =>
        {
            while (watch.Elapsed < longest)
            {
                var id = await client.ScheduleNewOrchestrationInstanceAsync(orchestrator);
                await client.WaitForInstanceCompletionAsync(id);
                Interlocked.Increment(ref done);
            }
        })));
        return done;
    }
}
