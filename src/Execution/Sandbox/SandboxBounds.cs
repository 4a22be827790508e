using Jobs.Domain.Sandbox;
using Jobs.Execution.Egress;

namespace Jobs.Execution.Sandbox;

/// <summary>What bounds a run beside <see cref="SandboxLimits"/>: the kernel's limits on its process, and what goes over its channel.</summary>
public static class SandboxBounds
{
    /// <summary>
    /// The most private memory that the process may map: 728 MiB. V8 reserves 512 MiB of it for code before it runs anything; the rest is for the heap of
    /// <see cref="SandboxLimits.HeapBytes"/>, for what lies beside the heap (array buffers, WebAssembly) and for the runtime.
    /// </summary>
    public const long DataBytes = 728L * 1024 * 1024;

    /// <summary>The most files, pipes included, that the process may have open: 64.</summary>
    public const int OpenFiles = 64;

    /// <summary>
    /// How long a process may take until it is ready for the code: 10 s, where a quiet machine needs a twentieth of a second. It is not the code's time, and one that is not
    /// ready in time has run nothing.
    /// </summary>
    public static readonly TimeSpan TimeToStart = TimeSpan.FromSeconds(10);

    /// <summary>How much longer than <see cref="TimeToStart"/> and <see cref="SandboxLimits.Time"/> a process may live whose parent was killed and can no longer end it: 5 s.</summary>
    public static readonly TimeSpan TimeToEnd = TimeSpan.FromSeconds(5);

    /// <summary>The deepest that the output may be nested: 64, which is what readers of JSON commonly take.</summary>
    public const int OutputDepth = 64;

    /// <summary>The most requests of one run.</summary>
    public const int MaxRequests = EgressLimits.MaxRequests;

    /// <summary>The most requests of one run that are under way at once; more wait.</summary>
    public const int MaxConcurrentRequests = EgressLimits.MaxConcurrent;

    /// <summary>The most bytes of a request's method, address and headers, as JSON: 64 KiB.</summary>
    public const int RequestHeadBytes = 64 * 1024;

    /// <summary>The most bytes of a request's body.</summary>
    public const int RequestBodyBytes = EgressLimits.RequestBodyBytes;

    /// <summary>
    /// The most bytes of logs that are taken: 64 KiB more than are kept, so that a secret at the cut is whole when it is looked for. The code may write more;
    /// it is dropped where it is written.
    /// </summary>
    public const int LogBytesTaken = SandboxLimits.LogBytes + 64 * 1024;

    /// <summary>The most characters of an error that are taken, for the same reason.</summary>
    public const int ErrorLengthTaken = 16 * SandboxLimits.MaxErrorLength;

    /// <summary>The most bytes of the process's own messages that are kept: 16 KiB.</summary>
    public const int MessageBytes = 16 * 1024;
}
