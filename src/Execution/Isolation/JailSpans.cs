using System.Diagnostics;
using Jobs.Domain.Telemetry;

namespace Jobs.Execution.Isolation;

/// <summary>The spans of what runs in a jail. They have names and numbers of ours, and nothing of what was run.</summary>
internal static class JailSpans
{
    /// <summary>Where they come from.</summary>
    public static readonly ActivitySource Source = new(TelemetryNames.Jobs);
}
