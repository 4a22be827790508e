using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Jobs.Domain.Compilation;
using Jobs.Domain.Generation;
using Jobs.Domain.Widgets;
using Jobs.Execution.Compilation;
using Jobs.Generation.Offline.Widgets;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Bench;

/// <summary>The time from POST to SUCCEEDED of one widget, one after another, with nothing replaced: where it goes.</summary>
internal static class WidgetBench
{
    private const int Widgets = 11;

    public static async Task RunAsync(TextWriter output)
    {
        var times = new Times();
        await using var app = await BenchApp.StartAsync(services => services
            .AddSingleton<OfflineWidgetGenerator>()
            .AddSingleton<WidgetCompiler>()
            .AddSingleton<IWidgetGenerator>(provider => new TimedGenerator(provider.GetRequiredService<OfflineWidgetGenerator>(), times))
            .AddSingleton<IWidgetCompiler>(provider => new TimedCompiler(provider.GetRequiredService<WidgetCompiler>(), times)));

        var rounds = new List<(double Total, double Generate, double TypeCheck, double Bundle, double Jail)>();
        for (var i = 0; i < Widgets; i++)
        {
            var clock = Stopwatch.StartNew();
            using var response = await app.Client.PostAsJsonAsync("v1/widgets", new { name = "Bench", prompt = "a quiz: Capital of France? Paris/Rome/Oslo" });
            var jobId = (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("jobId").GetString()!;
            while (!BenchApp.IsSettled(await app.Client.GetFromJsonAsync<JsonElement>($"v1/jobs/{jobId}")))
            {
                await Task.Delay(1);
            }

            var compiled = (CompileResult.Succeeded)times.Result!;
            rounds.Add((
                clock.Elapsed.TotalMilliseconds,
                times.Generate.TotalMilliseconds,
                compiled.TypeCheckTime.TotalMilliseconds,
                compiled.BundleTime.TotalMilliseconds,
                (times.Compile - compiled.TypeCheckTime - compiled.BundleTime).TotalMilliseconds));
        }

        // The first one prepares the compilers and is not counted.
        rounds.RemoveAt(0);
        output.WriteLine($"one widget, POST to SUCCEEDED, median of {rounds.Count}, in ms");
        output.WriteLine(
            $"  {Median(r => r.Total):F0}: generate {Median(r => r.Generate):F0}, type check {Median(r => r.TypeCheck):F0}, bundle {Median(r => r.Bundle):F0}, "
            + $"the compilers' root and checks {Median(r => r.Jail):F0}, everything else (HTTP, orchestration, storage, polling) "
            + $"{Median(r => r.Total - r.Generate - r.TypeCheck - r.Bundle - r.Jail):F0}");

        double Median(Func<(double Total, double Generate, double TypeCheck, double Bundle, double Jail), double> of) => rounds.Select(of).Order().ElementAt(rounds.Count / 2);
    }

    private sealed class Times
    {
        public TimeSpan Generate { get; set; }

        public TimeSpan Compile { get; set; }

        public CompileResult? Result { get; set; }
    }

    private sealed class TimedGenerator(IWidgetGenerator inner, Times times) : IWidgetGenerator
    {
        public string Name => inner.Name;

        public async Task<GenerationResult> GenerateAsync(GenerationRequest request, IProgress<string> progress, CancellationToken cancellationToken)
        {
            var clock = Stopwatch.StartNew();
            var result = await inner.GenerateAsync(request, progress, cancellationToken);
            times.Generate = clock.Elapsed;
            return result;
        }
    }

    private sealed class TimedCompiler(IWidgetCompiler inner, Times times) : IWidgetCompiler
    {
        public async Task<CompileResult> CompileAsync(SourceFiles sources, Func<CompilePhase, Task> onPhase, CancellationToken cancellationToken)
        {
            var clock = Stopwatch.StartNew();
            times.Result = await inner.CompileAsync(sources, onPhase, cancellationToken);
            times.Compile = clock.Elapsed;
            return times.Result;
        }
    }
}
