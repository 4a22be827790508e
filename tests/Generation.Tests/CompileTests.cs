using System.Diagnostics;
using Jobs.Generation.Offline.Widgets;

namespace Jobs.Generation.Tests;

/// <summary>Every widget of the tests, through the real compilers: one run of each for all of them.</summary>
public sealed class CompileTests : IDisposable
{
    private const string StrictOptions = """
        {
          "compilerOptions": {
            "strict": true,
            "noUnusedLocals": true,
            "noUnusedParameters": true,
            "noUncheckedIndexedAccess": true,
            "noImplicitReturns": true,
            "noFallthroughCasesInSwitch": true,
            "jsx": "react-jsx",
            "module": "esnext",
            "moduleResolution": "bundler",
            "target": "es2022",
            "lib": ["es2022", "dom", "dom.iterable"],
            "types": [],
            "noEmit": true
          },
          "include": ["css.d.ts", "w*/src/**/*"]
        }
        """;

    private static readonly string[][] Refined =
    [
        ["a counter", "add a reset button", "make the button red", "rename it to Laps"],
        ["a poll: Lunch? pizza, sushi", "add an option tacos", "dark theme"],
        ["a timer of 5 minutes"],
        ["a countdown to 24 June 2027 at 18:30"],
        ["a countdown in 3 hours"],
        ["a countdown to midnight"],
        ["a card linking to https://example.com/a?b=c with a button saying \"Visit\""],
        ["asdf", "turn it into a quiz about space"],
        ["a counter from 5 to 10 on a yellow background with a black button, light theme"],
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("jobs-generated-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Every_widget_passes_the_strict_type_check_and_bundles()
    {
        var modules = NodeModules();
        var widgets = KindTests.Prompts.Select(row => new[] { (string)row[1] })
            .Concat(Refined)
            .Concat(Hostile.Prompts.Select(prompt => new[] { prompt }))
            .Select(prompts => GeneratedWidget.From(prompts)).ToList();
        Assert.Equal(Enum.GetValues<WidgetKind>(), widgets.Select(widget => widget.Kind).Distinct().Order());

        for (var i = 0; i < widgets.Count; i++)
        {
            foreach (var (path, content) in widgets[i].Files.Files)
            {
                var file = Path.Combine(_folder, $"w{i}", path);
                Directory.CreateDirectory(Path.GetDirectoryName(file)!);
                File.WriteAllText(file, content);
            }
        }

        Directory.CreateSymbolicLink(Path.Combine(_folder, "node_modules"), modules);
        File.WriteAllText(Path.Combine(_folder, "css.d.ts"), "declare module \"*.css\";\n");
        File.WriteAllText(Path.Combine(_folder, "tsconfig.json"), StrictOptions);

        Run(Tool(modules, "@typescript/typescript-linux-x64/lib/tsc"), ["--pretty", "false", "-p", "tsconfig.json"]);
        Run(
            Tool(modules, "@esbuild/linux-x64/bin/esbuild"),
            [
                .. Enumerable.Range(0, widgets.Count).Select(i => $"w{i}/src/App.tsx"), "--bundle", "--format=esm", "--jsx=automatic", "--external:react", "--external:react/*",
                "--outdir=out", "--log-level=warning", "--color=false",
            ]);
        Assert.Equal(2 * widgets.Count, Directory.GetFiles(Path.Combine(_folder, "out"), "*", SearchOption.AllDirectories).Length);
    }

    private static string Tool(string modules, string path) =>
        Path.Combine(modules, path) is var tool && File.Exists(tool) ? tool : throw new FileNotFoundException($"{tool} is missing: run npm ci at the root of the repository.");

    private static string NodeModules()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (Directory.Exists(Path.Combine(folder.FullName, "node_modules", "typescript")))
            {
                return Path.Combine(folder.FullName, "node_modules");
            }
        }

        throw new DirectoryNotFoundException($"No node_modules above {AppContext.BaseDirectory}: run npm ci at the root of the repository.");
    }

    private void Run(string tool, string[] arguments)
    {
        var start = new ProcessStartInfo(tool, arguments) { WorkingDirectory = _folder, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd() + errors.GetAwaiter().GetResult();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0 && output.Length == 0, output);
    }
}
