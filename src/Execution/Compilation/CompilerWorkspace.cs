using System.Security.Cryptography;
using Jobs.Domain.Compilation;
using Jobs.Execution.Isolation;
using Microsoft.Extensions.Logging;

namespace Jobs.Execution.Compilation;

/// <summary>
/// This process's folder for builds: a copy of the tools with the right file modes, on a file system that can be written and executed, and one folder per
/// build that is filled from it.
/// </summary>
internal sealed class CompilerWorkspace : IDisposable
{
    private const string NamePrefix = "jobs-compile-";

    private readonly WorkFolder _work;
    private readonly string _folder;
    private readonly string _template;
    private readonly ILogger _logger;
    private CompilerSandbox _sandbox = null!;

    private CompilerWorkspace(WorkFolder work, ILogger logger)
    {
        _work = work;
        _folder = work.Folder;
        _template = Path.Combine(_folder, "template");
        _logger = logger;
    }

    /// <summary>The way builds are run, chosen by trying.</summary>
    public CompilerSandbox Sandbox => _sandbox;

    /// <summary>False once somebody else has deleted the folder or one of the tools in it.</summary>
    public bool IsIntact => _work.IsIntact;

    /// <summary>Copies the tools, finds out how strictly the compilers can be isolated, and deletes what crashed processes left.</summary>
    /// <exception cref="CompilerUnavailableException">The tools are missing or none of them runs.</exception>
    public static async Task<CompilerWorkspace> CreateAsync(CompilerOptions options, IsolationLevel required, ILogger logger, CancellationToken cancellationToken)
    {
        var tools = CompilerTools.Locate(options.ToolsSearchStart);
        var work = new WorkFolder(options.TempFolder, NamePrefix, logger);
        var workspace = new CompilerWorkspace(work, logger);
        try
        {
            await workspace.FillTemplateAsync(tools, cancellationToken);
            workspace._sandbox = await workspace.ChooseSandboxAsync(options.Isolation, required, cancellationToken);
            work.Seal(workspace._template);
            return workspace;
        }
        catch
        {
            workspace.Dispose();
            throw;
        }
    }

    /// <summary>A new build folder with the tools in it and no sources.</summary>
    public Task<CompilerJail> CreateJailAsync(CompileTarget target, CancellationToken cancellationToken) => CreateJailAsync(target, _sandbox.Isolation, cancellationToken);

    public void Dispose() => _work.Dispose();

    private async Task FillTemplateAsync(CompilerTools tools, CancellationToken cancellationToken)
    {
        WorkFolder.CreateFolder(_template, WorkFolder.ReadableFolder);
        var esbuild = Path.Combine(_template, Path.GetFileName(tools.Esbuild));
        await CopyAsync(tools.Esbuild, esbuild, cancellationToken);
        await CopyAsync(tools.TypeScript, Path.Combine(_template, "typescript"), cancellationToken);

        // What React needs lies below it and not beside it, where a widget could import it.
        foreach (var (package, place) in new[]
        {
            ("react", "react"),
            ("react-dom", "react-dom"),
            ("scheduler", "react-dom/node_modules/scheduler"),
            ("@types/react", "@types/react"),
            ("@types/react-dom", "@types/react-dom"),
            ("csstype", "@types/react/node_modules/csstype"),
        })
        {
            var target = Path.Combine(_template, JailTemplate.LibrariesName, place);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            await CopyAsync(Path.Combine(tools.Packages, package), target, cancellationToken);
        }

        foreach (var (path, content) in JailTemplate.Files)
        {
            var file = Path.Combine(_template, path);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            await File.WriteAllTextAsync(file, content, cancellationToken);
        }

        foreach (var folder in Directory.EnumerateDirectories(_template, "*", SearchOption.AllDirectories))
        {
            WorkFolder.SetMode(folder, WorkFolder.ReadableFolder);
        }

        foreach (var file in Directory.EnumerateFiles(_template, "*", SearchOption.AllDirectories))
        {
            WorkFolder.SetMode(file, WorkFolder.FixedFile);
        }

        WorkFolder.SetMode(esbuild, WorkFolder.FixedProgram);
        WorkFolder.SetMode(Path.Combine(_template, "typescript", CompilerTools.TypeCheckerName), WorkFolder.FixedProgram);

        if (OperatingSystem.IsLinux())
        {
            // tsc asks /proc where it lies, and there is no /proc in a root of its own.
            var self = Path.Combine(_template, "proc/self");
            WorkFolder.CreateFolder(Path.GetDirectoryName(self)!, WorkFolder.ReadableFolder);
            WorkFolder.CreateFolder(self, WorkFolder.ReadableFolder);
            File.CreateSymbolicLink(Path.Combine(self, "exe"), "/" + CompilerSandbox.TypeChecker);
        }
    }

