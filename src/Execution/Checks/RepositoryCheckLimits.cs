namespace Jobs.Execution.Checks;

/// <summary>What one check of a repository may use. What goes past a limit has not passed, and the reason names it.</summary>
public static class RepositoryCheckLimits
{
    /// <summary>The longest that the command may run, by the wall clock.</summary>
    public static readonly TimeSpan Time = TimeSpan.FromSeconds(60);

    /// <summary>The most memory that all processes of a check may have together: 1 GiB. It is looked at four times a second.</summary>
    public const long MemoryBytes = 1024L * 1024 * 1024;

    /// <summary>The most private memory that one process may map: 2 GiB, kept by the kernel. What is mapped is mostly not all used.</summary>
    public const long ProcessMemoryBytes = 2 * MemoryBytes;

    /// <summary>The most processes and threads that a check may have at once, kept by the kernel.</summary>
    public const int Processes = 128;

    /// <summary>The most bytes of everything that it writes, the repository's own files included, which are kept in memory: 256 MiB.</summary>
    public const long DiskBytes = 256L * 1024 * 1024;

    /// <summary>The most files and folders that there may be, the repository's own included.</summary>
    public const int DiskEntries = 50_000;

    /// <summary>The most files that one process may have open.</summary>
    public const int OpenFiles = 1_024;

    /// <summary>The most files of a repository that is checked.</summary>
    public const int Files = 10_000;

    /// <summary>The most bytes that a repository's files may have together for it to be checked: 100 MiB.</summary>
    public const int FileBytes = 100 * 1024 * 1024;

    /// <summary>The most bytes that are kept of what the command writes, on both outputs together: 64 KiB of its end.</summary>
    public const int OutputBytes = 64 * 1024;

    /// <summary>The most characters of a command.</summary>
    public const int CommandLength = 2_000;

    /// <summary>The most links, submodules and other entries left out that are named.</summary>
    public const int NamedEntries = 20;
}
