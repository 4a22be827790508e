namespace Jobs.Execution.Isolation;

/// <summary>One way to run a program with a folder as its root directory.</summary>
/// <param name="Isolation">How it is kept inside the folder.</param>
/// <param name="OwnNamespaces">Whether it has a network with nothing in it, and sees no process and no shared memory but its own.</param>
internal sealed record ProcessJail(ProcessIsolation Isolation, bool OwnNamespaces)
{
    private const string NobodyId = "65534";

    /// <summary>How far behind this process, which answers requests, what it runs stands in the line for the processor: with 10 it gets about a tenth of what this process may have.</summary>
    public const int Niceness = 10;

    /// <summary>How much of the machine it keeps from the program.</summary>
    public IsolationLevel Level => Isolation switch
    {
        ProcessIsolation.Chroot => OwnNamespaces ? IsolationLevel.Full : IsolationLevel.RootDirectory,
        ProcessIsolation.UserNamespace => OwnNamespaces ? IsolationLevel.Namespaces : IsolationLevel.RootDirectory,
        ProcessIsolation.None => IsolationLevel.None,
    };

    /// <summary>Every way that this system might allow, the strongest first. Whether it does is only known by trying.</summary>
    public static IEnumerable<ProcessJail> Candidates
    {
        get
        {
            if (SystemPrograms.Unshare is not null)
            {
                if (Environment.IsPrivilegedProcess)
                {
                    yield return new(ProcessIsolation.Chroot, OwnNamespaces: true);
                    yield return new(ProcessIsolation.Chroot, OwnNamespaces: false);
                }

                yield return new(ProcessIsolation.UserNamespace, OwnNamespaces: true);
            }

            yield return new(ProcessIsolation.None, OwnNamespaces: false);
        }
    }

    /// <summary>A path as the program sees it.</summary>
    /// <param name="root">The folder.</param>
    /// <param name="path">Relative to the folder, with slashes.</param>
    public string Inside(string root, string path) => Isolation == ProcessIsolation.None ? Path.Combine(root, path) : "/" + path;

    /// <summary>The command that runs a program of the folder; its arguments follow.</summary>
    /// <param name="root">The folder; absolute.</param>
    /// <param name="workingFolder">Relative to it.</param>
    /// <param name="program">Relative to it.</param>
    /// <param name="hasProc">Whether the program finds its own processes at <c>/proc</c>, a folder of the root, where it has namespaces of its own.</param>
    public IEnumerable<string> Command(string root, string workingFolder, string program, bool hasProc = false) =>
        [.. SystemPrograms.Nice is { } nice ? [nice, "-n", $"{Niceness}"] : Array.Empty<string>(), .. Confined(root, workingFolder, program, hasProc)];

    private IEnumerable<string> Confined(string root, string workingFolder, string program, bool hasProc) => Isolation switch
    {
        ProcessIsolation.Chroot =>
            [SystemPrograms.Unshare!, .. Namespaces(hasProc), $"--root={root}", $"--wd=/{workingFolder}", $"--setgid={NobodyId}", $"--setuid={NobodyId}", "/" + program],
        ProcessIsolation.UserNamespace =>
            // The same user inside as outside: without a mapping to root the program has no capability, not even within its namespace.
            [SystemPrograms.Unshare!, "--map-current-user", .. Namespaces(hasProc), $"--root={root}", $"--wd=/{workingFolder}", "/" + program],
        ProcessIsolation.None => [Path.Combine(root, program)],
    };

    /// <summary>The program dies with <c>unshare</c>, which waits for it; where it becomes another user first, the kernel forgets that, and only the group's end is left.</summary>
    private IEnumerable<string> Namespaces(bool hasProc) =>
        OwnNamespaces ? ["--net", "--ipc", "--pid", "--fork", "--kill-child", .. hasProc ? ["--mount-proc"] : Array.Empty<string>()] : [];
}
