using System.Diagnostics;
using Jobs.Domain.Sandbox;
using Jobs.Execution.Sandbox;
using Microsoft.Extensions.Logging.Abstractions;

namespace Jobs.Bench;

/// <summary>An agent that does nothing, in the sandbox itself: how long, how much of it is the process's start, and how much memory a run takes.</summary>
internal static class SandboxBench
{
    private const int WarmUp = 5;
    private const int Runs = 100;

    public static async Task RunAsync(TextWriter output)
    {
        using var sandbox = new DenoSandbox(new SandboxOptions(), TimeProvider.System, NullLogger<DenoSandbox>.Instance);
        var clock = Stopwatch.StartNew();
        await sandbox.PrepareAsync(CancellationToken.None);
        var prepared = clock.Elapsed;
        var request = new SandboxRequest(
            "export default () => null", "null", new("agent", "run", "manual", DateTimeOffset.UnixEpoch), new Dictionary<string, string>(), Network: null);

        List<double> whole = [], startUp = [], run = [];
        for (var i = 0; i < WarmUp + Runs; i++)
        {
            clock.Restart();
            var result = await sandbox.RunAsync(request, CancellationToken.None);
            if (result.Error is { } error)
            {
                throw new InvalidOperationException(error.Message);
            }

            if (i >= WarmUp)
            {
                whole.Add(clock.Elapsed.TotalMilliseconds);
                startUp.Add(result.StartUp.TotalMilliseconds);
                run.Add(result.Run.TotalMilliseconds);
            }
        }

        output.WriteLine(
            $"a no-op agent in the sandbox, median of {Runs}: {Median(whole):F1} ms: start {Median(startUp):F1}, code {Median(run):F1}; 95th percentile {Percentile(whole, 0.95):F1} ms; prepared once in {prepared.TotalMilliseconds:F0} ms");
        if (OperatingSystem.IsLinux())
        {
            output.WriteLine($"  memory of its process while it waits: {await ResidentAsync(sandbox, request)} MiB resident");
        }
    }

    /// <summary>The resident memory of a run that waits, read from /proc.</summary>
    private static async Task<long> ResidentAsync(DenoSandbox sandbox, SandboxRequest request)
    {
        using var cancellation = new CancellationTokenSource();
        var waiting = sandbox.RunAsync(request with { Code = "export default () => new Promise((resolve) => setTimeout(resolve, 20_000))" }, cancellation.Token);
        await Task.Delay(500, CancellationToken.None);
        var resident = Process.GetProcessesByName("deno").Select(process => process.WorkingSet64).DefaultIfEmpty().Max();
        await cancellation.CancelAsync();
        try
        {
            await waiting;
        }
        catch (OperationCanceledException)
        {
            // It was to be.
        }

        return resident / 1024 / 1024;
    }

    private static double Median(List<double> values) => Percentile(values, 0.5);

    private static double Percentile(List<double> values, double part) => values.Order().ElementAt((int)(part * (values.Count - 1)));
}
