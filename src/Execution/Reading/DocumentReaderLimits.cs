namespace Jobs.Execution.Reading;

/// <summary>What the reading of one document may use.</summary>
public static class DocumentReaderLimits
{
    /// <summary>The longest that it may take, by the wall clock: 40 s, so that as many as one job reads at once, read one after another, fit into the time of a step.</summary>
    public static readonly TimeSpan Time = TimeSpan.FromSeconds(40);

    /// <summary>The most memory that the reader's objects may take together: 512 MiB.</summary>
    public const long HeapBytes = 512L * 1024 * 1024;

    /// <summary>
    /// The most private memory that the process may map beside its heap, which is for the runtime, its code and its threads: 256 MiB. Kept by the kernel where it can.
    /// </summary>
    public const long OtherBytes = 256L * 1024 * 1024;

    /// <summary>The most bytes of a document: 20 MiB.</summary>
    public const int DocumentBytes = 20 * 1024 * 1024;

    /// <summary>The most bytes that the reader may answer with: 64 MiB, which holds a text and its tables at their limits, however they must be written.</summary>
    public const int OutputBytes = 64 * 1024 * 1024;

    /// <summary>The most bytes that are kept of what the process says on standard error: 16 KiB.</summary>
    public const int MessageBytes = 16 * 1024;

    /// <summary>The most files that the process may have open.</summary>
    public const int OpenFiles = 128;

    /// <summary>The most UTF-16 units of a file name or content type that are passed on; of longer ones the end is.</summary>
    public const int NameLength = 255;
}