    private async Task<CompilerSandbox> ChooseSandboxAsync(ProcessIsolation? only, IsolationLevel required, CancellationToken cancellationToken)
    {
        var (jail, refusals) = await JailChoice.FindAsync("Compilers run", only, required, candidate => TryAsync(new CompilerSandbox(candidate), cancellationToken), _logger);
        return jail is not null ? new CompilerSandbox(jail) : throw new CompilerUnavailableException($"The compilers do not run on this machine. {refusals}");
    }

    /// <summary>Null when both compilers run in the sandbox and, unless imports are checked, one asked for a file outside does not find it.</summary>
    private async Task<string?> TryAsync(CompilerSandbox sandbox, CancellationToken cancellationToken)
    {
        using var jail = await CreateJailAsync(WidgetTarget.Target, sandbox.Isolation, cancellationToken);
        foreach (var tool in new[] { CompilerSandbox.Esbuild, CompilerSandbox.TypeChecker })
        {
            var run = await sandbox.RunAsync(jail, tool, ["--version"], cancellationToken);
            if (run.ExitCode != 0)
            {
                return $"{tool} ended with {run.ExitCode}: {run.Errors.Text.Split('\n')[0]}";
            }
        }

        if (sandbox.Isolation == ProcessIsolation.None)
        {
            return null;
        }

        var outside = Path.Combine(_folder, "outside.json");
        var mark = RandomNumberGenerator.GetHexString(16);
        await File.WriteAllTextAsync(outside, $"\"{mark}\"", cancellationToken);
        WorkFolder.SetMode(outside, WorkFolder.ReadableFile);
        var attempt = await sandbox.RunAsync(jail, CompilerSandbox.Esbuild, ["--bundle", outside], cancellationToken);
        return attempt.ExitCode != 0 && !attempt.Output.Text.Contains(mark) && !attempt.Errors.Text.Contains(mark)
            ? null
            : "a file outside could be read";
    }

    private async Task<CompilerJail> CreateJailAsync(CompileTarget target, ProcessIsolation isolation, CancellationToken cancellationToken)
    {
        var jail = new CompilerJail(Path.Combine(_folder, Guid.NewGuid().ToString("N")), _logger);
        try
        {
            // Links share the file with all builds: only where the compiler runs as a user who cannot write it.
            var needed = Directory.EnumerateFileSystemEntries(_template)
                .Where(entry => target.Libraries.Count > 0 || Path.GetFileName(entry) != JailTemplate.LibrariesName);
            WorkFolder.CreateFolder(jail.Folder, WorkFolder.ReadableFolder);
            await CopyAsync([.. needed], jail.Folder, cancellationToken, isolation == ProcessIsolation.Chroot ? ["-p", "-l"] : ["-p"]);
            jail.CreateFolders();
            return jail;
        }
        catch
        {
            jail.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Copies a file or a folder to a path that does not exist. By <c>cp</c> where there is one, for its links and because a program that this process
    /// itself has just written cannot be run while another thread is starting a process, which inherits the open file for a moment.
    /// </summary>
    private Task CopyAsync(string source, string target, CancellationToken cancellationToken) => CopyAsync([source], target, cancellationToken);

    /// <summary>As <see cref="CopyAsync(string, string, CancellationToken)"/>, or several into a folder that exists.</summary>
    private async Task CopyAsync(IReadOnlyList<string> sources, string target, CancellationToken cancellationToken, params string[] options)
    {
        if (!OperatingSystem.IsWindows())
        {
            var copy = await BoundedProcess.RunAsync(
                ["/bin/cp", "-R", "-P", .. options, .. sources, target], _folder, CompilerLimits.OutputBytes, new Dictionary<string, string>(), cancellationToken);
            if (copy.ExitCode != 0)
            {
                throw new CompilerUnavailableException($"The compilers cannot be copied to {_folder}: {copy.Errors.Text.Split('\n')[0]}");
            }
        }
        else
        {
            var into = Directory.Exists(target);
            foreach (var source in sources)
            {
                CopyOnWindows(source, into ? Path.Combine(target, Path.GetFileName(source)) : target);
            }
        }
    }

    private static void CopyOnWindows(string source, string target)
    {
        if (File.Exists(source))
        {
            File.Copy(source, target);
            return;
        }

        Directory.CreateDirectory(target);
        foreach (var entry in Directory.EnumerateFileSystemEntries(source))
        {
            CopyOnWindows(entry, Path.Combine(target, Path.GetFileName(entry)));
        }
    }
}
