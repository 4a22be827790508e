using System.Diagnostics;
using Jobs.Domain.Telemetry;

namespace Jobs.Functions.Telemetry;

/// <summary>
/// The spans of requests and of jobs. A job's row keeps the context of the span that created it (<c>traceparent</c>), and each step joins that trace by the row: whoever starts its
/// orchestration, however long it waits, and whatever host the step is executed by. Nobody who listens, nothing is made.
/// </summary>
public static class JobSpans
{
    private static readonly ActivitySource Source = new(TelemetryNames.Jobs);

    /// <summary>Whether anybody listens.</summary>
    public static bool AreWanted => Source.HasListeners();

    /// <summary>The id of the present trace, 32 hex digits; null where there is none.</summary>
    public static string? TraceId => Activity.Current?.TraceId.ToHexString();

    /// <summary>A request that somebody has sent. Its parent is the span of the host that passed it on, where there is one, else what the caller names.</summary>
    /// <param name="method">The method.</param>
    /// <param name="route">The path with names in the place of values.</param>
    /// <param name="traceParent">The header of that name, from outside; null or anything that is none for none.</param>
    /// <param name="traceState">Likewise.</param>
    public static Activity? StartRequest(string method, string route, string? traceParent, string? traceState)
    {
        var caller = Activity.Current is null && ActivityContext.TryParse(traceParent, traceState, isRemote: true, out var remote) ? remote : default;
        return Source.StartActivity(
            $"{method} {route}",
            ActivityKind.Server,
            caller,
            [new("http.request.method", method), new("http.route", route)]);
    }

    /// <summary>The creation of a job or run: what its steps are children of.</summary>
    public static Activity? StartCreation(string kind, string id) =>
        Source.StartActivity($"create {kind}", ActivityKind.Producer, default(ActivityContext), [new("job.id", id), new("job.kind", kind)]);

    /// <summary>One execution of a step.</summary>
    /// <param name="step">The name of the activity.</param>
    /// <param name="kind">The kind of the job.</param>
    /// <param name="id">Its id.</param>
    /// <param name="traceParent">What its row has. The host's own span is the parent where it is of the same trace.</param>
    public static Activity? StartStep(string step, string kind, string id, string? traceParent)
    {
        var creation = ActivityContext.TryParse(traceParent, traceState: null, isRemote: true, out var stored) && Activity.Current?.TraceId != stored.TraceId ? stored : default;
        return Source.StartActivity(step, ActivityKind.Consumer, creation, [new("job.id", id), new("job.kind", kind)]);
    }
}
