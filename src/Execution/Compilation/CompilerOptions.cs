using Jobs.Execution.Isolation;

namespace Jobs.Execution.Compilation;

/// <summary>Where and how the compilers run; the defaults suit the function app.</summary>
public sealed record CompilerOptions
{
    /// <summary>The longest one compile may run, at most <see cref="CompilerLimits.Time"/>.</summary>
    public TimeSpan TimeLimit { get; init; } = CompilerLimits.Time;

    /// <summary>How many compiles run at once; more wait for their turn. 1 or more.</summary>
    public int MaxConcurrent { get; init; } = Environment.ProcessorCount;

    /// <summary>The only isolation to try; null takes the strongest that works.</summary>
    public ProcessIsolation? Isolation { get; init; }

    /// <summary>The folder from which <see cref="CompilerTools.Locate"/> searches.</summary>
    public string ToolsSearchStart { get; init; } = AppContext.BaseDirectory;

    /// <summary>The folder in which this process makes its work folder.</summary>
    public string TempFolder { get; init; } = Path.GetTempPath();
}
