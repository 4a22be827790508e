using Jobs.Functions;
using Jobs.Generation.Ai;
using Jobs.Local.Host;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

namespace Jobs.Local.Commands;

/// <summary>Says what the configured AI can do, with the settings that the app would have.</summary>
internal static class AiCheckCommand
{
    /// <summary>What is said where no AI is configured.</summary>
    internal const string NotConfigured = """
        No AI is configured: the offline generators write everything. Set Ai__Model, and whom to ask for it. For Ollama on this machine, for example:
          Ai__Endpoint=http://localhost:11434/v1
          Ai__Model=qwen3-coder
        OpenAI needs Ai__Model and Ai__Key; Azure OpenAI Ai__Provider=azure-openai, Ai__Endpoint, Ai__Model and Ai__Key or an identity; Anthropic
        Ai__Provider=anthropic, Ai__Model and Ai__Key. docs/operations.md has every setting.
        """;

    /// <summary>0 only when every configured model can do what is needed of it.</summary>
    public static Task<int> RunAsync(bool verbose, TextWriter output, TextWriter error, CancellationToken cancellationToken)
    {
        var configuration = new ConfigurationBuilder();
        LocalSettings.AddTo(configuration, LocalHostOptions.Parse([], typeof(Program).Assembly));
        return RunAsync(configuration.Build(), verbose, output, error, cancellationToken);
    }

    /// <summary>The same with settings from elsewhere.</summary>
    internal static async Task<int> RunAsync(IConfiguration configuration, bool verbose, TextWriter output, TextWriter error, CancellationToken cancellationToken)
    {
        await using var services = new ServiceCollection()
            .AddSingleton(configuration)
            .AddSingleton(TimeProvider.System)
            .AddLogging(logging => logging.SetMinimumLevel(verbose ? LogLevel.Warning : LogLevel.None).AddConsole())
            .Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace)
            .AddAi()
            .BuildServiceProvider();
        IReadOnlyList<AiCheckReport> reports;
        try
        {
            reports = await services.GetRequiredService<AiCheck>().RunAsync(cancellationToken);
        }
        catch (OptionsValidationException exception)
        {
            await error.WriteLineAsync(string.Join(Environment.NewLine, exception.Failures));
            return ExitCode.Failure;
        }

        if (reports.Count == 0)
        {
            await error.WriteLineAsync(NotConfigured);
            return ExitCode.Failure;
        }

        foreach (var report in reports)
        {
            await output.WriteLineAsync(report.Subject);
            foreach (var found in report.Capabilities)
            {
                await output.WriteLineAsync($"  {found.Name,-18}{(found.Works ? "yes" : "no")}{(found.Detail.Length == 0 ? "" : $", {found.Detail}")}");
            }
        }

        string[] faults = [.. reports.Select(report => report.Fault).OfType<string>().Distinct()];
        foreach (var fault in faults)
        {
            await error.WriteLineAsync(fault);
        }

        return faults.Length == 0 ? 0 : ExitCode.Failure;
    }
}
