using System.Diagnostics;
using Jobs.Domain.Identity;
using Jobs.Domain.Jobs;
using Jobs.Functions.Orchestrations;
using Jobs.Functions.Telemetry;
using Jobs.Storage;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace Jobs.Functions.Jobs;

/// <summary>Creates, finds and cancels jobs, whatever their contract. What a caller may see is decided here: another tenant's job does not exist.</summary>
public sealed partial class JobService(
    JobStore jobs, SweepList sweep, JobJournal journal, StopSignals signals, JobMetrics metrics, TimeProvider time, ILogger<JobService> logger)
{
    /// <summary>The caller's job, by one point read; null when it does not exist or is not theirs.</summary>
    public async Task<Job?> FindAsync(Caller caller, string jobId, CancellationToken cancellationToken) =>
        Domain.Ids.IsJobId(jobId) && await jobs.FindAsync(jobId, cancellationToken) is { } job && job.Tenant == caller.Tenant ? job : null;

    /// <summary>Notes that a job is about to be created, so that the sweeper finds whatever a crash leaves of it.</summary>
    public Task AnnounceAsync(Caller caller, string jobId, CancellationToken cancellationToken) =>
        sweep.AddAsync(new SweepEntry(SweepKind.Job, jobId, caller.Tenant, time.GetUtcNow()), cancellationToken);

    /// <summary>Takes back the announcement of a job that will not be created.</summary>
    public Task WithdrawAsync(Caller caller, string jobId, CancellationToken cancellationToken) =>
        sweep.RemoveAsync(new SweepEntry(SweepKind.Job, jobId, caller.Tenant, time.GetUtcNow()), cancellationToken);

    /// <summary>
    /// Stores an announced job and starts its orchestration. When it cannot be started now the job stays pending and the sweeper starts it: it is accepted all the same. False when a job
    /// of that id was there already, which stays as it is.
    /// </summary>
    public async Task<bool> CreateAsync(Job job, DurableTaskClient client, CancellationToken cancellationToken)
    {
        using var span = JobSpans.StartCreation(JobKinds.KindOf(job), job.Id);
        job = job with { TraceParent = Activity.Current?.Id };
        var isNew = await jobs.CreateAsync(job, cancellationToken);
        try
        {
            await ScheduleAsync(job, client, cancellationToken);
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            // Not told by type: a call that the host breaks off ends in OperationCanceledException too.
            LogNotScheduled(logger, error, job.Id);
        }

        return isNew;
    }

    /// <summary>Starts the orchestration of a job, with the job's id as the instance's. Throws when it is running, and when it is unknown whether it was started.</summary>
    public static Task ScheduleAsync(Job job, DurableTaskClient client, CancellationToken cancellationToken) => DurablePatience.BoundAsync(
        limited => client.ScheduleNewOrchestrationInstanceAsync(
            job.Kind switch { JobKind.WidgetBuild => nameof(BuildWidget), JobKind.AgentBuild => nameof(BuildAgent), JobKind.Work => nameof(RunWork), JobKind.Repository => nameof(RunRepositoryJob) },
            job.Id,
            new StartOrchestrationOptions(job.Id),
            limited),
        cancellationToken);

    /// <summary>
    /// Asks a job to stop: whoever works at it is told, or sees it at the next look; at once when it waits for an answer or a place. Nothing happens to one that has settled.
    /// </summary>
    public async Task CancelAsync(string jobId, DurableTaskClient client, CancellationToken cancellationToken)
    {
        var transition = await jobs.ApplyAsync(jobId, new JobEvent.CancelAsked(time.GetUtcNow()), known: null, cancellationToken);
        signals.Raise(jobId);
        switch (transition)
        {
            case Transition.Applied { Job: { Status: JobStatus.Cancelled } job }:
                metrics.Finished(job);
                await WakeAsync(job, client, cancellationToken);
                await journal.CompleteAsync(job, cancellationToken);
                break;

            case Transition.Applied:
                await TellAsync(jobId, Turns.CalledEvent, client, cancellationToken);
                break;
        }
    }

    /// <summary>
    /// Lets a job go on whose question has been answered in its conversation. Nothing happens when the question is not open any more. When the orchestration cannot be
    /// told now, the sweeper tells it.
    /// </summary>
    public async Task AnswerAsync(string jobId, int question, DurableTaskClient client, CancellationToken cancellationToken)
    {
        if (await jobs.ApplyAsync(jobId, new JobEvent.QuestionAnswered(time.GetUtcNow(), question), known: null, cancellationToken)
            is Transition.Applied { Job: var job })
        {
            await WakeAsync(job, client, cancellationToken);
        }
    }

    /// <summary>Tells the orchestration that its last question is no longer open. Telling it twice is harmless.</summary>
    public Task WakeAsync(Job job, DurableTaskClient client, CancellationToken cancellationToken) =>
        TellAsync(job.Id, Questions.ClosedEvent(job.Questions), client, cancellationToken);

    /// <summary>Tells the orchestration to look again: something has happened that it waits for. Telling it for nothing is harmless.</summary>
    public Task CallAsync(string jobId, DurableTaskClient client, CancellationToken cancellationToken) => TellAsync(jobId, Turns.CalledEvent, client, cancellationToken);

    private async Task TellAsync(string jobId, string eventName, DurableTaskClient client, CancellationToken cancellationToken)
    {
        try
        {
            await DurablePatience.BoundAsync(limited => client.RaiseEventAsync(jobId, eventName, eventPayload: true, limited), cancellationToken);
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            // Not told by type: the host's error for an instance that has ended is the same as for one that cannot be reached.
            LogNotWoken(logger, error, jobId);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Job {JobId} is stored but its orchestration could not be started; the sweeper will start it")]
    private static partial void LogNotScheduled(ILogger logger, Exception error, string jobId);

    [LoggerMessage(LogLevel.Warning, "The orchestration of job {JobId} could not be told that it may go on")]
    private static partial void LogNotWoken(ILogger logger, Exception error, string jobId);
}
