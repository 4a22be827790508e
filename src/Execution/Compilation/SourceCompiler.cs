using System.Text.RegularExpressions;
using Jobs.Domain.Compilation;
using Jobs.Domain.Widgets;
using Jobs.Execution.Isolation;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Jobs.Execution.Compilation;

/// <summary>
/// Compiles a <see cref="CompileTarget"/> with TypeScript's native type checker and then esbuild, each run directly in a folder of the build's own, under
/// <see cref="CompilerLimits"/>. Widgets and agents share one, and with it the work folder, the isolation and the number of compiles that run at once.
/// </summary>
/// <remarks>
/// Files that would configure a compiler (<c>package.json</c>, <c>tsconfig.json</c>, <c>jsconfig.json</c>, Yarn's <c>.pnp.*</c>) are left out, in whatever
/// folder they stand: generators often add them, and no target needs one. A <c>node_modules</c> folder among the sources is refused.
/// </remarks>
public sealed partial class SourceCompiler(CompilerOptions options, TimeProvider time, ILogger<SourceCompiler> logger, IOptions<IsolationOptions>? isolation = null) : IDisposable
{
    private const string MetafileName = "meta.json";

    /// <summary>The exit code of a Go program that the runtime ends.</summary>
    private const int GoCrash = 2;

    private readonly SemaphoreSlim _slots = new(options.MaxConcurrent);
    private readonly SharedWorkspace<CompilerWorkspace> _workspace = new(
        cancellationToken => CompilerWorkspace.CreateAsync(options, isolation?.Value.Required ?? IsolationLevel.None, logger, cancellationToken), workspace => workspace.IsIntact);

    /// <summary>How strictly the compilers are isolated here; null until they are prepared.</summary>
    public IsolationLevel? Isolation => _workspace.Latest?.Sandbox.Jail.Level;

    /// <summary>
    /// Type-checks and bundles. Phases it reports: <see cref="CompilePhase.PreBuild"/> and <see cref="CompilePhase.Build"/>.
    /// </summary>
    /// <exception cref="SourcesRefusedException">The sources do not compile, or went over a limit.</exception>
    /// <exception cref="CompilerUnavailableException">A fault of the machine.</exception>
    internal async Task<CompiledBundle> CompileAsync(
        CompileTarget target, SourceFiles sources, Func<CompilePhase, Task> onPhase, CancellationToken cancellationToken)
    {
        if (Refusal(target, sources) is { } refusal)
        {
            throw new SourcesRefusedException(refusal);
        }

        using var span = JailSpans.Source.StartActivity($"compile {target.Noun}");
        await _slots.WaitAsync(cancellationToken);
        try
        {
            using var lease = await StartAsync(cancellationToken);
            var workspace = lease.Value;
            using var jail = await workspace.CreateJailAsync(target, cancellationToken);
            var given = sources.Files.Where(file => !Configures(file.Key)).ToDictionary(StringComparer.Ordinal);
            await jail.WriteAsync(given, cancellationToken);
            return await CompileAsync(target, workspace.Sandbox, jail, given, onPhase, cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CompilerUnavailableException($"The build's folder could not be used: {e.Message}", e);
        }
        finally
        {
            _slots.Release();
        }
    }

    /// <summary>Prepares the tools and finds the isolation, which otherwise the first compile does.</summary>
    /// <exception cref="CompilerUnavailableException">The tools are missing or do not run; a later call tries again.</exception>
    public async Task PrepareAsync(CancellationToken cancellationToken) => (await StartAsync(cancellationToken)).Dispose();

    /// <summary>Deletes the work folder.</summary>
    public void Dispose()
    {
        _workspace.Dispose();
        _slots.Dispose();
    }

    private async Task<SharedWorkspace<CompilerWorkspace>.Lease> StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _workspace.RentAsync(cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CompilerUnavailableException($"The compilers' work folder could not be made in {options.TempFolder}: {e.Message}", e);
        }
    }

