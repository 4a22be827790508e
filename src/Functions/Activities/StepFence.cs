using System.Diagnostics;
using Jobs.Domain.Conversations;
using Jobs.Domain.Jobs;
using Jobs.Domain.Resources;
using Jobs.Functions.Jobs;
using Jobs.Storage;

namespace Jobs.Functions.Activities;

/// <summary>
/// What the steps of jobs have in common. Each may be executed more than once for one attempt: it reads the job first, does nothing when its work is there already,
/// and its writes carry the number that it was given when it started, so that an execution that was overtaken writes nothing.
/// </summary>
public sealed class StepFence(JobStore jobs, JobJournal journal, ResourceStores resources, TimeProvider time)
{
    /// <summary>Why a job may not write to its resource any more; null when it may.</summary>
    public static StepResult? RefusalOf(Job job, Resource? resource) => resource switch
    {
        null or { IsDeleted: true } => new StepResult(StepOutcome.FailedFinal, $"The {Noun(job.Kind)} was deleted."),
        _ when resource.CurrentJobId != job.Id => new StepResult(StepOutcome.FailedFinal, $"A later build of the {Noun(job.Kind)} took the place of this one."),
        _ => null,
    };

    /// <summary>How often it is looked whether a job that is being worked at is to stop. In the host that was asked it is known at once.</summary>
    public static readonly TimeSpan StopCheckInterval = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Does the long part of a step, and cancels <paramref name="stop"/> meanwhile once the job was asked to stop or <paramref name="isCurrent"/> says that another execution took over.
    /// </summary>
    public async Task<T> WatchAsync<T>(StopSignals.Listener listener, string jobId, Func<Job, bool> isCurrent, CancellationTokenSource stop, Func<Task<T>> work)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
        var watch = listener.WatchAsync(
            StopCheckInterval,
            async looking => (await jobs.ReadAsync(jobId, looking))?.Job is { IsSettled: false, CancelRequested: false } job && isCurrent(job),
            stop.CancelAsync,
            over.Token);
        try
        {
            return await work();
        }
        finally
        {
            await over.CancelAsync();
            await watch;
        }
    }

    /// <summary>What a step answers when the job does not take its event. <paramref name="isDone"/> tells whether the step's work is there.</summary>
    public async Task<StepResult> YieldAsync(StoredJob stored, Func<Job, bool> isDone, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        // What the step read may be older than what was asked meanwhile.
        stored = await jobs.ReadAsync(stored.Job.Id, cancellationToken) ?? stored;
        switch (stored.Job)
        {
            case { IsSettled: false, CancelRequested: true }:
                await journal.ApplyAsync(stored, new JobEvent.Cancelled(now), cancellationToken);
                return StepResult.Stopped;

            // Written by an earlier execution, or by this one, whose answer from storage was lost.
            case var job when isDone(job):
                return StepResult.Done;

            case { IsSettled: true }:
                return StepResult.Stopped;

            case { Status: JobStatus.WaitingForInput, QuestionExpiresAt: { } expiry } when now < expiry:
                return StepResult.Asks(new OpenQuestion(stored.Job.Questions, expiry));

            case { Status: JobStatus.WaitingForInput }:
                // Refused when an answer was first.
                return await journal.ApplyAsync(stored, new JobEvent.QuestionExpired(now, stored.Job.Questions), cancellationToken)
                    ? StepResult.Stopped
                    : Overtaken;

            // The host may hand one execution's answer to the orchestration while another execution still works. Trying again takes over from both.
            default:
                return Overtaken;
        }
    }

    /// <summary>
    /// Changes the job's resource and writes the message that the generator's files are there, in one transaction; what the step answers instead when it may not.
    /// </summary>
    public async Task<StepResult?> WriteResultAsync(
        StoredJob stored,
        int attempt,
        Func<Resource, Resource> change,
        string summary,
        Func<Job, bool> isDone,
        CancellationToken cancellationToken)
    {
        var job = stored.Job;
        var store = resources.Of(job.Kind);
        while (true)
        {
            var resource = await store.ReadAsync(job.Tenant, job.ResourceId, cancellationToken);
            // The resource's row knows no attempts. The job is read after it, and the row's ETag lets the write through only if nobody wrote since: files
            // of an attempt that was overtaken never replace those of a later one.
            var current = await jobs.ReadAsync(job.Id, cancellationToken);
            if (current?.Job is not { Status: JobStatus.Running, CancelRequested: false } || current.Job.Attempts != attempt)
            {
                return await YieldAsync(current ?? stored, isDone, cancellationToken);
            }

            if (RefusalOf(job, resource?.Resource) is { } refusal)
            {
                return refusal;
            }

            var message = new ChatMessage
            {
                JobId = job.Id,
                Number = ChatMessage.EndNumber,
                Kind = ChatMessageKind.Result,
                Content = summary,
                CreatedAt = time.GetUtcNow(),
            };
            if (await store.TryReplaceAsync(resource!, change(resource!.Resource), message, cancellationToken))
            {
                return null;
            }
        }
    }

    private static StepResult Overtaken => new(StepOutcome.FailedRetry, "Another execution of the step took over.");

    private static string Noun(JobKind kind) => kind switch
    {
        JobKind.WidgetBuild => "widget",
        JobKind.AgentBuild => "agent",
        JobKind.Work or JobKind.Repository => throw new UnreachableException("Work builds nothing."),
    };
}
