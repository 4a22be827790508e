namespace Jobs.Domain.Telemetry;

/// <summary>The names under which what we tell of ourselves is collected.</summary>
public static class TelemetryNames
{
    /// <summary>Every activity source and every meter of ours.</summary>
    public const string Jobs = "Jobs";
}