    private async Task<CompiledBundle> CompileAsync(
        CompileTarget target,
        CompilerSandbox sandbox,
        CompilerJail jail,
        IReadOnlyDictionary<string, string> sources,
        Func<CompilePhase, Task> onPhase,
        CancellationToken cancellationToken)
    {
        var tools = new TimedTools(sandbox, jail, options.TimeLimit, time);

        await onPhase(CompilePhase.PreBuild);
        // Without a root of their own the compilers could read any file of the machine: ask each what it would read before it may show anything.
        var inputs = sandbox.Isolation == ProcessIsolation.None ? await ListTypeCheckerInputsAsync(target, tools, jail, cancellationToken) : null;

        var typeCheckStart = tools.Spent;
        var typeCheck = await tools.RunAsync(CompilerSandbox.TypeChecker, ["-p", target.Configuration, "--pretty", "false"], cancellationToken);
        var typeCheckTime = tools.Spent - typeCheckStart;
        if (typeCheck.ExitCode != 0)
        {
            throw Refused(CompilerSandbox.TypeChecker, typeCheck, typeCheck.Output, CompilerMessages.FromTypeChecker(typeCheck.Output.Text, target, jail));
        }

        await onPhase(CompilePhase.Build);
        if (inputs is not null)
        {
            await CheckImportsAsync(target, tools, jail, sources, inputs, cancellationToken);
        }

        var bundleStart = tools.Spent;
        await BundleAsync(target, tools, jail, sources, [target.EntryModule, .. target.BundleOptions], cancellationToken);
        return new CompiledBundle(
            await jail.ReadOutputAsync(target.ScriptName, cancellationToken),
            await jail.ReadOutputAsync(target.StyleName, cancellationToken),
            typeCheckTime,
            tools.Spent - bundleStart);
    }

    /// <summary>The sources that the type checker would read; refused when it would read one outside the build's folder.</summary>
    private static async Task<IReadOnlyCollection<string>> ListTypeCheckerInputsAsync(
        CompileTarget target, TimedTools tools, CompilerJail jail, CancellationToken cancellationToken)
    {
        var listing = await tools.RunAsync(
            CompilerSandbox.TypeChecker, ["-p", target.Configuration, "--pretty", "false", "--listFilesOnly"], cancellationToken);
        var files = listing.Output.Text.Split('\n', StringSplitOptions.TrimEntries).Where(Path.IsPathRooted).Select(path => path.Replace('\\', '/')).ToList();
        var inside = $"/{Path.GetFileName(jail.Folder)}/";
        if (listing.Output.LinesLeftOut > 0 || files.Count == 0 || !files.All(path => path.Contains(inside)))
        {
            throw new SourcesRefusedException($"error: a file outside the {target.Noun} is imported or referenced; {target.Offer}");
        }

        var own = inside + CompilerJail.SourcesName + "/";
        return [.. files.Where(path => path.Contains(own)).Select(path => path[(path.IndexOf(own, StringComparison.Ordinal) + own.Length)..])];
    }

    /// <summary>Has the bundler's parser list the imports without following any, and refuses those that <see cref="ImportRules"/> forbids.</summary>
    private static Task CheckImportsAsync(
        CompileTarget target,
        TimedTools tools,
        CompilerJail jail,
        IReadOnlyDictionary<string, string> sources,
        IReadOnlyCollection<string> typeCheckerInputs,
        CancellationToken cancellationToken)
    {
        // The type checker does not know which style sheets are used.
        var entries = typeCheckerInputs.Concat(sources.Keys.Where(path => path.EndsWith(".css", StringComparison.Ordinal))).Where(target.CanImport);
        return BundleAsync(target, tools, jail, sources, [.. entries.Select((path, index) => $"{index}={path}"), "--external:*"], cancellationToken);
    }

    private static async Task BundleAsync(
        CompileTarget target,
        TimedTools tools,
        CompilerJail jail,
        IReadOnlyDictionary<string, string> sources,
        IReadOnlyList<string> arguments,
        CancellationToken cancellationToken)
    {
        var run = await tools.RunAsync(
            CompilerSandbox.Esbuild,
            [
                .. arguments, "--bundle", "--format=esm", "--target=es2022", "--jsx=automatic", "--charset=utf8", "--tsconfig-raw={}",
                $"--outdir={JailTemplate.OutputFolder}", $"--metafile={JailTemplate.OutputFolder}/{MetafileName}",
                "--log-level=error", "--log-limit=0", "--color=false",
            ],
            cancellationToken);
        if (jail.OutputLength(target.ScriptName) + jail.OutputLength(target.StyleName) > target.BundleBytes)
        {
            throw new SourcesRefusedException($"The {target.BundleNoun} is larger than {target.BundleBytes / 1024 / 1024} MiB.");
        }

        if (jail.OutputLength(MetafileName) > CompilerLimits.MetafileBytes)
        {
            throw new SourcesRefusedException(
                $"error: the {target.Noun} has more imports than can be checked: the list of them is larger than {CompilerLimits.MetafileBytes / 1024 / 1024} MiB.");
        }

        if (run.ExitCode != 0)
        {
            throw Refused(CompilerSandbox.Esbuild, run, run.Errors, CompilerMessages.FromBundler(run.Errors.Text, target, jail));
        }

        if (ImportRules.Breaches(target, await jail.ReadOutputAsync(MetafileName, cancellationToken), sources) is { Count: > 0 } breaches)
        {
            throw new SourcesRefusedException(CompilerMessages.Join(breaches));
        }
    }

