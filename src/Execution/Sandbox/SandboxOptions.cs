using Jobs.Domain.Sandbox;
using Jobs.Execution.Isolation;

namespace Jobs.Execution.Sandbox;

/// <summary>Where and how agents' code runs; the defaults suit the function app.</summary>
public sealed record SandboxOptions
{
    /// <summary>The longest that one run may take; the app keeps to <see cref="SandboxLimits.Time"/>.</summary>
    public TimeSpan TimeLimit { get; init; } = SandboxLimits.Time;

    /// <summary>How many runs there are at once; more wait for their turn, which does not count as run time. 1 or more.</summary>
    public int MaxConcurrent { get; init; } = Environment.ProcessorCount;

    /// <summary>The only isolation to try; null takes the strongest that works.</summary>
    public ProcessIsolation? Isolation { get; init; }

    /// <summary>The folder from which <see cref="DenoProgram.Locate"/> searches.</summary>
    public string ToolsSearchStart { get; init; } = AppContext.BaseDirectory;

    /// <summary>The folder in which this process makes its work folder.</summary>
    public string TempFolder { get; init; } = Path.GetTempPath();
}
