namespace Jobs.Execution.Isolation;

/// <summary>The system's programs that confine another; null where the system has none.</summary>
internal static class SystemPrograms
{
    /// <summary>Sets resource limits.</summary>
    public static string? Prlimit { get; } = Find("prlimit");

    /// <summary>Gives a program namespaces and a root directory of its own.</summary>
    public static string? Unshare { get; } = Find("unshare");

    /// <summary>Kills a program, and the process group that it makes for it, after a time.</summary>
    public static string? Timeout { get; } = Find("timeout");

    /// <summary>Makes a program the leader of a process group, which can then be killed as one.</summary>
    public static string? Setsid { get; } = Find("setsid");

    /// <summary>Lets a program have the processor after others.</summary>
    public static string? Nice { get; } = Find("nice");

    /// <summary>Takes a program's capabilities away.</summary>
    public static string? Setpriv { get; } = Find("setpriv");

    /// <summary>Gives files to another user.</summary>
    public static string? Chown { get; } = Find("chown");

    /// <summary>Runs a command that is given as a text.</summary>
    public static string? Shell { get; } = Find("sh");

    private static string? Find(string name) => OperatingSystem.IsLinux()
        ? new[] { "/usr/bin", "/bin", "/usr/sbin", "/sbin" }.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists)
        : null;
}
