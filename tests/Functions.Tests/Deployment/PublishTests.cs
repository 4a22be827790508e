using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json;
using Jobs.Execution.Compilation;
using Jobs.Execution.Reading;
using Jobs.Execution.Sandbox;
using Jobs.Functions.Tests.Documents;
using Jobs.Local;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging.Abstractions;

namespace Jobs.Functions.Tests.Deployment;

/// <summary>What the README's deploy command uploads.</summary>
public sealed class PublishTests(PublishTests.PublishedApp app) : IClassFixture<PublishTests.PublishedApp>
{
    [Fact]
    public void Published_app_has_the_hosts_settings_as_they_are_in_the_repository() =>
        Assert.Equal(File.ReadAllText(Path.Combine(Repository.Root, "host.json")), File.ReadAllText(app.File("host.json")));

    [Fact]
    public void Published_app_declares_every_function_to_the_host()
    {
        var declared = JsonDocument.Parse(File.ReadAllText(app.File("functions.metadata"))).RootElement.EnumerateArray()
            .Select(function => function.GetProperty("name").GetString()!);
        var written = typeof(Program).Assembly.GetTypes().SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly))
            .Select(method => method.GetCustomAttribute<FunctionAttribute>()?.Name).OfType<string>();

        Assert.Equal(written.Order(StringComparer.Ordinal), declared.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Published_app_brings_the_hosts_extensions()
    {
        var extensions = File.ReadAllText(app.File("extensions.json"));

        Assert.Contains("DurableTask", extensions);
        Assert.Contains(Directory.GetFiles(app.File(".azurefunctions")), file => Path.GetFileName(file) == "Microsoft.Azure.WebJobs.Extensions.DurableTask.dll");
        Assert.Contains("Jobs.Functions.dll", File.ReadAllText(app.File("worker.config.json")));
    }

    [Fact]
    public void Published_app_has_the_tools_for_linux_x64_and_may_run_them()
    {
        string[] programs = ["tools/@esbuild/linux-x64/bin/esbuild", "tools/@typescript/typescript-linux-x64/lib/tsc", "tools/@deno/linux-x64-glibc/deno"];

        foreach (var program in programs)
        {
            Assert.True(File.Exists(app.File(program)), program);
            Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(app.File(program)).HasFlag(UnixFileMode.UserExecute | UnixFileMode.OtherExecute), program);
        }
    }

    [Fact]
    public void Published_app_finds_its_tools_in_its_own_folder()
    {
        var tools = CompilerTools.Locate(app.Folder);

        Assert.StartsWith(app.Folder, tools.Esbuild);
        Assert.StartsWith(app.Folder, tools.TypeScript);
        Assert.StartsWith(app.Folder, tools.Packages);
        Assert.StartsWith(app.Folder, DenoProgram.Locate(app.Folder));
    }

    [Fact]
    public async Task Published_app_reads_documents_with_the_reader_in_its_own_folder()
    {
        using var process = new DocumentProcess(new DocumentReaderOptions { ReaderFolder = app.Folder }, TimeProvider.System, NullLogger<DocumentProcess>.Instance);

        var reading = await process.ReadAsync(DocumentFixture.Read("agreement.docx"), "agreement.docx", contentType: null, CancellationToken.None);

        Assert.True(reading is DocumentReading.Succeeded, reading.ToString());
    }

    [Fact]
    public void Published_app_has_the_embedding_model_once()
    {
        var models = Directory.EnumerateFiles(app.Folder, "*.onnx", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(app.Folder, file));

        Assert.Equal([Path.Combine("models", "arctic-embed-xs", "model.onnx")], models);
        Assert.True(File.Exists(app.File("libonnxruntime.so")));
    }

    [Fact]
    public void Library_that_reads_repositories_is_beside_the_app_for_the_platform_that_it_runs_on() =>
        Assert.Single(Directory.EnumerateFiles(app.File("runtimes/linux-x64/native"), "libgit2-*.so"));

    [Theory]
    [InlineData("SUCCEEDED after ", "demo", "a counter")]
    [InlineData("Output:", "demo", "agent", "email me a joke every morning")]
    public async Task Published_app_builds_and_runs_where_nothing_else_is_installed(string expected, params string[] command)
    {
        using var copy = new CopyWithHost(app.Folder);

        var said = await copy.RunAsync(command);

        Assert.Contains(expected, said);
    }

    [Fact]
    public void Published_app_is_not_larger_than_docs_operations_says()
    {
        var bytes = new DirectoryInfo(app.Folder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);

        Assert.InRange(bytes / 1024 / 1024, 1, 360);
    }

    [Fact]
    public void Published_app_has_no_file_of_development()
    {
        var names = Directory.EnumerateFiles(app.Folder, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(app.Folder, file)).ToArray();

        Assert.DoesNotContain(names, name => name.EndsWith("local.settings.json", StringComparison.Ordinal));
        Assert.DoesNotContain(names, name => Path.GetFileName(name).StartsWith("Jobs.Local", StringComparison.Ordinal));
        Assert.DoesNotContain(names, name => name.Contains("azurite", StringComparison.OrdinalIgnoreCase) || name.Contains("xunit", StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain(names, name => name.EndsWith(".cs", StringComparison.Ordinal));
    }

    /// <summary>
    /// The published app with the local program beside it, in the place of the Functions host. What both have is the published app's; the compilers, Deno, the models and the reader are its
    /// alone.
    /// </summary>
    private sealed class CopyWithHost : IDisposable
    {
        private static readonly TimeSpan Patience = TimeSpan.FromSeconds(100);

        private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("jobs-package-");

        public CopyWithHost(string published)
        {
            using (var copy = Run("cp", ["-al", published, App]))
            {
                Assert.True(copy.WaitForExit(Patience) && copy.ExitCode == 0);
            }

            var host = Path.GetDirectoryName(typeof(LocalProgram).Assembly.Location)!;
            foreach (var path in Directory.EnumerateFiles(host).Concat(Directory.EnumerateFiles(Path.Combine(host, "runtimes", "linux-x64", "native"))))
            {
                var target = Path.Combine(App, Path.GetRelativePath(host, path));
                if (!System.IO.File.Exists(target) && Path.GetFileName(path) is not "local.settings.json")
                {
                    Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                    System.IO.File.CreateSymbolicLink(target, path);
                }
            }
        }

        private string App => Path.Combine(_root.FullName, "app");

        /// <summary>Runs a command of the program to its end, without a search path; gives what it says.</summary>
        public async Task<string> RunAsync(string[] command)
        {
            var nothing = _root.CreateSubdirectory("nothing").FullName;
            var dotnet = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet"));
            using var process = Run(dotnet, [Path.Combine(App, "Jobs.Local.dll"), .. command, "--data", Path.Combine(_root.FullName, "data")], new() { ["PATH"] = nothing, ["HOME"] = nothing });
            var said = Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            try
            {
                await said.WaitAsync(Patience);
                await process.WaitForExitAsync();
            }
            finally
            {
                if (!process.HasExited)
                {
                    process.Kill(entireProcessTree: true);
                }
            }

            Assert.True(process.ExitCode == 0, string.Concat(await said));
            return (await said)[0];
        }

        public void Dispose() => _root.Delete(recursive: true);

        private static Process Run(string program, string[] arguments, Dictionary<string, string>? surroundings = null)
        {
            var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
            if (surroundings is not null)
            {
                start.Environment.Clear();
                foreach (var (name, value) in surroundings)
                {
                    start.Environment[name] = value;
                }
            }

            return Process.Start(start)!;
        }
    }

    /// <summary>The app, published once for all of these.</summary>
    public sealed class PublishedApp : IAsyncLifetime
    {
        /// <summary>Of each of the two commands. The test script has built the app by then, so the first has little to do; the second copies.</summary>
        private static readonly TimeSpan Patience = TimeSpan.FromSeconds(110);

        private static readonly string Project = Path.Combine(Repository.Root, "src", "Functions");

        public string Folder { get; } = Directory.CreateTempSubdirectory("jobs-publish-").FullName;

        public string File(string path) => Path.Combine(Folder, path);

        public async Task InitializeAsync()
        {
            await RunAsync("build", Project, "-c", "Release", "-nodeReuse:false");
            await RunAsync("publish", Project, "-c", "Release", "-o", Folder, "--no-build", "-nodeReuse:false");
        }

        private static async Task RunAsync(params string[] command)
        {
            var start = new ProcessStartInfo("dotnet", command) { RedirectStandardOutput = true, RedirectStandardError = true };
            using var process = Process.Start(start)!;
            var said = Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            try
            {
                await said.WaitAsync(Patience);
                await process.WaitForExitAsync();
            }
            catch (TimeoutException)
            {
                process.Kill(entireProcessTree: true);
                Assert.Fail($"dotnet {command[0]} took longer than {Patience.TotalSeconds} s.");
            }

            Assert.True(process.ExitCode == 0, string.Concat(await said));
            Assert.DoesNotContain("warning", (await said)[0].Replace("0 Warning(s)", "", StringComparison.Ordinal));
        }

        public Task DisposeAsync()
        {
            Directory.Delete(Folder, recursive: true);
            return Task.CompletedTask;
        }
    }
}
