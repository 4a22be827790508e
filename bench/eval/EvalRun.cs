using Jobs.Bench;
using Jobs.Domain.Generation;
using Jobs.Eval.Browser;
using Jobs.Eval.Cases;
using Jobs.Eval.Judging;
using Jobs.Eval.References;
using Jobs.Eval.Reports;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Jobs.Eval;

/// <summary>How to evaluate.</summary>
/// <param name="Cases">The cases.</param>
/// <param name="File">Where to write the results for machines; null for nowhere.</param>
/// <param name="CaseLimit">How long one case may take.</param>
/// <param name="Limit">How long all of them may take.</param>
/// <param name="UsesReferences">Judges the solutions written by hand instead of the registered generators.</param>
internal sealed record EvalRunOptions(IReadOnlyList<EvalCase> Cases, FileInfo? File, TimeSpan CaseLimit, TimeSpan Limit, bool UsesReferences);

/// <summary>Runs cases against an app of its own, one after the other, and prints what became of them.</summary>
internal static class EvalRun
{
    /// <summary>True when every case was judged; false when a signal or the time ended it before. What was judged is printed and written all the same.</summary>
    public static async Task<bool> RunAsync(EvalRunOptions options, TextWriter output)
    {
        await using var chromium = await HeadlessChromium.StartAsync();
        await using var app = await BenchApp.StartAsync(services =>
        {
            if (options.UsesReferences)
            {
                services.AddSingleton<IWidgetGenerator, ReferenceGenerator>().AddSingleton<IAgentGenerator, ReferenceGenerator>();
            }
        });
        // A signal stops the app, and with it the evaluation.
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(app.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping);
        stop.CancelAfter(options.Limit);
        var runner = new CaseRunner(app.Client, chromium.Browser, options.CaseLimit);
        var results = new List<CaseResult>();
        await output.WriteLineAsync(ScoreTable.Header);
        try
        {
            foreach (var evalCase in options.Cases)
            {
                ISourceGenerator generator = evalCase is WidgetCase ? app.Services.GetRequiredService<IWidgetGenerator>() : app.Services.GetRequiredService<IAgentGenerator>();
                results.Add(await runner.RunAsync(evalCase, generator.Name, stop.Token));
                await output.WriteLineAsync(ScoreTable.Row(results[^1]));
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await output.WriteLineAsync($"Stopped after {results.Count} of {options.Cases.Count} cases.");
        }

        foreach (var line in ScoreTable.Scores(results))
        {
            await output.WriteLineAsync(line);
        }

        var isComplete = results.Count == options.Cases.Count;
        if (options.File is { } file)
        {
            await ScoreFile.WriteAsync(file.FullName, results, isComplete);
        }

        return isComplete;
    }
}
