using System.Diagnostics;
using Jobs.Domain.Jobs;
using Jobs.Domain.Runs;
using Jobs.Functions.Telemetry;

namespace Jobs.Functions.Activities;

/// <summary>Makes each execution of a step a span of its job's trace, and counts how long it took. It says nothing of what the step works on.</summary>
public sealed class StepTelemetry(JobMetrics metrics, TimeProvider time)
{
    /// <summary>Executes a step of a job.</summary>
    public Task<T> RunAsync<T>(string step, Job job, Func<T, StepResult> stepOf, Func<Task<T>> run) => RunAsync(step, JobKinds.KindOf(job), job.Id, job.TraceParent, stepOf, run);

    /// <summary>Executes a step of a job.</summary>
    public Task<StepResult> RunAsync(string step, Job job, Func<Task<StepResult>> run) => RunAsync(step, job, result => result, run);

    /// <summary>Executes the step of a run.</summary>
    public Task<StepResult> RunAsync(string step, AgentRun agentRun, Func<Task<StepResult>> run) =>
        RunAsync(step, JobKinds.Run, agentRun.Id, agentRun.TraceParent, result => result, run);

    private async Task<T> RunAsync<T>(string step, string kind, string id, string? traceParent, Func<T, StepResult> stepOf, Func<Task<T>> run)
    {
        var started = time.GetTimestamp();
        // A step that throws is executed again, and what it throws is in the log.
        var outcome = "Faulted";
        using var span = JobSpans.StartStep(step, kind, id, traceParent);
        try
        {
            var result = await run();
            outcome = stepOf(result).Outcome.ToString();
            return result;
        }
        finally
        {
            span?.SetTag("job.step.outcome", outcome);
            if (outcome is "Faulted" or nameof(StepOutcome.FailedRetry) or nameof(StepOutcome.FailedFinal))
            {
                span?.SetStatus(ActivityStatusCode.Error);
            }

            metrics.StepEnded(step, outcome, time.GetElapsedTime(started));
        }
    }
}
