using System.Diagnostics;
using System.Diagnostics.Metrics;
using Jobs.Domain.Generation;
using Jobs.Domain.Jobs;
using Jobs.Domain.Runs;
using Jobs.Domain.Telemetry;

namespace Jobs.Functions.Telemetry;

/// <summary>What an operator counts. No measurement names a tenant, a job or a caller, so that there are few series of each.</summary>
public sealed class JobMetrics
{
    /// <summary>Seconds: a poll takes a thousandth of one, a model minutes.</summary>
    private static readonly InstrumentAdvice<double> Seconds = new() { HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1_800] };

    private readonly Counter<long> _finished;
    private readonly Histogram<double> _queueDuration;
    private readonly Histogram<double> _stepDuration;
    private readonly Counter<long> _polls;
    private readonly Counter<long> _tokens;

    /// <summary>Makes the instruments.</summary>
    public JobMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(TelemetryNames.Jobs);
        _finished = meter.CreateCounter<long>("jobs.finished", "{job}", "Jobs and runs that have ended, by kind and outcome.");
        _queueDuration = meter.CreateHistogram("jobs.queue.duration", "s", "From the creation of a job or run to its first attempt.", tags: null, Seconds);
        _stepDuration = meter.CreateHistogram("jobs.step.duration", "s", "One execution of a step, by step and outcome.", tags: null, Seconds);
        _polls = meter.CreateCounter<long>("jobs.polls", "{poll}", "Polls of jobs and runs, by contract.");
        _tokens = meter.CreateCounter<long>("jobs.ai.tokens", "{token}", "Tokens that models were given and have made, by kind of job.");
    }

    /// <summary>A job changed.</summary>
    public void Changed(Job before, Job after)
    {
        if (before.StartedAt is null && after.StartedAt is { } started)
        {
            _queueDuration.Record((started - after.CreatedAt).TotalSeconds, Tag("kind", JobKinds.KindOf(after)));
        }

        if (!before.IsSettled && after.IsSettled)
        {
            Finished(after);
        }
    }

    /// <summary>A job has settled.</summary>
    public void Finished(Job job) => _finished.Add(1, Tag("kind", JobKinds.KindOf(job)), Tag("outcome", JobKinds.OutcomeOf(job)));

    /// <summary>A run changed.</summary>
    public void Changed(AgentRun before, AgentRun after)
    {
        if (before.StartedAt is null && after.StartedAt is { } started)
        {
            _queueDuration.Record((started - after.CreatedAt).TotalSeconds, Tag("kind", JobKinds.Run));
        }

        if (!before.HasEnded && after.HasEnded)
        {
            var outcome = after.Status switch
            {
                RunStatus.Completed => "succeeded",
                RunStatus.Cancelled => "cancelled",
                RunStatus.Failed => "failed",
                RunStatus.Queued or RunStatus.Running => throw new UnreachableException("It has ended."),
            };
            _finished.Add(1, Tag("kind", JobKinds.Run), Tag("outcome", outcome));
        }
    }

    /// <summary>A step was executed.</summary>
    public void StepEnded(string step, string outcome, TimeSpan took) => _stepDuration.Record(took.TotalSeconds, Tag("step", step), Tag("outcome", outcome));

    /// <summary>A job or run was asked for by its id.</summary>
    public void Polled(string contract) => _polls.Add(1, Tag("contract", contract));

    /// <summary>A call of a model is over. <see cref="ModelUsage.Cached"/> is a part of <see cref="ModelUsage.Input"/>, and counted again as such.</summary>
    public void TokensTaken(string kind, ModelUsage usage)
    {
        Add("input", usage.Input);
        Add("cached_input", usage.Cached);
        Add("output", usage.Output);

        void Add(string type, long tokens)
        {
            if (tokens > 0)
            {
                _tokens.Add(tokens, Tag("kind", kind), Tag("type", type));
            }
        }
    }

    private static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);
}
