using System.Diagnostics;
using Jobs.Functions.Telemetry;
using OpenTelemetry.Trace;

namespace Jobs.Functions.Tests.Telemetry;

public sealed class RequestSamplerTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void Of_requests_that_read_a_few_a_second_are_kept()
    {
        var sampler = new RequestSampler(_time);

        Assert.All(Enumerable.Range(0, RequestSampler.ReadsPerSecond), _ => Assert.True(Keeps(sampler, ActivityKind.Server, "GET /v1/jobs/{jobId}")));
        Assert.False(Keeps(sampler, ActivityKind.Server, "GET /v1/jobs/{jobId}"));
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.True(Keeps(sampler, ActivityKind.Server, "GET /v1/jobs/{jobId}"));
    }

    [Fact]
    public void All_work_is_kept_whatever_the_one_in_front_of_us_keeps()
    {
        var sampler = new RequestSampler(_time);
        var dropped = new ActivityContext(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), ActivityTraceFlags.None, isRemote: true);

        Assert.All(Enumerable.Range(0, 100), _ => Assert.True(Keeps(sampler, ActivityKind.Server, "POST /v1/widgets", dropped)));
        Assert.True(Keeps(sampler, ActivityKind.Consumer, "GenerateSources", dropped));
        Assert.True(Keeps(sampler, ActivityKind.Producer, "create run"));
    }

    [Theory]
    [InlineData(ActivityTraceFlags.Recorded, true)]
    [InlineData(ActivityTraceFlags.None, false)]
    public void What_is_within_a_span_goes_with_it(ActivityTraceFlags flags, bool isKept) => Assert.Equal(
        isKept,
        Keeps(new RequestSampler(_time), ActivityKind.Internal, "tsc", new ActivityContext(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), flags)));

    private static bool Keeps(RequestSampler sampler, ActivityKind kind, string name, ActivityContext parent = default) =>
        sampler.ShouldSample(new SamplingParameters(parent, parent.TraceId == default ? ActivityTraceId.CreateRandom() : parent.TraceId, name, kind)).Decision
            is SamplingDecision.RecordAndSample;
}
