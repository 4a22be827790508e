using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Jobs.Domain.Compilation;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Bench;

/// <summary>
/// Whole widget jobs through HTTP, the orchestration and storage, without the compilers: how many a second, and what the process keeps of 1,000 and of 10,000.
/// </summary>
internal static class MemoryBench
{
    private const int Few = 1_000;
    private const int Many = 10_000;
    private const int AtOnce = 16;

    public static async Task RunAsync(TextWriter output)
    {
        await using var app = await BenchApp.StartAsync(services => services.AddSingleton<IWidgetCompiler, InstantCompiler>());
        await BuildAsync(app, Few);
        var few = ManagedMiB();
        var clock = Stopwatch.StartNew();
        await BuildAsync(app, Many - Few);
        var rate = (Many - Few) / clock.Elapsed.TotalSeconds;
        var many = ManagedMiB();
        output.WriteLine($"widget jobs without the compilers, {AtOnce} at once: {rate:F0}/s");
        output.WriteLine($"  managed memory after a collection: {few:F1} MiB after {Few} jobs, {many:F1} MiB after {Many}: ratio {many / few:F2}; peak working set {Process.GetCurrentProcess().PeakWorkingSet64 / 1048576} MiB");
    }

    private static Task BuildAsync(BenchApp app, int count)
    {
        var left = count;
        return Task.WhenAll(Enumerable.Range(0, AtOnce).Select(async _ =>
        {
            while (Interlocked.Decrement(ref left) >= 0)
            {
                using var response = await app.Client.PostAsJsonAsync("v1/widgets", new { name = "Bench", prompt = "a counter" });
                var jobId = (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("jobId").GetString()!;
                while (!BenchApp.IsSettled(await app.Client.GetFromJsonAsync<JsonElement>($"v1/jobs/{jobId}")))
                {
                    await Task.Delay(20);
                }
            }
        }));
    }

    private static double ManagedMiB() => GC.GetTotalMemory(forceFullCollection: true) / 1048576.0;
}
