using Jobs.Domain.Conversations;
using Jobs.Domain.Jobs;
using Jobs.Functions.Telemetry;
using Jobs.Storage;
using Microsoft.Extensions.Logging;

namespace Jobs.Functions.Jobs;

/// <summary>
/// Applies events to jobs, and does what follows from a job's end. Every event of a job goes through here; what a crash keeps from following, the sweeper
/// does when it meets the ended job.
/// </summary>
public sealed partial class JobJournal(
    JobStore jobs, JobListStore lists, ResourceStores resources, ResourceTokens tokens, JobMetrics metrics, TimeProvider time, ILogger<JobJournal> logger)
{
    /// <summary>
    /// Applies an event to the job as it is now, and to <paramref name="stored"/> with it; false when it was refused or there is no such job. When it ended the job, the rest follows.
    /// </summary>
    public async Task<bool> ApplyAsync(StoredJob stored, JobEvent change, CancellationToken cancellationToken)
    {
        var before = stored.Job;
        switch (await jobs.ApplyAsync(stored.Job.Id, change, stored, cancellationToken))
        {
            case Transition.Applied { Job: var job }:
                metrics.Changed(before, job);
                if (job.IsTerminal && !before.IsTerminal)
                {
                    await CompleteAsync(job, cancellationToken);
                }

                return true;

            case Transition.Refused refused:
                LogRefused(logger, change.GetType().Name, stored.Job.Id, refused.Reason);
                return false;

            default:
                return false;
        }
    }

    /// <summary>
    /// Does what follows from a job's end, as far as it has not been done: a build's token is settled or given back, and the conversation says why it failed; work, a repository's too, is unfinished no more, and nothing is held for its calls of models.
    /// </summary>
    public async Task CompleteAsync(Job job, CancellationToken cancellationToken)
    {
        if (job.Kind is JobKind.Work or JobKind.Repository)
        {
            await lists.EndAsync(job.Tenant, job.Id, cancellationToken);
            await tokens.CloseBuildAsync(job, cancellationToken);
            return;
        }

        await tokens.CloseBuildAsync(job, cancellationToken);
        if (job is not { Error: { } error })
        {
            return;
        }

        var store = resources.Of(job.Kind);
        if (await store.ReadAsync(job.Tenant, job.ResourceId, cancellationToken) is { Resource.IsDeleted: false })
        {
            await store.TryAddMessageAsync(
                job.Tenant,
                job.ResourceId,
                new ChatMessage
                {
                    JobId = job.Id,
                    Number = ChatMessage.EndNumber,
                    Kind = ChatMessageKind.Failure,
                    Content = error,
                    CreatedAt = time.GetUtcNow(),
                },
                cancellationToken);
        }
    }

    [LoggerMessage(LogLevel.Information, "{Event} was refused for job {JobId}: {Reason}")]
    private static partial void LogRefused(ILogger logger, string @event, string jobId, string reason);
}
