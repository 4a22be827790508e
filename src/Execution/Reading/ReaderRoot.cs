using System.Globalization;
using Jobs.Execution.Isolation;
using Microsoft.Extensions.Logging;

namespace Jobs.Execution.Reading;

/// <summary>
/// The folder that is the root directory of every process that reads, which no process can write to:
/// <code>
/// dotnet/   the program that starts .NET, and the one runtime that this process has too
/// app/      the reader and the libraries that it references
/// lib…/     the libraries that .NET is linked with
/// proc/     where the kernel shows the process itself: without it, .NET does not find its own stack
/// work/     the working folder, empty
/// </code>
/// Without a root of its own the reader runs where it is installed, and this folder holds the working folder only.
/// </summary>
internal sealed class ReaderRoot : IDisposable
{
    private const string NamePrefix = "jobs-reader-";

    private const string DotnetFolder = "dotnet";

    private const string AppFolder = "app";

    private const string WorkFolderName = "work";

    /// <summary>How much longer than a document may take the kernel lets a process live whose parent was killed.</summary>
    private const int SecondsToEnd = 5;

    private static readonly TimeSpan TrialTime = TimeSpan.FromSeconds(30);

    private static readonly byte[] Trial = "It works."u8.ToArray();

    private readonly ReaderInstallation _installation;
    private readonly DocumentReaderOptions _options;
    private readonly WorkFolder _work;
    private readonly string _folder;
    private ProcessJail _jail = null!;

    private ReaderRoot(ReaderInstallation installation, DocumentReaderOptions options, WorkFolder work)
    {
        _installation = installation;
        _options = options;
        _work = work;
        _folder = Path.Combine(work.Folder, "root");
    }

    /// <summary>How documents are isolated, chosen by trying.</summary>
    public ProcessIsolation Isolation => _jail.Isolation;

    /// <summary>How strictly that is.</summary>
    public IsolationLevel Level => _jail.Level;

    /// <summary>False once somebody else has deleted the folder or something in it.</summary>
    public bool IsIntact => _work.IsIntact;

    /// <summary>Makes the folder and finds out how strictly the reader can be isolated.</summary>
    /// <exception cref="DocumentReaderUnavailableException">The reader is missing or does not run.</exception>
    public static async Task<ReaderRoot> CreateAsync(DocumentReaderOptions options, IsolationLevel required, ILogger logger, CancellationToken cancellationToken)
    {
        var installation = ReaderInstallation.Locate(options.ReaderFolder);
        var root = new ReaderRoot(installation, options, new WorkFolder(options.TempFolder, NamePrefix, logger));
        try
        {
            await root.ChooseAsync(options.Isolation, required, logger, cancellationToken);
            root._work.Seal(root._folder);
            return root;
        }
        catch
        {
            root.Dispose();
            throw;
        }
    }

