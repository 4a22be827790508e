using System.Diagnostics;
using System.Net.Http.Headers;
using Jobs.Domain.Generation;
using Jobs.Domain.Sandbox;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Jobs.Bench;

/// <summary>
/// Polls a second of a finished and of a running job, against a bare Kestrel endpoint that returns the same bytes, in turn within one process. The client runs in that process
/// too and costs both sides the same, so the ratio says more than either figure. And how long a poll takes beside a run that keeps every processor busy.
/// </summary>
internal static class PollBench
{
    private const int Rounds = 5;
    private static readonly TimeSpan RoundLength = TimeSpan.FromSeconds(1);

    public static async Task RunAsync(TextWriter output)
    {
        var gate = new TaskCompletionSource<GenerationResult>();
        await using var app = await BenchApp.StartAsync(services => services.AddSingleton<IWidgetGenerator>(new GatedGenerator(gate.Task)));
        var finished = await app.BuildAsync("finished", BenchApp.IsSettled);
        var running = await app.BuildAsync("running", job => job.GetProperty("status").GetString() is "building");

        output.WriteLine("polls/s (median of 5 rounds of 1 s)");
        foreach (var (name, jobId) in new[] { ("finished", finished), ("running", running) })
        {
            var path = $"v1/jobs/{jobId}";
            await using var bare = await StartBareAsync(path, await app.Client.GetByteArrayAsync(path));
            var bareAddress = new Uri(bare.Urls.Single());
            foreach (var connections in new[] { 1, 16 })
            {
                // The first round of each is not counted.
                await MeasureAsync(app.Address, path, app.Key, connections);
                await MeasureAsync(bareAddress, path, app.Key, connections);
                var rounds = new (double App, double Bare)[Rounds];
                for (var i = 0; i < Rounds; i++)
                {
                    rounds[i] = (await MeasureAsync(app.Address, path, app.Key, connections), await MeasureAsync(bareAddress, path, app.Key, connections));
                }

                output.WriteLine(
                    $"  {name,-8} job, {connections,2} connections: {Median(rounds.Select(r => r.App)),7:F0}; bare Kestrel {Median(rounds.Select(r => r.Bare)),7:F0}; "
                    + $"ratio {Median(rounds.Select(r => r.App / r.Bare)):F2}");
            }
        }

        gate.SetResult(GatedGenerator.OneFile);
        await CompareLatencyAsync(app, finished, output);
    }

    private static async Task CompareLatencyAsync(BenchApp app, string jobId, TextWriter output)
    {
        var alone = await LatencyAsync(app, jobId);
        using var stop = new CancellationTokenSource();
        var code = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "busy-run.js"), CancellationToken.None);
        var run = app.Services.GetRequiredService<IAgentSandbox>().RunAsync(
            new SandboxRequest(code, "null", new("agent", "run", "manual", DateTimeOffset.UnixEpoch), new Dictionary<string, string>(), Network: null), stop.Token);
        await Task.Delay(RoundLength, CancellationToken.None);
        var beside = await LatencyAsync(app, jobId);
        if (run.IsCompleted)
        {
            throw new InvalidOperationException($"The run was to last: {(await run).Error?.Message}");
        }

        await stop.CancelAsync();
        await Task.WhenAny(run);
        output.WriteLine($"  a poll alone {alone:F2} ms, beside a run with 32 native threads {beside:F2} ms (median of {Rounds} s)");
    }

    private static async Task<double> LatencyAsync(BenchApp app, string jobId)
    {
        var took = new List<double>();
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < Rounds * RoundLength;)
        {
            var start = clock.Elapsed;
            await app.Client.GetByteArrayAsync($"v1/jobs/{jobId}");
            took.Add((clock.Elapsed - start).TotalMilliseconds);
        }

        return took.Order().ElementAt(took.Count / 2);
    }

    private static async Task<WebApplication> StartBareAsync(string path, byte[] body)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Logging.SetMinimumLevel(LogLevel.None);
        var bare = builder.Build();
        bare.Run(async context =>
        {
            context.Response.ContentType = "application/json; charset=utf-8";
            context.Response.ContentLength = body.Length;
            await context.Response.Body.WriteAsync(body);
        });
        await bare.StartAsync();
        return bare;
    }

    private static async Task<double> MeasureAsync(Uri address, string path, string key, int connections)
    {
        using var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = connections }) { BaseAddress = address };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        var clock = Stopwatch.StartNew();
        var counts = await Task.WhenAll(Enumerable.Range(0, connections).Select(async _ =>
        {
            var count = 0;
            for (; clock.Elapsed < RoundLength; count++)
            {
                await client.GetByteArrayAsync(path);
            }

            return count;
        }));
        return counts.Sum() / clock.Elapsed.TotalSeconds;
    }

    private static double Median(IEnumerable<double> values) => values.Order().ElementAt(Rounds / 2);

    /// <summary>Answers the prompt "running" when the gate opens, any other at once.</summary>
    private sealed class GatedGenerator(Task<GenerationResult> gate) : IWidgetGenerator
    {
        public static GenerationResult OneFile { get; } = new GenerationResult.Files(
            new Dictionary<string, string> { ["src/App.tsx"] = "export default function App() { return <p>Hello</p>; }" },
            "Built one file");

        public string Name => "the benchmark's generator";

        public Task<GenerationResult> GenerateAsync(GenerationRequest request, IProgress<string> progress, CancellationToken cancellationToken) =>
            request.Prompt == "running" ? gate.WaitAsync(cancellationToken) : Task.FromResult(OneFile);
    }
}
