using Jobs.Domain.Generation;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Functions.Tests.Evaluation;

/// <summary>An app whose generators give the files that the prompt names, and what a browser needs to judge them.</summary>
public sealed class ScriptedGenerators : IAsyncLifetime
{
    /// <summary>Answered with a failure in these words.</summary>
    internal const string Failure = "fail: ";

    /// <summary>Separates the file from what is said of it.</summary>
    internal const char Says = '|';

    /// <summary>Never answered.</summary>
    internal const string Silence = "silence";

    private TestApp? _app;

    internal TestApp App => _app!;

    public async Task InitializeAsync() => _app = await TestApp.StartAsync(
        services => services
            .AddSingleton<IWidgetGenerator>(new FakeGenerator((request, _) => AnswerAsync(request.Prompt, "src/App.tsx", [])))
            .AddSingleton<IAgentGenerator>(new FakeGenerator((request, _) => AnswerAsync(request.Prompt, "functions/main.ts", new() { ["agent.json"] = Source("number-agent.json"), ["README.md"] = "# Doubler" }))),
        real: true);

    public async Task DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }
    }

    private static async Task<GenerationResult> AnswerAsync(string prompt, string main, Dictionary<string, string> files)
    {
        if (prompt == Silence)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan);
        }

        if (prompt.StartsWith(Failure, StringComparison.Ordinal))
        {
            throw new GenerationException(prompt[Failure.Length..], isTransient: false);
        }

        var parts = prompt.Split(Says);
        return new GenerationResult.Files(new Dictionary<string, string>(files) { [main] = Source(parts[0]) }, parts.Length > 1 ? parts[1] : "Built it.");
    }

    private static string Source(string name) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Evaluation", "Sources", name));
}
