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

        if (await FindAsync(RepositoryState.KeyOf(kind, location), branch, cancellationToken) is { } stored && await TellAsync(stored, facts, cancellationToken))
        {
            await service.CallAsync(stored.Job.Id, client, cancellationToken);
        }

        // Last: a delivery that we die of is sent again, or missed until the branch is looked at.
        await deliveries.AddAsync(deliveryId, time.GetUtcNow(), cancellationToken);
    }

    /// <summary>Tells a job what is known of its branch. False when nothing of it was new to it.</summary>
    public async Task<bool> TellAsync(StoredJob stored, BranchFacts facts, CancellationToken cancellationToken)
    {
        if (facts.PullRequest is { Status: ForgePullRequestStatus.Merged } merged)
        {
            // First: who dies after it comes here again.
            await TellEarlierAsync(stored.Job, merged, cancellationToken);
        }

        return await journal.ApplyAsync(stored, new JobEvent.ForgeReported(time.GetUtcNow(), facts), cancellationToken);
    }

    /// <summary>Tells the jobs that were on a branch before of the merge of a pull request, which is also theirs where it was open already when the next one began.</summary>
    public async Task TellEarlierAsync(Job job, ForgePullRequest pullRequest, CancellationToken cancellationToken)
    {
        var facts = new BranchFacts { PullRequest = pullRequest with { Status = ForgePullRequestStatus.Merged } };
        var previous = job.Repository!.PreviousJobId;
        for (var read = 0; previous is not null && read < MaxEarlier && await jobs.ReadAsync(previous, cancellationToken) is { } earlier; read++)
        {
            previous = earlier.Job.Repository!.PreviousJobId;
            if (earlier.Job.Repository.PullRequest?.Url == pullRequest.Url)
            {
                await journal.ApplyAsync(earlier, new JobEvent.ForgeReported(time.GetUtcNow(), facts), cancellationToken);
            }
        }
    }

    /// <summary>The latest job on a branch; the one before it where whoever put that one on the branch died before it was a job.</summary>
    private async Task<StoredJob?> FindAsync(string key, string branch, CancellationToken cancellationToken) =>
        await branches.ReadAsync(key, branch, cancellationToken) is not { Branch: var found } ? null
        : await jobs.ReadAsync(found.JobId, cancellationToken)
            ?? (found.PreviousJobId is { } previous ? await jobs.ReadAsync(previous, cancellationToken) : null);
}
