using Jobs.Domain;
using Jobs.Domain.Identity;
using Jobs.Domain.Jobs;
using Jobs.Domain.Repositories;
using Jobs.Domain.Resources;
using Jobs.Functions.Jobs;
using Jobs.Functions.Ledger;
using Jobs.Storage;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Options;

namespace Jobs.Functions.Repositories;

/// <summary>What is wanted in a repository.</summary>
/// <param name="Instruction">What to do.</param>
/// <param name="BaseRef">Where to begin; null for the repository's default branch.</param>
/// <param name="AutoMerge">Whether to merge it; null for what the repository says.</param>
/// <param name="CreatePullRequest">Whether to open a pull request.</param>
public sealed record NewRepositoryJob(string Instruction, string? BaseRef = null, bool? AutoMerge = null, bool CreatePullRequest = true);

/// <summary>Why no job was created.</summary>
public enum CreationRefusal
{
    /// <summary>As many of the organisation's are unfinished as may be.</summary>
    TooMuchUnfinished,

    /// <summary>The organisation has spent so much on models in this month that not even the first call can be paid.</summary>
    SpendingLimit,

    /// <summary>There is a job of that id: ids are short, and the next is another.</summary>
    IdTaken,

    /// <summary>The latest job on the branch has not ended.</summary>
    BranchBusy,
}

/// <summary>What came of asking for a merge.</summary>
/// <param name="Job">The job as it is now.</param>
/// <param name="Reason">Why it was not merged; null when it is.</param>
public sealed record MergeResult(Job Job, string? Reason);

/// <summary>A page of an organisation's repository jobs.</summary>
/// <param name="Jobs">The jobs, the latest first.</param>
/// <param name="Next">The place after which the next page begins; null on the last.</param>
public sealed record RepositoryJobPage(IReadOnlyList<Job> Jobs, RepositoryJobPlace? Next);

