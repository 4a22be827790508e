using Jobs.Domain.Conversations;
using Jobs.Domain.Jobs;
using Jobs.Domain.Runs;
using Jobs.Functions.Agents;
using Jobs.Functions.Api.Shared;
using Jobs.Functions.Documents;
using Jobs.Functions.Jobs;
using Jobs.Functions.Repositories;
using Jobs.Functions.Runs;
using Jobs.Functions.Triggers;
using Jobs.Functions.Widgets;
using Jobs.Functions.Work;
using Jobs.Storage;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace Jobs.Functions.Sweeping;

/// <summary>
/// Finishes what a crash left half-done. Every step is harmless when repeated or when two hosts take it at once.
/// </summary>
public sealed partial class Sweeper(
    SweepList sweep,
    JobStore jobs,
    JobListStore lists,
    JobService jobService,
    JobJournal journal,
    ResourceStores resources,
    ResourceTokens tokens,
    WidgetService widgets,
    AgentService agents,
    RunService runs,
    RepositoryJobs repositoryJobs,
    TriggerService triggers,
    IdempotencyStore idempotency,
    WebhookDeliveryStore deliveries,
    Uploads uploads,
    DocumentRemoval removal,
    TimeProvider time,
    ILogger<Sweeper> logger)
{
    /// <summary>Work younger than this is left to the request or orchestration that does it.</summary>
    public static readonly TimeSpan GracePeriod = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Each minute: schedules pending jobs that nobody runs, fails jobs whose orchestration ended without them, passes on answers that a request took and died,
    /// completes deletions, does the same for runs and triggers, and forgets what has ended. One entry that cannot be handled is logged and met again in the next minute; it does not keep the others waiting.
    /// </summary>
    [Function("SweepUnfinishedWork")]
    public async Task SweepAsync(
        [TimerTrigger("0 * * * * *")] TimerInfo timer,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken)
    {
        await foreach (var entry in sweep.ListAsync(before: time.GetUtcNow() - GracePeriod, cancellationToken))
        {
            try
            {
                var done = entry.Kind switch
                {
                    SweepKind.Job => await SettleJobAsync(entry, client, cancellationToken),
                    SweepKind.WidgetDeletion => await widgets.CompleteDeletionAsync(entry.Tenant, entry.Id, client, cancellationToken),
                    SweepKind.AgentDraft => await SettleDraftAsync(entry, cancellationToken),
                    SweepKind.Run => await runs.SettleAsync(entry.Tenant, RunKey.Parse(entry.Id), entry.Since, client, cancellationToken),
                    SweepKind.Schedule => await triggers.SettleScheduleAsync(entry, cancellationToken),
                    SweepKind.Webhook => await triggers.SettleWebhookAsync(entry, cancellationToken),
                    SweepKind.RepositoryMerge => await repositoryJobs.SettleMergeAsync(entry, cancellationToken),
                    SweepKind.AgentDeletion => await agents.CompleteDeletionAsync(entry.Tenant, entry.Id, client, cancellationToken),
                };
                if (done)
                {
                    await sweep.RemoveAsync(entry, cancellationToken);
                }
            }
            catch (Exception error) when (!cancellationToken.IsCancellationRequested)
            {
                // Not told by type: a call that the host breaks off ends in OperationCanceledException too.
                LogFailure(logger, error, entry.Kind, entry.Id);
            }
        }
    }

    /// <summary>Once a day: removes idempotency keys, uploads and what is known of webhooks' deliveries, once they are no longer kept, and what is left of removed documents.</summary>
    [Function("RemoveExpired")]
    public async Task RemoveExpiredAsync([TimerTrigger("0 30 3 * * *")] TimerInfo timer, CancellationToken cancellationToken)
    {
        await idempotency.PurgeAsync(before: time.GetUtcNow() - IdempotentCreation.Retention, cancellationToken);
        await deliveries.PurgeAsync(before: time.GetUtcNow() - WebhookDeliveryStore.Retention, cancellationToken);
        await uploads.RemoveUnusedAsync(cancellationToken);
        await removal.FinishAsync(cancellationToken);
    }

    /// <summary>True when there is nothing left to do for the job.</summary>
    private async Task<bool> SettleJobAsync(SweepEntry entry, DurableTaskClient client, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (await jobs.ReadAsync(entry.Id, cancellationToken) is not { Job: var job } stored)
        {
            if (now - entry.Since < SweepEntry.AnnouncementLifetime)
            {
                return false;
            }

            await tokens.ReleaseAsync(entry.Tenant, entry.Id, cancellationToken);
            await lists.EndAsync(entry.Tenant, entry.Id, cancellationToken);
            return true;
        }

        if (job.IsSettled)
        {
            await journal.CompleteAsync(job, cancellationToken);
            return true;
        }

        switch (await client.GetInstanceAsync(job.Id, getInputsAndOutputs: false, cancellationToken))
        {
            case null:
                LogRescheduled(logger, job.Id);
                await JobService.ScheduleAsync(job, client, cancellationToken);
                break;

            case { IsCompleted: true } instance:
                LogOrphan(logger, job.Id, instance.RuntimeStatus);
                var error = job.Kind is JobKind.Work or JobKind.Repository ? "The job stopped unexpectedly." : "The build stopped unexpectedly.";
                await journal.ApplyAsync(stored, job.IsTerminal ? new JobEvent.CompileFailed(now, error) : new JobEvent.Failed(now, error), cancellationToken);
                break;

            case not null when job.Status is JobStatus.WaitingForInput:
                if (await resources.Of(job.Kind).FindMessageAsync(
                    job.Tenant, job.ResourceId, job.Id, ChatMessage.NumberOfAnswer(job.Questions), cancellationToken) is not null)
                {
                    await jobService.AnswerAsync(job.Id, job.Questions, client, cancellationToken);
                }

                break;

            case not null when now - job.AnsweredAt >= GracePeriod:
                await jobService.WakeAsync(job, client, cancellationToken);
                break;
        }

        return false;
    }

    /// <summary>True when there is nothing left to do for the draft: its token is settled if the draft is there, and given back once its request is taken for dead.</summary>
    private async Task<bool> SettleDraftAsync(SweepEntry entry, CancellationToken cancellationToken)
    {
        if (await resources.Of(JobKind.AgentBuild).ReadAsync(entry.Tenant, entry.Id, cancellationToken) is not null)
        {
            await tokens.SettleDraftAsync(JobKind.AgentBuild, entry.Tenant, entry.Id, cancellationToken);
            return true;
        }

        if (time.GetUtcNow() - entry.Since < SweepEntry.AnnouncementLifetime)
        {
            return false;
        }

        await tokens.ReleaseAsync(entry.Tenant, entry.Id, cancellationToken);
        return true;
    }

    [LoggerMessage(LogLevel.Error, "Sweeping {Kind} {Id} failed")]
    private static partial void LogFailure(ILogger logger, Exception error, SweepKind kind, string id);

    [LoggerMessage(LogLevel.Warning, "Job {JobId} had no orchestration; starting it")]
    private static partial void LogRescheduled(ILogger logger, string jobId);

    [LoggerMessage(LogLevel.Error, "The orchestration of job {JobId} is {Status} but the job has not ended; failing it")]
    private static partial void LogOrphan(ILogger logger, string jobId, OrchestrationRuntimeStatus status);
}
