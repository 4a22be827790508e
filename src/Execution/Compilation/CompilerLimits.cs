namespace Jobs.Execution.Compilation;

/// <summary>What one compile may use. Whoever goes past a limit gets a failed compile that names it.</summary>
public static class CompilerLimits
{
    /// <summary>The longest that the compilers of one compile may run together, by the wall clock.</summary>
    public static readonly TimeSpan Time = TimeSpan.FromSeconds(60);

    /// <summary>The most private memory each compiler may map: 512 MiB.</summary>
    public const long MemoryBytes = 512L * 1024 * 1024;

    /// <summary>The most bytes that a widget's script and style sheet may have together: 5 MiB.</summary>
    public const int BundleBytes = 5 * 1024 * 1024;

    /// <summary>The most bytes of the bundler's list of what it read and imports, which is checked: 5 MiB, some 50,000 imports. No file that it writes may be larger.</summary>
    public const int MetafileBytes = BundleBytes;

    /// <summary>The most bytes that an agent's program may have: 1 MiB.</summary>
    public const int ProgramBytes = 1024 * 1024;

    /// <summary>The most bytes that are kept of each of a compiler's two output streams: 256 KiB. The rest is read and only its lines are counted.</summary>
    public const int OutputBytes = 256 * 1024;

    /// <summary>
    /// Where the Go runtime of the compilers begins to collect harder (GOMEMLIMIT), below <see cref="MemoryBytes"/> because the heap grows by 64 MiB at a
    /// time.
    /// </summary>
    public const long SoftMemoryBytes = 384L * 1024 * 1024;
}