    private static Exception Refused(string tool, ProcessResult run, BoundedText messages, List<string> lines)
    {
        if (run.ExitCode == GoCrash && OutOfMemory().IsMatch(run.Errors.Text))
        {
            return new SourcesRefusedException($"The compile needed more than {CompilerLimits.MemoryBytes / 1024 / 1024} MiB of memory.");
        }

        if (run.ExitCode == GoCrash && Crash().Match(run.Errors.Text) is { Success: true } crash)
        {
            return new SourcesRefusedException($"{tool} crashed on these sources: {crash.Value.Trim()}");
        }

        return lines.Count > 0 && run.ExitCode <= 2
            ? new SourcesRefusedException(CompilerMessages.Join(lines, messages.LinesLeftOut))
            : new CompilerUnavailableException($"{tool} ended with {run.ExitCode}: {run.Errors.Text.Split('\n')[0]}");
    }

    private static string? Refusal(CompileTarget target, SourceFiles sources)
    {
        if (!sources.Files.ContainsKey(target.MainModule))
        {
            return $"{target.MainModule}: error: the file is missing; its default export is {target.MainExport}";
        }

        return sources.Files.Keys.FirstOrDefault(path => path.Split('/').Contains("node_modules", StringComparer.OrdinalIgnoreCase)) is { } packaged
            ? $"{packaged}: error: {target.Article} {target.Noun} cannot bring packages; {target.Offer}"
            : null;
    }

    private static bool Configures(string path) => ConfigurationFile().IsMatch(path);

    [GeneratedRegex(@"(^|/)(package\.json|[tj]sconfig\.json|\.pnp\.[^/]*)$", RegexOptions.IgnoreCase)]
    private static partial Regex ConfigurationFile();

    // The Go runtime's words, with which both compilers die. A signal at the start of a line came to Go's runtime itself, which is how it meets memory that it was not given; one in a program's own code stands within a panic.
    [GeneratedRegex(
        "out of memory|cannot allocate memory|cannot map pages|failed to reserve page summary|failed to create new OS thread|goroutine stack exceeds"
            + "|unexpected signal during runtime execution|^SIGSEGV: segmentation violation",
        RegexOptions.Multiline)]
    private static partial Regex OutOfMemory();

    [GeneratedRegex("^(panic|fatal error): .*$", RegexOptions.Multiline)]
    private static partial Regex Crash();

    /// <summary>Runs the tools of one compile, which share one time limit.</summary>
    private sealed class TimedTools(CompilerSandbox sandbox, CompilerJail jail, TimeSpan limit, TimeProvider time)
    {
        /// <summary>How long tools have run.</summary>
        public TimeSpan Spent { get; private set; }

        public async Task<ProcessResult> RunAsync(string tool, IEnumerable<string> arguments, CancellationToken cancellationToken)
        {
            var left = limit - Spent;
            if (left <= TimeSpan.Zero)
            {
                throw OutOfTime();
            }

            var start = time.GetTimestamp();
            using var span = JailSpans.Source.StartActivity(Path.GetFileName(tool));
            using var timeOut = new CancellationTokenSource(left, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(timeOut.Token, cancellationToken);
            try
            {
                var run = await sandbox.RunAsync(jail, tool, arguments, either.Token);
                span?.SetTag("process.exit.code", run.ExitCode);
                return run;
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw OutOfTime();
            }
            finally
            {
                Spent += time.GetElapsedTime(start);
            }
        }

        private SourcesRefusedException OutOfTime() => new($"The compile took longer than {limit.TotalSeconds:0.###} s.");
    }
}

/// <summary>What a compile gave.</summary>
/// <param name="Script">An ES module.</param>
/// <param name="Style">The style sheet; empty when there is none.</param>
/// <param name="TypeCheckTime">Wall time of the type check.</param>
/// <param name="BundleTime">Wall time of the bundler.</param>
internal sealed record CompiledBundle(byte[] Script, byte[] Style, TimeSpan TypeCheckTime, TimeSpan BundleTime);
