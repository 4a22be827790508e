using Jobs.Domain.Identity;
using Jobs.Domain.Jobs;
using Jobs.Functions.Work;

namespace Jobs.Functions.JobTypes.Analysis;

/// <summary>Jobs that a later one goes on from. Only those of the same user exist for it.</summary>
public sealed class EarlierJobs(WorkService service, WorkResults results)
{
    /// <summary>The most characters of a job's id in an input.</summary>
    public const int MaxIdLength = 100;

    /// <summary>True for what may be a job's id.</summary>
    public static bool MayBeId(string? id) => id is { Length: > 0 and <= MaxIdLength };

    /// <summary>The user's job of one of these types, which has succeeded. Throws <see cref="WorkException"/> when there is none, and when it has not.</summary>
    public async Task<Job> FindAsync(WorkContext work, string jobId, IReadOnlyList<string> types, CancellationToken cancellationToken)
    {
        var job = await service.FindAsync(new Caller(work.Tenant, work.User, IsAdmin: false), jobId, cancellationToken);
        if (job?.Work is not { } found || job.Owner != work.User || !types.Contains(found.Type, StringComparer.Ordinal))
        {
            throw new WorkException($"There is no job {jobId} of the type {string.Join(" or ", types)}.", isTransient: false);
        }

        return job.Status is JobStatus.Succeeded ? job
            : throw new WorkException($"The job {jobId} {(job.IsTerminal ? "has failed" : "has not ended yet")}.", isTransient: false);
    }

    /// <summary>What a job was asked for.</summary>
    public async Task<T> ReadInputAsync<T>(Job job, CancellationToken cancellationToken) => WorkJson.Read<T>((await service.ReadInputAsync(job, cancellationToken)).Input);

    /// <summary>What came of a job that has succeeded.</summary>
    public async Task<T> ReadResultAsync<T>(Job job, CancellationToken cancellationToken) => WorkJson.Read<T>((await results.ReadResultAsync(job, cancellationToken))!.Value);
}
