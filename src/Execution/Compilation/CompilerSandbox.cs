using System.Globalization;
using Jobs.Domain.Compilation;
using Jobs.Execution.Isolation;

namespace Jobs.Execution.Compilation;

/// <summary>One way to run a compiler in a build's folder, with limits that the kernel keeps where it can.</summary>
/// <param name="Jail">How the compiler is kept inside the folder. With <see cref="ProcessIsolation.None"/> every import is checked before anything is read, and what
/// was read is checked again afterwards.</param>
internal sealed record CompilerSandbox(ProcessJail Jail)
{
    public const string Esbuild = "esbuild";

    public const string TypeChecker = "typescript/tsc";

    private static readonly int Processors = Math.Clamp(Environment.ProcessorCount, 1, 4);

    public ProcessIsolation Isolation => Jail.Isolation;

    /// <summary>Whether <see cref="CompilerLimits.MemoryBytes"/> is kept by the kernel; otherwise the compilers are only asked to keep to it.</summary>
    public static bool LimitsMemory => SystemPrograms.Prlimit is not null;

    /// <summary>Runs a compiler in <paramref name="jail"/> with the sources' folder as its working folder.</summary>
    public async Task<ProcessResult> RunAsync(CompilerJail jail, string tool, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        var program = OperatingSystem.IsWindows() ? tool + ".exe" : tool;
        try
        {
            return await BoundedProcess.RunAsync(
                [.. Limits(), .. Jail.Command(jail.Folder, CompilerJail.SourcesName, program), .. arguments],
                jail.SourcesFolder,
                CompilerLimits.OutputBytes,
                Surroundings(),
                cancellationToken);
        }
        catch (ProcessStartException e)
        {
            throw new CompilerUnavailableException(e.Message, e);
        }
    }

    /// <summary>
    /// RLIMIT_NPROC is not among them: it counts all processes of the user, so builds would limit one another. The compilers start no processes.
    /// The processor time is for a compiler whose parent was killed and can no longer keep <see cref="CompilerLimits.Time"/>.
    /// </summary>
    private static IEnumerable<string> Limits()
    {
        if (SystemPrograms.Setsid is { } setsid)
        {
            yield return setsid;
        }

        if (SystemPrograms.Prlimit is { } prlimit)
        {
            yield return prlimit;
            yield return string.Create(CultureInfo.InvariantCulture, $"--data={CompilerLimits.MemoryBytes}");
            // One byte more than is allowed, so that a bundle that was cut off here is seen to be too large.
            yield return string.Create(CultureInfo.InvariantCulture, $"--fsize={CompilerLimits.BundleBytes + 1}");
            yield return string.Create(CultureInfo.InvariantCulture, $"--cpu={((int)CompilerLimits.Time.TotalSeconds + 5) * Processors}");
            yield return "--core=0";
        }
    }

    private static Dictionary<string, string> Surroundings()
    {
        var variables = new Dictionary<string, string>
        {
            ["GOMAXPROCS"] = Processors.ToString(CultureInfo.InvariantCulture),
            ["GOMEMLIMIT"] = CompilerLimits.SoftMemoryBytes.ToString(CultureInfo.InvariantCulture),
            // Both live for a fraction of a second: collecting less often saves a fifth of the time.
            ["GOGC"] = "400",
        };
        if (OperatingSystem.IsWindows() && Environment.GetEnvironmentVariable("SystemRoot") is { } systemRoot)
        {
            variables["SystemRoot"] = systemRoot;
        }

        return variables;
    }
}
