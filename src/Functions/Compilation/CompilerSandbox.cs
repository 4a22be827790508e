using System.Globalization;
using Jobs.Domain.Compilation;

namespace Jobs.Functions.Compilation;

/// <summary>One way to run a compiler in a build's folder, with limits that the kernel keeps where it can.</summary>
/// <param name="Isolation">How the compiler is kept inside the folder.</param>
/// <param name="NetworkOff">Whether it has a network namespace of its own, with nothing in it.</param>
internal sealed record CompilerSandbox(CompilerIsolation Isolation, bool NetworkOff)
{
    public const string Esbuild = "esbuild";

    public const string TypeChecker = "typescript/tsc";

    private const string NobodyId = "65534";

    private static readonly int Processors = Math.Clamp(Environment.ProcessorCount, 1, 4);

    private static readonly string? Prlimit = FindProgram("prlimit");

    private static readonly string? Unshare = FindProgram("unshare");

    /// <summary>Every way that this system might allow, the strongest first. Whether it does is only known by trying.</summary>
    public static IEnumerable<CompilerSandbox> Candidates
    {
        get
        {
            if (OperatingSystem.IsLinux() && Unshare is not null)
            {
                if (Environment.IsPrivilegedProcess)
                {
                    yield return new(CompilerIsolation.Chroot, NetworkOff: true);
                    yield return new(CompilerIsolation.Chroot, NetworkOff: false);
                }

                yield return new(CompilerIsolation.UserNamespace, NetworkOff: true);
            }

            yield return new(CompilerIsolation.Checked, NetworkOff: false);
        }
    }

    /// <summary>Whether <see cref="CompilerLimits.MemoryBytes"/> is kept by the kernel; otherwise the compilers are only asked to keep to it.</summary>
    public static bool LimitsMemory => Prlimit is not null;

    /// <summary>Runs a compiler in <paramref name="jail"/> with the sources' folder as its working folder.</summary>
    public Task<ProcessResult> RunAsync(CompilerJail jail, string tool, IEnumerable<string> arguments, CancellationToken cancellationToken) =>
        BoundedProcess.RunAsync([.. Limits(), .. Program(jail, tool), .. arguments], jail.SourcesFolder, Surroundings(), cancellationToken);

    /// <summary>
    /// RLIMIT_NPROC is not among them: it counts all processes of the user, so builds would limit one another. The compilers start no processes.
    /// The processor time is for a compiler whose parent was killed and can no longer keep <see cref="CompilerLimits.Time"/>.
    /// </summary>
    private static IEnumerable<string> Limits() => Prlimit is null
        ? []
        : [
            Prlimit,
            string.Create(CultureInfo.InvariantCulture, $"--data={CompilerLimits.MemoryBytes}"),
            // One byte more than is allowed, so that a bundle that was cut off here is seen to be too large.
            string.Create(CultureInfo.InvariantCulture, $"--fsize={CompilerLimits.BundleBytes + 1}"),
            string.Create(CultureInfo.InvariantCulture, $"--cpu={((int)CompilerLimits.Time.TotalSeconds + 5) * Processors}"),
            "--core=0",
        ];

    private IEnumerable<string> Program(CompilerJail jail, string tool) => Isolation switch
    {
        CompilerIsolation.Chroot =>
            [Unshare!, .. Network(), $"--root={jail.Folder}", $"--wd=/{CompilerJail.SourcesName}", $"--setgid={NobodyId}", $"--setuid={NobodyId}", $"/{tool}"],
        CompilerIsolation.UserNamespace =>
            // The same user inside as outside: without a mapping to root the compiler has no capability, not even within its namespace.
            [Unshare!, "--map-current-user", .. Network(), $"--root={jail.Folder}", $"--wd=/{CompilerJail.SourcesName}", $"/{tool}"],
        CompilerIsolation.Checked => [Path.Combine(jail.Folder, OperatingSystem.IsWindows() ? tool + ".exe" : tool)],
    };

    private IEnumerable<string> Network() => NetworkOff ? ["--net"] : [];

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

    private static string? FindProgram(string name) => OperatingSystem.IsWindows()
        ? null
        : new[] { "/usr/bin", "/bin", "/usr/sbin", "/sbin" }.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
}
