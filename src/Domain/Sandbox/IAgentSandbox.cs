namespace Jobs.Domain.Sandbox;

/// <summary>
/// Port: runs an agent's code, which is untrusted, with no access to anything: no files, no environment, no processes, no network but what
/// <see cref="SandboxRequest.Network"/> does for it. Time, memory, output and logs are bounded by <see cref="SandboxLimits"/>; nothing of a run is left when it has ended.
/// </summary>
public interface IAgentSandbox
{
    /// <summary>
    /// Runs the program once. Whatever the code does is a <see cref="SandboxResult"/>; a fault of the machine is a <see cref="SandboxUnavailableException"/>, and
    /// another attempt makes sense: the code was not started.
    /// </summary>
    /// <param name="request">What to run.</param>
    /// <param name="cancellationToken">Kills the run, with every process of it.</param>
    Task<SandboxResult> RunAsync(SandboxRequest request, CancellationToken cancellationToken);
}

/// <summary>One run.</summary>
/// <param name="Code">One ES module in JavaScript; its default export is called with the input and the context.</param>
/// <param name="Input">The input, as JSON text.</param>
/// <param name="Context">What the function gets as its second argument, beside its secrets.</param>
/// <param name="Secrets">Value by name: the function's <c>context.secrets</c>.</param>
/// <param name="Network">Does the requests of the code's <c>fetch</c>; null when it may make none.</param>
public sealed record SandboxRequest(
    string Code,
    string Input,
    SandboxContext Context,
    IReadOnlyDictionary<string, string> Secrets,
    ISandboxNetwork? Network);

/// <summary>What the code is told of its run: <c>context.agentId</c>, <c>context.runId</c>, <c>context.trigger</c> and <c>context.now</c>.</summary>
/// <param name="AgentId">The agent.</param>
/// <param name="RunId">The run.</param>
/// <param name="Trigger"><c>manual</c>, <c>schedule</c> or <c>webhook</c>.</param>
/// <param name="Now">The time that the run is for: a scheduled run's tick.</param>
public sealed record SandboxContext(string AgentId, string RunId, string Trigger, DateTimeOffset Now);

/// <summary>How a run ended.</summary>
/// <param name="Output">The function's result as JSON text; null when <paramref name="Error"/> is not.</param>
/// <param name="Error">Why there is no output.</param>
/// <param name="Logs">What the code wrote with <c>console</c>, in the order of writing; at most <see cref="SandboxLimits.LogBytes"/>, and then a line that says so.</param>
/// <param name="StartUp">From the request to the start of the code.</param>
/// <param name="Run">From the start of the code to its end.</param>
public sealed record SandboxResult(string? Output, SandboxError? Error, string Logs, TimeSpan StartUp, TimeSpan Run);

/// <summary>Why a run gave no output.</summary>
/// <param name="Code">What kind of failure.</param>
/// <param name="Message">For the agent's owner: the code's own error with its stack where there is one; at most <see cref="SandboxLimits.MaxErrorLength"/> characters.</param>
public sealed record SandboxError(SandboxErrorCode Code, string Message);

/// <summary>The kinds of failures of a run; each limit has its own.</summary>
public enum SandboxErrorCode
{
    /// <summary>The module could not be loaded, or has no function as its default export.</summary>
    InvalidProgram,

    /// <summary>The code threw, or left a rejection unhandled.</summary>
    Threw,

    /// <summary>It ended by itself without a result: it exited, or nothing was left that could go on.</summary>
    Ended,

    /// <summary>It ran longer than <see cref="SandboxLimits.Time"/>.</summary>
    OutOfTime,

    /// <summary>It needed more memory than <see cref="SandboxLimits.HeapBytes"/> or the hard bound allow.</summary>
    OutOfMemory,

    /// <summary>Its output is larger than <see cref="SandboxLimits.OutputBytes"/>, or it flooded its channel.</summary>
    OutputTooLarge,

    /// <summary>What it returned is not JSON: a function, a cycle, a BigInt.</summary>
    InvalidOutput,
}

/// <summary>What one run may use.</summary>
public static class SandboxLimits
{
    /// <summary>The longest that a run may take, by the wall clock, its start included: 30 s.</summary>
    public static readonly TimeSpan Time = TimeSpan.FromSeconds(30);

    /// <summary>The most heap that the code may use: 128 MiB. A hard bound of the kernel on the whole process comes on top.</summary>
    public const long HeapBytes = 128L * 1024 * 1024;

    /// <summary>The most bytes of the output, as JSON: 1 MiB.</summary>
    public const int OutputBytes = 1024 * 1024;

    /// <summary>The most bytes of logs that are kept: 256 KiB.</summary>
    public const int LogBytes = 256 * 1024;

    /// <summary>The most characters of an error.</summary>
    public const int MaxErrorLength = 2_000;
}

/// <summary>The sandbox could not be started. The message names what is missing and how to get it.</summary>
public sealed class SandboxUnavailableException(string message, Exception? innerException = null) : Exception(message, innerException);