/// <summary>Creates, finds, lists, cancels and merges jobs of repositories.</summary>
public sealed class RepositoryJobs(
    JobService service,
    JobStore jobs,
    JobJournal journal,
    JobListStore lists,
    RepositoryBranchStore branches,
    RepositoryService repositories,
    BranchRecords records,
    BranchNews news,
    Forges forges,
    IRepositoryAgent agent,
    SpendingLedger spending,
    SweepList sweep,
    IOptions<LedgerOptions> limits,
    TimeProvider time)
{
    private const int MaxReads = 16;

    /// <summary>The path of the page of our own pull request that a job opens.</summary>
    public static string PullRequestPath(string tenant, string jobId) => $"/app/{Uri.EscapeDataString(tenant)}/pull-requests/{jobId}";

    /// <summary>The caller's job, by one point read; null when it does not exist, is not theirs or is in no repository.</summary>
    public async Task<Job?> FindAsync(Caller caller, string jobId, CancellationToken cancellationToken) =>
        Ids.IsRepositoryJobId(jobId) && await service.FindAsync(caller, jobId, cancellationToken) is { Kind: JobKind.Repository } job ? job : null;

    /// <summary>What a job was asked for.</summary>
    public Task<StoredInstruction> ReadInstructionAsync(Job job, CancellationToken cancellationToken) => records.ReadInstructionAsync(job, cancellationToken);

    /// <summary>
    /// Accepts a job in a repository, on a branch of its own. Repeating it with the same ids changes nothing. In this order: an entry in the sweep list, the instruction, that the branch is
    /// its own, the list, the job, its orchestration.
    /// </summary>
    public async Task<(Job? Job, CreationRefusal? Refusal)> CreateAsync(
        Caller caller, CreationIds ids, Repository repository, NewRepositoryJob wanted, DurableTaskClient client, CancellationToken cancellationToken)
    {
        var refusal = await MayBeCreatedAsync(caller, ids, repository.Kind, cancellationToken);
        if (refusal is not null)
        {
            return refusal.Value;
        }

        var branch = RepositoryState.BranchPrefix + ids.JobId;
        var key = RepositoryState.KeyOf(repository.Kind, repository.Location);
        await service.AnnounceAsync(caller, ids.JobId, cancellationToken);
        await branches.TryReplaceAsync(read: null, new RepositoryBranch(key, branch, ids.JobId, PreviousJobId: null, time.GetUtcNow()), cancellationToken);
        return await StoreAsync(
            caller,
            ids,
            new RepositoryState(
                repository.Name, repository.Kind, key, branch, wanted.BaseRef ?? repository.DefaultBranch, wanted.AutoMerge ?? repository.AutoMerge, wanted.CreatePullRequest),
            new StoredInstruction(wanted.Instruction, []),
            client,
            cancellationToken);
    }

    /// <summary>Accepts a job that goes on where the latest on the branch of <paramref name="job"/> has ended. Repeating it with the same ids changes nothing.</summary>
    public async Task<(Job? Job, CreationRefusal? Refusal)> FollowAsync(
        Caller caller, CreationIds ids, Job job, string instruction, DurableTaskClient client, CancellationToken cancellationToken)
    {
        var known = job.Repository!;
        var refusal = await MayBeCreatedAsync(caller, ids, known.Kind, cancellationToken);
        if (refusal is not null)
        {
            return refusal.Value;
        }

        if (await ClaimAsync(caller, ids.JobId, known, cancellationToken) is not { } last)
        {
            return (null, CreationRefusal.BranchBusy);
        }

        var before = last.Repository!;
        var isOpen = before.PullRequest is { Status: ForgePullRequestStatus.Open };
        return await StoreAsync(
            caller,
            ids,
            new RepositoryState(before.Name, before.Kind, before.Key, before.Branch, before.BaseRef, before.AutoMerge, before.CreatePullRequest, before.Round + 1)
            {
                PreviousJobId = last.Id,
                PullRequest = isOpen ? before.PullRequest : null,
                InheritedPullRequest = isOpen ? before.PullRequest!.Number : 0,
                InheritedSha = isOpen ? before.HeadSha : null,
                EarlierPullRequest = isOpen ? before.EarlierPullRequest : before.PullRequest?.Number ?? before.EarlierPullRequest,
                EarlierRunId = before.Run?.Id ?? before.EarlierRunId,
            },
            (await records.ReadInstructionAsync(last, cancellationToken)).Then(instruction),
            client,
            cancellationToken);
    }

    /// <summary>Asks a job to stop; the job as it is now, null when there is none. Nothing happens to one that has ended or is being merged.</summary>
    public async Task<Job?> CancelAsync(Job job, DurableTaskClient client, CancellationToken cancellationToken)
    {
        await service.CancelAsync(job.Id, client, cancellationToken);
        return await jobs.FindAsync(job.Id, cancellationToken);
    }

    /// <summary>One page of the organisation's jobs.</summary>
    public async Task<RepositoryJobPage> ListAsync(Caller caller, RepositoryJobPlace? before, int limit, CancellationToken cancellationToken)
    {
        var found = new List<Job>();
        RepositoryJobPlace? last = null;
        await foreach (var places in lists.ListOfRepositoriesAsync(caller.Tenant, before, limit, cancellationToken).Chunk(MaxReads).WithCancellation(cancellationToken))
        {
            var read = await Task.WhenAll(places.Select(place => jobs.FindAsync(place.JobId, cancellationToken)));
            foreach (var (place, job) in places.Zip(read))
            {
                last = place;
                // An entry without a job is one whose creation has not come that far, or never will; one with another's was taken by it first.
                if (job is { Kind: JobKind.Repository } && job.Tenant == caller.Tenant)
                {
                    found.Add(job);
                }

                if (found.Count == limit)
                {
                    return new RepositoryJobPage(found, last);
                }
            }
        }

        return new RepositoryJobPage(found, Next: null);
    }

    /// <summary>What there is to see of a job's branch, where repositories are on this machine; null elsewhere.</summary>
    public async Task<PullRequestView?> ViewAsync(Job job, CancellationToken cancellationToken)
    {
        if (job.Repository is not { Kind: RepositoryKind.Local } branch)
        {
            return null;
        }

        var instruction = (await records.ReadInstructionAsync(job, cancellationToken)).Instruction;
        var edits = job.SourcesRef is null ? null : await records.ReadEditsAsync(job, cancellationToken);
        Repository? repository = null;
        BranchDiff? diff = null;
        string? problem = null;
        try
        {
            repository = await repositories.OfAsync(job, cancellationToken);
            if (branch is { BaseSha: { } from, HeadSha: { } to } && from != to)
            {
                diff = await forges.Local.CompareAsync(repository, from, to, cancellationToken);
            }
        }
        catch (ForgeException error)
        {
            problem = error.Message;
        }

        return new PullRequestView(job, edits is null ? BranchTexts.TitleOf(instruction) : BranchTexts.TitleOf(edits.Title), instruction, edits?.Summary, repository?.Check, diff, problem);
    }

    /// <summary>Merges the branch of a job that has ended; only where repositories are on this machine. Merging again finds it merged. Throws <see cref="ForgeException"/>.</summary>
    public async Task<MergeResult> MergeAsync(Job job, CancellationToken cancellationToken)
    {
        var branch = job.Repository!;
        if (job.Status is JobStatus.Merged)
        {
            return new MergeResult(job, Reason: null);
        }

        if (WhyNotMergeable(job) is { } reason)
        {
            return new MergeResult(job, reason);
        }

        var latest = await branches.ReadAsync(branch.Key, branch.Branch, cancellationToken);
        if (latest is { Branch.JobId: var latestId } && latestId != job.Id && await jobs.FindAsync(latestId, cancellationToken) is not null)
        {
            return new MergeResult(job, $"A later job is on its branch; merge that one: {latestId}.");
        }

        var repository = await repositories.OfAsync(job, cancellationToken);
        // Who dies between the merge and what is written of it is followed by the sweeper.
        var entry = new SweepEntry(SweepKind.RepositoryMerge, job.Id, job.Tenant, time.GetUtcNow());
        await sweep.AddAsync(entry, cancellationToken);
        var outcome = await MergeInTimeAsync(BranchTexts.MergeOrderOf(job, repository), cancellationToken);
        if (outcome is MergeOutcome.Merged && branch.PullRequest is { } pullRequest)
        {
            await news.TellEarlierAsync(job, pullRequest, cancellationToken);
        }

        var text = BranchTexts.Describe(outcome, branch.BaseRef);
        var facts = BranchTexts.FactsOf(outcome, job, await records.AppendAsync(job, text, cancellationToken));
        JobEvent change = outcome is MergeOutcome.Merged ? new JobEvent.Merged(time.GetUtcNow(), facts) : new JobEvent.ForgeReported(time.GetUtcNow(), facts);
        var stored = await jobs.ReadAsync(job.Id, cancellationToken) ?? throw new InvalidDataException($"Job {job.Id} is missing.");
        await journal.ApplyAsync(stored, change, cancellationToken);
        await sweep.RemoveAsync(entry, cancellationToken);
        return new MergeResult(stored.Job, outcome is MergeOutcome.Merged ? null : text);
    }

    /// <summary>Goes on with a merge that a request began and did not come to the end of. True when there is nothing left to do, or nothing that can be done.</summary>
    public async Task<bool> SettleMergeAsync(SweepEntry entry, CancellationToken cancellationToken)
    {
        if (await jobs.FindAsync(entry.Id, cancellationToken) is not { Status: JobStatus.Succeeded } job)
        {
            return true;
        }

        try
        {
            await MergeAsync(job, cancellationToken);
            return true;
        }
        catch (ForgeException error)
        {
            // Whoever asked was told so, or is told when they ask again.
            return !error.IsTransient || time.GetUtcNow() - entry.Since >= SweepEntry.AnnouncementLifetime;
        }
    }

    private async Task<MergeOutcome> MergeInTimeAsync(MergeOrder order, CancellationToken cancellationToken)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limited.CancelAfter(RepositoryLimits.MergeTimeLimit);
        try
        {
            return await forges.Local.MergeAsync(order, limited.Token);
        }
        catch (OperationCanceledException error) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ForgeException("The merge took too long; try again.", isTransient: true, error);
        }
    }

    /// <summary>Why a job's branch cannot be merged here, whatever the repository says; null when it can.</summary>
    public static string? WhyNotMergeable(Job job) => job switch
    {
        { Repository.Kind: not RepositoryKind.Local } => "Its pull request is merged at GitHub.",
        { IsTerminal: false } => "The job has not ended yet.",
        { Status: not JobStatus.Succeeded } => "The job did not succeed.",
        { Repository: { HeadSha: null } or { Files: null or { Total: 0 } } } => "There is nothing to merge.",
        { Repository.HasPassedCheck: false } => "Its check has failed.",
        _ => null,
    };

    /// <summary>Why nothing is created, or the job that was; null when it may be.</summary>
    private async Task<(Job? Job, CreationRefusal? Refusal)?> MayBeCreatedAsync(Caller caller, CreationIds ids, RepositoryKind kind, CancellationToken cancellationToken)
    {
        if (await jobs.FindAsync(ids.JobId, cancellationToken) is { } known)
        {
            return IsOf(known, caller, ids) ? (known, null) : (null, CreationRefusal.IdTaken);
        }

        var most = limits.Value.MaxUnfinished;
        return await lists.CountUnfinishedOfRepositoriesAsync(caller.Tenant, most, cancellationToken) >= most ? (null, CreationRefusal.TooMuchUnfinished)
            : kind is RepositoryKind.Local && await spending.IsReachedAsync(caller.Tenant, agent.LeastToBegin.Cost, cancellationToken) ? (null, CreationRefusal.SpendingLimit)
            : null;
    }

    /// <summary>The job after which the new one is on the branch from now on; null when that has not ended.</summary>
    private async Task<Job?> ClaimAsync(Caller caller, string jobId, RepositoryState known, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var stored = await branches.ReadAsync(known.Key, known.Branch, cancellationToken) ?? throw new InvalidDataException($"The row of branch {known.Branch} is missing.");
        if (stored.Branch.JobId == jobId)
        {
            return await jobs.FindAsync(stored.Branch.PreviousJobId!, cancellationToken);
        }

        var last = await jobs.FindAsync(stored.Branch.JobId, cancellationToken);
        if (last is null && now - stored.Branch.ClaimedAt >= SweepEntry.AnnouncementLifetime && stored.Branch.PreviousJobId is { } previous)
        {
            // Whoever claimed it died before it was a job.
            last = await jobs.FindAsync(previous, cancellationToken);
        }

        if (last is not { IsTerminal: true })
        {
            return null;
        }

        await service.AnnounceAsync(caller, jobId, cancellationToken);
        return await branches.TryReplaceAsync(stored, new RepositoryBranch(known.Key, known.Branch, jobId, last.Id, now), cancellationToken) ? last : null;
    }

    private async Task<(Job? Job, CreationRefusal? Refusal)> StoreAsync(
        Caller caller, CreationIds ids, RepositoryState branch, StoredInstruction instruction, DurableTaskClient client, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var job = new Job
        {
            Id = ids.JobId,
            Tenant = caller.Tenant,
            Owner = caller.User,
            Kind = JobKind.Repository,
            ResourceId = ids.ResourceId,
            InputRef = await records.WriteInstructionAsync(caller.Tenant, ids.ResourceId, instruction, cancellationToken),
            Repository = branch,
            Message = "Waiting to start",
            CreatedAt = now,
            UpdatedAt = now,
        };
        await lists.AddAsync(job, cancellationToken);
        if (await service.CreateAsync(job, client, cancellationToken))
        {
            return (job, null);
        }

        // Another request has made a job of this id meanwhile: this very creation, or somebody's who drew the same.
        if (await jobs.FindAsync(ids.JobId, cancellationToken) is { } known && IsOf(known, caller, ids))
        {
            return (known, null);
        }

        await lists.EndAsync(caller.Tenant, ids.JobId, cancellationToken);
        return (null, CreationRefusal.IdTaken);
    }

    private static bool IsOf(Job job, Caller caller, CreationIds ids) => job.Tenant == caller.Tenant && job.ResourceId == ids.ResourceId;
}