    /// <summary>Runs the reader once.</summary>
    public Task<ReaderResult> RunAsync(ReadOnlyMemory<byte> document, IEnumerable<string> arguments, CancellationToken cancellationToken) =>
        RunAsync(_jail, [Reader(_jail), .. arguments], document, cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _work.Dispose();

    private Task<ReaderResult> RunAsync(ProcessJail jail, IEnumerable<string> exec, ReadOnlyMemory<byte> input, CancellationToken cancellationToken) => ReaderRun.RunAsync(
        [.. Limits(), .. Dotnet(jail), "exec", .. exec], Path.Combine(_folder, WorkFolderName), Surroundings(), input, cancellationToken);

    private IEnumerable<string> Dotnet(ProcessJail jail) => jail.Isolation == ProcessIsolation.None
        ? jail.Command(_installation.DotnetRoot, "", ReaderInstallation.DotnetName)
        : jail.Command(_folder, WorkFolderName, $"{DotnetFolder}/{ReaderInstallation.DotnetName}", hasProc: true);

    private string Reader(ProcessJail jail) => InApp(jail, ReaderInstallation.ReaderName);

    private string InApp(ProcessJail jail, string name) =>
        jail.Isolation == ProcessIsolation.None ? Path.Combine(_installation.ReaderFolder, name) : jail.Inside(_folder, $"{AppFolder}/{name}");

    private IEnumerable<string> Limits()
    {
        var seconds = (int)Math.Ceiling(_options.TimeLimit.TotalSeconds) + SecondsToEnd;
        return KernelLimits.Command(seconds, seconds * Environment.ProcessorCount, _options.HeapBytes + DocumentReaderLimits.OtherBytes, DocumentReaderLimits.OpenFiles);
    }

    private Dictionary<string, string> Surroundings()
    {
        var variables = new Dictionary<string, string>
        {
            ["DOTNET_GCHeapHardLimit"] = string.Create(CultureInfo.InvariantCulture, $"0x{_options.HeapBytes:X}"),
            ["DOTNET_gcServer"] = "0",
            ["DOTNET_gcConcurrent"] = "0",
            // No socket for debuggers in the temporary folder, and no second mapping of code through a file, which the process may not write.
            ["DOTNET_EnableDiagnostics"] = "0",
            ["DOTNET_EnableWriteXorExecute"] = "0",
            ["TZ"] = "UTC",
        };
        if (OperatingSystem.IsWindows() && Environment.GetEnvironmentVariable("SystemRoot") is { } systemRoot)
        {
            variables["SystemRoot"] = systemRoot;
        }

        return variables;
    }

    private async Task ChooseAsync(ProcessIsolation? only, IsolationLevel required, ILogger logger, CancellationToken cancellationToken)
    {
        var (jail, refusals) = await JailChoice.FindAsync(
            "Documents are read",
            only,
            required,
            async candidate =>
            {
                await FillAsync(candidate, cancellationToken);
                return await TryAsync(candidate, cancellationToken);
            },
            logger);
        _jail = jail ?? throw new DocumentReaderUnavailableException($"Documents cannot be read on this machine. {refusals}");
    }

    /// <summary>Null when a document is read in the jail and, if it has a root of its own, a program outside is not found.</summary>
    private async Task<string?> TryAsync(ProcessJail jail, CancellationToken cancellationToken)
    {
        using var timeOut = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeOut.CancelAfter(TrialTime);
        try
        {
            var read = await RunAsync(jail, [Reader(jail)], Trial, timeOut.Token);
            if (read.ExitCode != 0 || read.Output.Span.IndexOf(Trial) < 0)
            {
                return $"the reader ended with {read.ExitCode}: {read.Messages.Split('\n')[0]}";
            }

            if (jail.Isolation == ProcessIsolation.None)
            {
                return null;
            }

            var outside = Path.Combine(_work.Folder, "outside.dll");
            await CopyAsync([Path.Combine(_installation.ReaderFolder, ReaderInstallation.ReaderName)], outside, cancellationToken);
            WorkFolder.SetMode(outside, WorkFolder.ReadableFile);
            string[] exec =
            [
                "--runtimeconfig", InApp(jail, Path.ChangeExtension(ReaderInstallation.ReaderName, "runtimeconfig.json")),
                "--depsfile", InApp(jail, Path.ChangeExtension(ReaderInstallation.ReaderName, "deps.json")),
                outside,
            ];
            var attempt = await RunAsync(jail, exec, Trial, timeOut.Token);
            File.Delete(outside);
            return attempt.ExitCode != 0 && attempt.Output.Length == 0 ? null : "a program outside could be run";
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"the reader did not end within {TrialTime.TotalSeconds:0} s";
        }
        catch (ProcessStartException e)
        {
            return e.Message;
        }
    }

    private async Task FillAsync(ProcessJail jail, CancellationToken cancellationToken)
    {
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }

        WorkFolder.CreateFolder(_folder, WorkFolder.ReadableFolder);
        WorkFolder.CreateFolder(Path.Combine(_folder, WorkFolderName), WorkFolder.ReadableFolder);
        if (jail.Isolation == ProcessIsolation.None)
        {
            return;
        }

        var dotnet = CreateFolders(DotnetFolder);
        await CopyAsync([Path.Combine(_installation.DotnetRoot, ReaderInstallation.DotnetName)], dotnet, cancellationToken);
        await CopyAsync([NewestResolver()], CreateFolders($"{DotnetFolder}/{ReaderInstallation.Resolver}"), cancellationToken);
        var runtime = Path.Combine(_installation.DotnetRoot, ReaderInstallation.Framework, _installation.RuntimeVersion);
        await CopyAsync([runtime], CreateFolders($"{DotnetFolder}/{ReaderInstallation.Framework}"), cancellationToken);
        await CopyAsync([.. _installation.ReaderFiles.Select(name => Path.Combine(_installation.ReaderFolder, name))], CreateFolders(AppFolder), cancellationToken);
        var program = Path.Combine(_installation.DotnetRoot, ReaderInstallation.DotnetName);
        List<string> loadedLater = [.. Directory.EnumerateFiles(runtime, "lib*.so").Where(IsNeeded)];
        var linked = await LinkedLibraries.OfAsync(program, loadedLater, cancellationToken);
        List<string> ciphers = [.. Ciphers(linked)];
        IReadOnlySet<string> libraries = new HashSet<string>([.. linked, .. ciphers, .. await LinkedLibraries.OfAsync(program, ciphers, cancellationToken)]);
        foreach (var folder in libraries.GroupBy(library => Path.GetDirectoryName(library)!))
        {
            await CopyAsync([.. folder], CreateFolders(folder.Key), cancellationToken);
        }

        CreateFolders("proc");
        SetModes();
    }

