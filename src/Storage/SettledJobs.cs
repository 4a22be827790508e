using Jobs.Domain.Jobs;
using Microsoft.Extensions.Caching.Memory;

namespace Jobs.Storage;

/// <summary>
/// Settled jobs that were read lately. Nothing about them can change (<see cref="Job.IsFinal"/>), so a host may remember what it read; whoever asks still
/// has to be of the job's tenant. At most <see cref="MaxCharacters"/> of memory, whatever callers ask for.
/// </summary>
public sealed class SettledJobs : IDisposable
{
    /// <summary>How much is remembered at most, counted in the characters of the jobs' texts and <see cref="Overhead"/> for each job.</summary>
    public const long MaxCharacters = 16 * 1024 * 1024;

    /// <summary>What a job takes beside its longer texts.</summary>
    public const int Overhead = 1_024;

    private readonly MemoryCache _jobs = new(new MemoryCacheOptions { SizeLimit = MaxCharacters });

    /// <summary>How many are remembered.</summary>
    public int Count => _jobs.Count;

    /// <summary>The job, if it is remembered.</summary>
    public Job? Find(string jobId) => _jobs.Get<Job>(jobId);

    /// <summary>Remembers a job, unless it can still change. When there is no room, the ones that were asked for longest ago make some.</summary>
    public void Add(Job job)
    {
        if (job.IsFinal)
        {
            _jobs.Set(job.Id, job, new MemoryCacheEntryOptions { Size = Overhead + job.Message.Length + (job.Error?.Length ?? 0) + (job.Work?.Result?.Length ?? 0) + (job.Compile?.FailureDetails?.Length ?? 0) });
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _jobs.Dispose();
}
