using System.Text.Json;
using Jobs.Domain.Identity;
using Jobs.Domain.Jobs;
using Jobs.Functions.Jobs;
using Jobs.Functions.Ledger;
using Jobs.Storage;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Options;

namespace Jobs.Functions.Work;

/// <summary>What work is wanted.</summary>
/// <param name="Type">A type that there is.</param>
/// <param name="Input">An input that the type takes.</param>
/// <param name="OriginalJobId">The job that it repeats; null for one that repeats none.</param>
/// <param name="OnlyFailed">True to do only what came out with an error there.</param>
public sealed record NewWork(string Type, JsonElement Input, string? OriginalJobId = null, bool OnlyFailed = false);

/// <summary>A page of a caller's jobs.</summary>
/// <param name="Jobs">The jobs, the latest first.</param>
/// <param name="Next">The id of the job after which the next page begins; null on the last.</param>
public sealed record JobPage(IReadOnlyList<Job> Jobs, string? Next);

/// <summary>Creates, finds, lists and cancels jobs of work, whatever their type.</summary>
public sealed class WorkService(
    JobService service,
    JobStore jobs,
    JobListStore lists,
    ArtifactStore artifacts,
    RecentArtifacts recent,
    Uploads uploads,
    IOptions<LedgerOptions> limits,
    TimeProvider time)
{
    /// <summary>The most jobs that are looked at for one page of those in a state: a page may be shorter than asked for, and the next goes on.</summary>
    public const int MaxLookedAt = 500;

    private const int MaxReads = 16;

    /// <summary>The caller's job, by one point read; null when it does not exist, is not theirs or is no work.</summary>
    public async Task<Job?> FindAsync(Caller caller, string jobId, CancellationToken cancellationToken) =>
        await service.FindAsync(caller, jobId, cancellationToken) is { Kind: JobKind.Work } job ? job : null;

    /// <summary>What a job was asked for.</summary>
    public Task<StoredInput> ReadInputAsync(Job job, CancellationToken cancellationToken) => recent.ReadAsync<StoredInput>(job, job.InputRef, cancellationToken);

    /// <summary>
    /// Accepts a job; null when as much of the organisation's work is unfinished as may be. Repeating it with the same id changes nothing. In this order: an entry in the sweep list, that
    /// its uploads are used, the input, the list, the job, its orchestration.
    /// </summary>
    public async Task<Job?> CreateAsync(Caller caller, string jobId, NewWork wanted, DurableTaskClient client, CancellationToken cancellationToken)
    {
        if (await jobs.FindAsync(jobId, cancellationToken) is { } known)
        {
            return known;
        }

        var most = limits.Value.MaxUnfinished;
        if (await lists.CountUnfinishedAsync(caller.Tenant, most, cancellationToken) >= most)
        {
            return null;
        }

        await service.AnnounceAsync(caller, jobId, cancellationToken);
        await uploads.UseAsync(caller.Tenant, wanted.Input, cancellationToken);
        var input = JsonSerializer.SerializeToUtf8Bytes(new StoredInput(wanted.Input, wanted.OnlyFailed), WorkJson.Options);
        var now = time.GetUtcNow();
        var job = new Job
        {
            Id = jobId,
            Tenant = caller.Tenant,
            Owner = caller.User,
            Kind = JobKind.Work,
            ResourceId = jobId,
            InputRef = await artifacts.WriteAsync(caller.Tenant, jobId, input, cancellationToken),
            Work = new WorkState(wanted.Type, wanted.OriginalJobId),
            Message = "Waiting to start",
            CreatedAt = now,
            UpdatedAt = now,
        };
        await lists.AddAsync(job, cancellationToken);
        await service.CreateAsync(job, client, cancellationToken);
        return job;
    }

    /// <summary>Asks a job to stop; the job as it is now, null when there is none. Nothing happens to one that has ended.</summary>
    public async Task<Job?> CancelAsync(Job job, DurableTaskClient client, CancellationToken cancellationToken)
    {
        await service.CancelAsync(job.Id, client, cancellationToken);
        return await jobs.FindAsync(job.Id, cancellationToken);
    }

    /// <summary>One page of the caller's jobs, of one type and in one state or in all.</summary>
    public async Task<JobPage> ListAsync(Caller caller, string? type, Func<Job, bool> isWanted, string? before, int limit, CancellationToken cancellationToken)
    {
        var found = new List<Job>();
        var looked = 0;
        string? last = null;
        await foreach (var ids in lists.ListAsync(caller.Tenant, type, before, limit, cancellationToken).Chunk(MaxReads).WithCancellation(cancellationToken))
        {
            var read = await Task.WhenAll(ids.Select(id => jobs.FindAsync(id, cancellationToken)));
            foreach (var (id, job) in ids.Zip(read))
            {
                last = id;
                looked++;
                // An entry without a job is one whose creation has not come that far, or never will.
                if (job is not null && isWanted(job))
                {
                    found.Add(job);
                }

                if (found.Count == limit || looked == MaxLookedAt)
                {
                    return new JobPage(found, last);
                }
            }
        }

        return new JobPage(found, Next: null);
    }
}
