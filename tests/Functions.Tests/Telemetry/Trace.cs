using System.Collections.Concurrent;
using System.Diagnostics;
using Jobs.Domain.Telemetry;
using Jobs.Generation.Ai;

namespace Jobs.Functions.Tests.Telemetry;

/// <summary>A trace of a test's own, and the spans of it that have ended. Of other tests' requests it makes none.</summary>
internal sealed class Trace : IDisposable
{
    private readonly ConcurrentQueue<Activity> _spans = new();
    private readonly ActivityListener _listener;

    public Trace()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is TelemetryNames.Jobs or AiClients.TelemetryName,
            Sample = (ref ActivityCreationOptions<ActivityContext> options) => options.TraceId == Id ? ActivitySamplingResult.AllDataAndRecorded : ActivitySamplingResult.None,
            ActivityStopped = span =>
            {
                if (span.TraceId == Id)
                {
                    _spans.Enqueue(span);
                }
            },
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public ActivityTraceId Id { get; } = ActivityTraceId.CreateRandom();

    /// <summary>What a caller sends who has a trace.</summary>
    public string TraceParent => $"00-{Id}-{CallerSpan}-01";

    public IReadOnlyCollection<Activity> Spans => _spans;

    private ActivitySpanId CallerSpan { get; } = ActivitySpanId.CreateRandom();

    /// <summary>The names from the caller's span down to the first span of that name, once it has ended.</summary>
    public async Task<string> PathToAsync(string name)
    {
        for (var deadline = DateTime.UtcNow.AddSeconds(90); !_spans.Any(span => span.DisplayName == name); await Task.Delay(10))
        {
            Assert.True(DateTime.UtcNow < deadline, $"There is no {name} among {string.Join(", ", _spans.Select(span => span.DisplayName))}.");
        }

        var path = new List<string>();
        for (var at = _spans.First(span => span.DisplayName == name); ;)
        {
            path.Insert(0, at.DisplayName);
            if (at.ParentSpanId == CallerSpan)
            {
                return string.Join(" > ", path);
            }

            // A span ends after those within it.
            var parent = at.ParentSpanId;
            for (var deadline = DateTime.UtcNow.AddSeconds(90); !_spans.Any(span => span.SpanId == parent); await Task.Delay(10))
            {
                Assert.True(DateTime.UtcNow < deadline, $"{at.DisplayName} has a parent that is none of the trace.");
            }

            at = _spans.First(span => span.SpanId == parent);
        }
    }

    public void Dispose() => _listener.Dispose();
}
