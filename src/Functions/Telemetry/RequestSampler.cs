using System.Diagnostics;
using OpenTelemetry.Trace;

namespace Jobs.Functions.Telemetry;

/// <summary>
/// Which traces are kept where the standard settings say nothing. All work is; of what is only read, some requests a second: a poll is one read of storage, and a record of it costs more than
/// that. What a request or a step is the parent of goes with it. Whether the one in front of us keeps its part of a trace is no reason for us: the Functions host marks none of its own.
/// </summary>
internal sealed class RequestSampler(TimeProvider time) : Sampler
{
    /// <summary>How many requests that only read are kept in a second, on one host.</summary>
    public const int ReadsPerSecond = 5;

    private readonly Lock _lock = new();
    private long _second = -1;
    private int _taken;

    /// <inheritdoc/>
    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters) => new(samplingParameters.Kind switch
    {
        ActivityKind.Server => !samplingParameters.Name.StartsWith("GET ", StringComparison.Ordinal) || MayRead(),
        ActivityKind.Consumer => true,
        _ => samplingParameters.ParentContext.TraceId == default || samplingParameters.ParentContext.TraceFlags.HasFlag(ActivityTraceFlags.Recorded),
    }
        ? SamplingDecision.RecordAndSample
        : SamplingDecision.Drop);

    private bool MayRead()
    {
        var second = time.GetUtcNow().ToUnixTimeSeconds();
        lock (_lock)
        {
            if (second != _second)
            {
                (_second, _taken) = (second, 0);
            }

            return _taken++ < ReadsPerSecond;
        }
    }
}
