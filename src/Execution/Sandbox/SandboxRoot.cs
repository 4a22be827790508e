using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using Jobs.Domain.Sandbox;
using Jobs.Execution.Isolation;
using Microsoft.Extensions.Logging;

namespace Jobs.Execution.Sandbox;

/// <summary>
/// The folder that is the root directory of all runs, which no run can write to:
/// <code>
/// deno   harness.js   import-map.json     the program, what it runs, and the names that may not be imported
/// lib…/                                   the libraries that the program is linked with
/// proc/self/exe                           a link to the program, which looks for itself there
/// work/                                   the working folder, empty
/// </code>
/// </summary>
internal sealed class SandboxRoot : IDisposable
{
    private const string NamePrefix = "jobs-sandbox-";

    private const string Harness = "harness.js";

    private const string ImportMap = "import-map.json";

    private const string WorkFolderName = "work";

    private static readonly TimeSpan TrialTime = TimeSpan.FromSeconds(10);

    private readonly WorkFolder _work;
    private readonly string _deno;
    private readonly string _folder;
    private readonly int _seconds;
    private readonly int _processorSeconds;
    private ProcessJail _jail = null!;

    private SandboxRoot(string deno, WorkFolder work, TimeSpan timeLimit)
    {
        _deno = deno;
        _seconds = (int)Math.Ceiling((SandboxBounds.TimeToStart + timeLimit + SandboxBounds.TimeToEnd).TotalSeconds);
        _processorSeconds = (int)Math.Ceiling((timeLimit + SandboxBounds.TimeToEnd).TotalSeconds) * System.Environment.ProcessorCount;
        _work = work;
        _folder = Path.Combine(work.Folder, "root");
    }

    /// <summary>How strictly runs are isolated, chosen by trying.</summary>
    public IsolationLevel Level => _jail.Level;

    /// <summary>False once somebody else has deleted the folder or something in it.</summary>
    public bool IsIntact => _work.IsIntact;

    /// <summary>Makes the folder and finds out how strictly Deno can be isolated.</summary>
    /// <exception cref="SandboxUnavailableException">Deno is missing or does not run.</exception>
    public static async Task<SandboxRoot> CreateAsync(SandboxOptions options, IsolationLevel required, TimeProvider time, ILogger logger, CancellationToken cancellationToken)
    {
        var deno = DenoProgram.Locate(options.ToolsSearchStart);
        var root = new SandboxRoot(deno, new WorkFolder(options.TempFolder, NamePrefix, logger), options.TimeLimit);
        try
        {
            await root.ChooseAsync(options.Isolation, required, time, logger, cancellationToken);
            root._work.Seal(root._folder);
            return root;
        }
        catch
        {
            root.Dispose();
            throw;
        }
    }

    /// <summary>The command of one run, to be started in <see cref="WorkingFolder"/> with <see cref="Environment"/>.</summary>
    public IReadOnlyList<string> Command() => Command(_jail);

    /// <summary>Where the command is started.</summary>
    public string WorkingFolder => Path.Combine(_folder, WorkFolderName);

    /// <summary>
    /// All that the process finds in its environment. Deno's own folder is a path below a file, where nobody can make one: it keeps nothing, and does not lose time
    /// with making it.
    /// </summary>
    public IReadOnlyDictionary<string, string> Environment => EnvironmentOf(_jail);

    /// <inheritdoc/>
    public void Dispose() => _work.Dispose();

    private static Dictionary<string, string> WindowsEnvironment() =>
        OperatingSystem.IsWindows() && System.Environment.GetEnvironmentVariable("SystemRoot") is { } systemRoot ? new() { ["SystemRoot"] = systemRoot } : [];

    private Dictionary<string, string> EnvironmentOf(ProcessJail jail) => new(WindowsEnvironment())
    {
        ["DENO_DIR"] = jail.Inside(_folder, $"{Harness}/none"),
        ["DENO_NO_UPDATE_CHECK"] = "1",
        ["NO_COLOR"] = "1",
        ["TZ"] = "UTC",
    };

    private string[] Command(ProcessJail jail) =>
    [
        .. Limits(),
        .. jail.Command(_folder, WorkFolderName, DenoProgram.Name),
        "run", "--no-prompt", "--quiet", "--no-config", "--no-lock", "--no-npm", "--no-remote", "--cached-only", "--no-code-cache",
        $"--import-map={jail.Inside(_folder, ImportMap)}",
        // The harness does not start where code can be made of strings: what may be imported is decided by the program's text.
        string.Create(CultureInfo.InvariantCulture, $"--v8-flags=--max-old-space-size={SandboxLimits.HeapBytes / 1024 / 1024},--disallow-code-generation-from-strings"),
        jail.Inside(_folder, Harness),
    ];

    private IEnumerable<string> Limits() => KernelLimits.Command(_seconds, _processorSeconds, SandboxBounds.DataBytes, SandboxBounds.OpenFiles);

    private async Task ChooseAsync(ProcessIsolation? only, IsolationLevel required, TimeProvider time, ILogger logger, CancellationToken cancellationToken)
    {
        var (jail, refusals) = await JailChoice.FindAsync(
            "Agents run",
            only,
            required,
            async candidate =>
            {
                await FillAsync(candidate, cancellationToken);
                return await TryAsync(candidate, time, cancellationToken);
            },
            logger);
        if (jail is null)
        {
            throw new SandboxUnavailableException($"Agents cannot run on this machine. {refusals}");
        }
    }

