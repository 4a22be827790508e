using Jobs.Execution.Isolation;

namespace Jobs.Execution.Checks;

/// <summary>Where and how checks run; the defaults suit the function app.</summary>
public sealed record RepositoryCheckOptions
{
    /// <summary>The longest that one command may run.</summary>
    public TimeSpan TimeLimit { get; init; } = RepositoryCheckLimits.Time;

    /// <summary>How many checks run at once; more wait for their turn, which does not count as their time. 1 or more.</summary>
    public int MaxConcurrent { get; init; } = 1;

    /// <summary>The only isolation to try; null takes the strongest that works. A command that could see the machine is never run, so with <see cref="ProcessIsolation.None"/> none is.</summary>
    public ProcessIsolation? Isolation { get; init; }

    /// <summary>The folder in which each check has its work folder.</summary>
    public string TempFolder { get; init; } = Path.GetTempPath();
}
