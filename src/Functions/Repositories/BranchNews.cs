using Jobs.Domain.Jobs;
using Jobs.Domain.Repositories;
using Jobs.Functions.Jobs;
using Jobs.Storage;
using Microsoft.DurableTask.Client;

namespace Jobs.Functions.Repositories;

/// <summary>Takes what a forge tells of branches: late, twice and in any order. What is not new changes nothing.</summary>
public sealed class BranchNews(RepositoryBranchStore branches, JobStore jobs, JobJournal journal, JobService service, WebhookDeliveryStore deliveries, TimeProvider time)
{
    /// <summary>The most jobs on one branch that are told of its merge.</summary>
    public const int MaxEarlier = 50;

    /// <summary>Takes one delivery. A branch that no job is on is nothing to us.</summary>
    public async Task TakeAsync(
        string deliveryId, RepositoryKind kind, string location, string branch, BranchFacts facts, DurableTaskClient client, CancellationToken cancellationToken)
    {
        if (await deliveries.IsKnownAsync(deliveryId, cancellationToken))
        {
            return;
        }

        if (await FindAsync(RepositoryState.KeyOf(kind, location), branch, cancellationToken) is { } stored
            && await journal.ApplyAsync(stored, new JobEvent.ForgeReported(time.GetUtcNow(), facts), cancellationToken))
        {
            await TellEarlierAsync(stored.Job, cancellationToken);
            await service.CallAsync(stored.Job.Id, client, cancellationToken);
        }

        // Last: a delivery that we die of is sent again, or missed until the branch is looked at.
        await deliveries.AddAsync(deliveryId, time.GetUtcNow(), cancellationToken);
    }

    /// <summary>The jobs that were on a branch before have the same pull request, which is merged or about to be told so; nothing happens where it is not.</summary>
    public async Task TellEarlierAsync(Job job, CancellationToken cancellationToken)
    {
        if (job.Repository!.PullRequest is not { } pullRequest || (job.Repository.Kind is RepositoryKind.GitHub && pullRequest.Status is not ForgePullRequestStatus.Merged))
        {
            return;
        }

        var facts = new BranchFacts { PullRequest = pullRequest with { Status = ForgePullRequestStatus.Merged } };
        var previous = job.Repository.PreviousJobId;
        for (var told = 0; previous is not null && told < MaxEarlier; told++)
        {
            if (await jobs.ReadAsync(previous, cancellationToken) is not { } earlier || earlier.Job.Repository!.PullRequest?.Url != pullRequest.Url)
            {
                return;
            }

            await journal.ApplyAsync(earlier, new JobEvent.ForgeReported(time.GetUtcNow(), facts), cancellationToken);
            previous = earlier.Job.Repository.PreviousJobId;
        }
    }

    /// <summary>The latest job on a branch; the one before it where whoever put that one on the branch died before it was a job.</summary>
    private async Task<StoredJob?> FindAsync(string key, string branch, CancellationToken cancellationToken) =>
        await branches.ReadAsync(key, branch, cancellationToken) is not { Branch: var found } ? null
        : await jobs.ReadAsync(found.JobId, cancellationToken)
            ?? (found.PreviousJobId is { } previous ? await jobs.ReadAsync(previous, cancellationToken) : null);
}