    /// <summary>Null when an agent runs in the jail and, if it has a root of its own, Deno cannot read a file outside even with every permission.</summary>
    private async Task<string?> TryAsync(ProcessJail jail, TimeProvider time, CancellationToken cancellationToken)
    {
        _jail = jail;
        try
        {
            var trial = new SandboxRequest(
                "export default (input) => input", "\"works\"", new("trial", "trial", "manual", time.GetUtcNow()), new Dictionary<string, string>(), Network: null);
            var result = await SandboxRun.RunAsync(this, trial, TrialTime, time.GetTimestamp(), time, cancellationToken);
            if (result.Output != trial.Input)
            {
                return result.Error?.Message ?? "a trial gave another output than it should";
            }
        }
        catch (SandboxUnavailableException e)
        {
            return e.Message;
        }

        if (jail.Isolation == ProcessIsolation.None)
        {
            return null;
        }

        var outside = Path.Combine(_work.Folder, "outside.txt");
        var mark = RandomNumberGenerator.GetHexString(16);
        await File.WriteAllTextAsync(outside, mark, cancellationToken);
        WorkFolder.SetMode(outside, WorkFolder.ReadableFile);
        var attempt = await BoundedProcess.RunAsync(
            [
                .. Limits(), .. jail.Command(_folder, WorkFolderName, DenoProgram.Name),
                "eval", "--no-config", "--no-lock", $"console.log(Deno.readTextFileSync({System.Text.Json.JsonSerializer.Serialize(outside)}))",
            ],
            WorkingFolder,
            SandboxBounds.MessageBytes,
            EnvironmentOf(jail),
            cancellationToken);
        return attempt.ExitCode != 0 && attempt.Errors.Text.Contains("NotFound") && !attempt.Output.Text.Contains(mark) ? null : "a file outside could be looked for";
    }

    private async Task FillAsync(ProcessJail jail, CancellationToken cancellationToken)
    {
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }

        WorkFolder.CreateFolder(_folder, WorkFolder.ReadableFolder);
        WorkFolder.CreateFolder(WorkingFolder, WorkFolder.ReadableFolder);
        var program = Path.Combine(_folder, DenoProgram.Name);
        // A link shares the file with whoever else uses it: only where Deno runs as a user who cannot write it, and may run it as it is.
        if (jail.Isolation != ProcessIsolation.Chroot || !await TryLinkAsync(_deno, program, cancellationToken))
        {
            await CopyAsync(_deno, program, cancellationToken);
            WorkFolder.SetMode(program, WorkFolder.FixedProgram);
        }

        foreach (var name in new[] { Harness, ImportMap })
        {
            var file = Path.Combine(_folder, name);
            await using (var resource = Assembly.GetExecutingAssembly().GetManifestResourceStream($"Sandbox/{name}")!)
            await using (var target = File.Create(file))
            {
                await resource.CopyToAsync(target, cancellationToken);
            }

            WorkFolder.SetMode(file, WorkFolder.FixedFile);
        }

        if (OperatingSystem.IsLinux())
        {
            await CopyLibrariesAsync(cancellationToken);
            var self = Path.Combine(_folder, "proc", "self");
            WorkFolder.CreateFolder(Path.GetDirectoryName(self)!, WorkFolder.ReadableFolder);
            WorkFolder.CreateFolder(self, WorkFolder.ReadableFolder);
            File.CreateSymbolicLink(Path.Combine(self, "exe"), "/" + DenoProgram.Name);
        }
    }

    /// <summary>Copies the libraries to the paths where the program looks for them, which its loader tells.</summary>
    private async Task CopyLibrariesAsync(CancellationToken cancellationToken)
    {
        foreach (var path in await LinkedLibraries.OfAsync(Path.Combine(_folder, DenoProgram.Name), [], cancellationToken))
        {
            var copy = Path.Combine(WorkFolder.CreateFolders(_folder, Path.GetDirectoryName(path)!), Path.GetFileName(path));
            await CopyAsync(path, copy, cancellationToken);
            WorkFolder.SetMode(copy, WorkFolder.FixedProgram);
        }
    }

    private async Task<bool> TryLinkAsync(string source, string target, CancellationToken cancellationToken) =>
        !OperatingSystem.IsWindows()
        && (File.GetUnixFileMode(source) & WorkFolder.FixedProgram) == WorkFolder.FixedProgram
        && (await BoundedProcess.RunAsync(["/bin/cp", "-L", "-l", source, target], _work.Folder, SandboxBounds.MessageBytes, new Dictionary<string, string>(), cancellationToken)).ExitCode == 0;

    /// <summary>
    /// By <c>cp</c> where there is one: a program that this process itself has just written cannot be run while another thread is starting a process, which
    /// inherits the open file for a moment.
    /// </summary>
    private async Task CopyAsync(string source, string target, CancellationToken cancellationToken)
    {
        if (OperatingSystem.IsWindows())
        {
            File.Copy(source, target);
            return;
        }

        var copy = await BoundedProcess.RunAsync(["/bin/cp", "-L", source, target], _work.Folder, SandboxBounds.MessageBytes, new Dictionary<string, string>(), cancellationToken);
        if (copy.ExitCode != 0)
        {
            throw new SandboxUnavailableException($"Deno cannot be copied to {_folder}: {copy.Errors.Text.Split('\n')[0]}");
        }
    }
}