    /// <summary>What a library for tracing is linked with is often not installed, and never needed.</summary>
    private static bool IsNeeded(string library) => Path.GetFileName(library) is "libcoreclr.so" or "libclrjit.so" or "libhostpolicy.so" or "libSystem.Native.so"
        or "libSystem.IO.Compression.Native.so";

    /// <summary>
    /// The libraries that .NET looks for by name once something is to be deciphered, as in a PDF that everyone may open and not everyone may print. They lie where the system's
    /// other libraries do, or in the same folder below <c>/usr</c>; a machine may have none.
    /// </summary>
    private static IEnumerable<string> Ciphers(IReadOnlySet<string> libraries)
    {
        var folders = libraries.Select(library => Path.GetDirectoryName(library)!).Distinct().SelectMany(folder => new[] { folder, "/usr" + folder });
        foreach (var name in new[] { "libssl.so.*", "libcrypto.so.*" })
        {
            if (folders.Where(Directory.Exists).FirstOrDefault(folder => Directory.EnumerateFiles(folder, name).Any()) is { } found)
            {
                foreach (var library in Directory.EnumerateFiles(found, name))
                {
                    yield return library;
                }
            }
        }
    }

    private string NewestResolver() => Directory.EnumerateDirectories(Path.Combine(_installation.DotnetRoot, ReaderInstallation.Resolver))
        .MaxBy(folder => Version.TryParse(Path.GetFileName(folder).Split('-')[0], out var version) ? version : new Version())
        ?? throw new DocumentReaderUnavailableException($"Documents cannot be read: .NET in {_installation.DotnetRoot} is not whole.");

    private string CreateFolders(string path) => WorkFolder.CreateFolders(_folder, path);

    private void SetModes()
    {
        foreach (var folder in Directory.EnumerateDirectories(_folder, "*", SearchOption.AllDirectories))
        {
            WorkFolder.SetMode(folder, WorkFolder.ReadableFolder);
        }

        foreach (var file in Directory.EnumerateFiles(_folder, "*", SearchOption.AllDirectories))
        {
            WorkFolder.SetMode(file, WorkFolder.FixedProgram);
        }
    }

    /// <summary>
    /// Copies files and folders into a folder, or one file to a path that does not exist. By <c>cp</c>: a program that this process itself has just written cannot be
    /// run while another thread is starting a process, which inherits the open file for a moment.
    /// </summary>
    private async Task CopyAsync(IReadOnlyList<string> sources, string target, CancellationToken cancellationToken)
    {
        var copy = await BoundedProcess.RunAsync(
            ["/bin/cp", "-R", "-L", .. sources, target], _work.Folder, DocumentReaderLimits.MessageBytes, new Dictionary<string, string>(), cancellationToken);
        if (copy.ExitCode != 0)
        {
            throw new DocumentReaderUnavailableException($"The reader cannot be copied to {_folder}: {copy.Errors.Text.Split('\n')[0]}");
        }
    }
}
