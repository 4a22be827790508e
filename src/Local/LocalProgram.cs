using System.CommandLine;
using Jobs.Local.Commands;
using Jobs.Local.Host;
using Microsoft.Extensions.Options;

namespace Jobs.Local;

/// <summary>The command line of the local host.</summary>
public static class LocalProgram
{
    /// <summary>Runs one command. 0 only when it did what it says, and when a signal stopped the app cleanly.</summary>
    public static async Task<int> Main(string[] args)
    {
        var urls = new Option<string>("--urls")
        {
            Description = $"What to listen on, for example {LocalHostOptions.DefaultUrl}; port 0 takes a free one.",
            DefaultValueFactory = _ => LocalHostOptions.DefaultUrl,
        };
        var data = new Option<DirectoryInfo>("--data")
        {
            Description = "Where tables, blobs, the engine's history and the development key are kept.",
            DefaultValueFactory = _ => LocalAppOptions.DefaultDataFolder(Environment.CurrentDirectory),
            Recursive = true,
        };
        var azurite = new Option<bool>("--azurite")
        {
            Description = "Keep tables, blobs and Durable's hub in Azurite, which is started and stopped with the app, instead of in files.",
            Recursive = true,
        };
        var storagePort = new Option<int?>("--storage-port")
        {
            Description = "Let storage tools look into the running app, with the emulator's key: blobs on this port of 127.0.0.1, tables on the port two above.",
        };
        var prompt = new Argument<string>("PROMPT") { Description = "What to build, for example \"a countdown to new year with a blue button\"." };
        var agentPrompt = new Argument<string>("PROMPT") { Description = "What to build, for example \"email me a joke every morning\"." };
        var demoAgent = new Command("agent", "Build one agent through the app's own HTTP API, answer its questions, run it, then end.") { agentPrompt };
        var demoCrawl = new Command("crawl", "Crawl a small sample site, which it serves on this machine, through the app's own HTTP API, then end.");
        var demoReport = new Command("report", "Read two sample documents, compare one with requirements, look for risks and report on them through the app's own HTTP API, then end.");
        var instruction = new Argument<string>("INSTRUCTION") { Description = "What to change, for example \"add a daily report for today\"." };
        var demoRepository = new Command("repository", "Change a small Git repository, which it makes in the data folder, through the app's own HTTP API, then end.") { instruction };
        var demo = new Command("demo", "Build, publish and save one widget through the app's own HTTP API, then end.") { prompt, demoAgent, demoCrawl, demoReport, demoRepository };
        var verbose = new Option<bool>("--verbose") { Description = "Write the log, with what the endpoint itself says, to standard error." };
        var aiCheck = new Command("check", "Find out, by a few small calls, what the configured AI can do and what is wrong with it, then end.") { verbose };
        var ai = new Command("ai", "The AI that is configured by the settings below Ai.") { aiCheck };
        var root = new RootCommand("Runs the function app in this process, without Azure and without Functions Core Tools.") { urls, data, azurite, storagePort, demo, ai };

        root.SetAction((line, _) => ServeCommand.RunAsync(
            new LocalAppOptions(line.GetRequiredValue(urls), line.GetRequiredValue(data).FullName, line.GetValue(azurite), line.GetValue(storagePort))));
        demo.SetAction((line, _) => DemoCommand.RunWidgetAsync(line.GetRequiredValue(prompt), line.GetRequiredValue(data), line.GetValue(azurite)));
        demoAgent.SetAction((line, _) =>
            DemoCommand.RunAgentAsync(line.GetRequiredValue(agentPrompt), line.GetRequiredValue(data), line.GetValue(azurite)));
        demoCrawl.SetAction((line, _) => DemoCommand.RunCrawlAsync(line.GetRequiredValue(data), line.GetValue(azurite)));
        demoReport.SetAction((line, _) => DemoCommand.RunReportAsync(line.GetRequiredValue(data), line.GetValue(azurite)));
        demoRepository.SetAction((line, _) => DemoCommand.RunRepositoryAsync(line.GetRequiredValue(instruction), line.GetRequiredValue(data), line.GetValue(azurite)));
        aiCheck.SetAction((line, cancellationToken) => AiCheckCommand.RunAsync(line.GetValue(verbose), Console.Out, Console.Error, cancellationToken));

        try
        {
            // Signals are the host's: it finishes what runs before the process ends.
            return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false });
        }
        catch (LocalHostException exception)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return ExitCode.Failure;
        }
        catch (OptionsValidationException exception)
        {
            await Console.Error.WriteLineAsync(string.Join(Environment.NewLine, exception.Failures));
            return ExitCode.Failure;
        }
        catch (Exception exception)
        {
            // A defect of ours, so with all there is to know; but not as a crash of the process.
            await Console.Error.WriteLineAsync(exception.ToString());
            return ExitCode.Failure;
        }
    }
}
