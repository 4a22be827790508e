using System.Globalization;
using Azure;
using Azure.Data.Tables;
using Jobs.Domain.Jobs;

namespace Jobs.Storage;

/// <summary>
/// The table <c>Jobs</c>. PartitionKey = job id; RowKey = job id for the status row, <c>{job id}|{sequence:D10}</c> for the append-only log.
/// A status row and its log change in one transaction under the row's ETag: no update is lost, and the log has no gap.
/// </summary>
public sealed class JobStore(StorageAccount storage, SettledJobs settled)
{
    /// <summary>How often a write is tried again after somebody else changed the row first.</summary>
    private const int MaxConflicts = 10;

    private readonly TableClient _table = storage.Jobs;

    /// <summary>One point read, or none for a settled job that was read lately; null when there is no such job.</summary>
    public async Task<Job?> FindAsync(string jobId, CancellationToken cancellationToken)
    {
        if (settled.Find(jobId) is { } final)
        {
            return final;
        }

        if (await ReadAsync(jobId, cancellationToken) is not { Job: var job })
        {
            return null;
        }

        settled.Add(job);
        return job;
    }

    /// <summary>Inserts a new job; a job of that id that is there already stays as it is, so that a creation can be repeated, and it is false.</summary>
    public async Task<bool> CreateAsync(Job job, CancellationToken cancellationToken)
    {
        try
        {
            await _table.SubmitTransactionAsync(
                [new(TableTransactionActionType.Add, JobRow.ToEntity(job)), new(TableTransactionActionType.Add, LogRow(job, "Created"))],
                cancellationToken);
            return true;
        }
        catch (RequestFailedException error) when (error.IsConflict())
        {
            return false;
        }
    }

    /// <summary>
    /// Applies an event to the job as it is now, re-reading and trying again when somebody else was first. <paramref name="known"/> saves the first read.
    /// </summary>
    /// <returns>The transition function's answer, or null when there is no such job.</returns>
    public async Task<Transition?> ApplyAsync(string jobId, JobEvent change, StoredJob? known, CancellationToken cancellationToken)
    {
        var stored = known ?? await ReadAsync(jobId, cancellationToken);
        for (var conflicts = 0; ; conflicts++)
        {
            if (stored is null)
            {
                return null;
            }

            var transition = JobTransitions.Apply(stored.Job, change);
            if (transition is not Transition.Applied { Job: var next })
            {
                return transition;
            }

            try
            {
                var responses = await _table.SubmitTransactionAsync(
                    [
                        new(TableTransactionActionType.UpdateReplace, JobRow.ToEntity(next), stored.ETag),
                        new(TableTransactionActionType.Add, LogRow(next, change.GetType().Name)),
                    ],
                    cancellationToken);
                stored.Job = next;
                stored.ETag = responses.Value[0].Headers.ETag!.Value;
                return transition;
            }
            catch (RequestFailedException error) when ((error.IsStale() || error.IsConflict()) && conflicts < MaxConflicts)
            {
                var current = await ReadAsync(jobId, cancellationToken);
                if (current is not null)
                {
                    (stored.Job, stored.ETag) = (current.Job, current.ETag);
                }
                else
                {
                    stored = null;
                }
            }
        }
    }

    /// <summary>A job together with the ETag that the next write to it needs; null when there is no such job.</summary>
    public async Task<StoredJob?> ReadAsync(string jobId, CancellationToken cancellationToken)
    {
        var row = await _table.GetEntityIfExistsAsync<TableEntity>(jobId, jobId, cancellationToken: cancellationToken);
        return row.HasValue ? new StoredJob(JobRow.FromEntity(row.Value!), row.Value!.ETag) : null;
    }

    private static TableEntity LogRow(Job job, string eventName) =>
        new(job.Id, string.Create(CultureInfo.InvariantCulture, $"{job.Id}|{job.Sequence:D10}"))
        {
            ["Event"] = eventName,
            ["At"] = job.UpdatedAt,
            [nameof(Job.Status)] = job.Status.ToString(),
            [nameof(Job.Step)] = job.Step.ToString(),
            [nameof(Job.Message)] = job.Message,
            ["CompilePhase"] = job.Compile?.Phase.ToString(),
        };
}

/// <summary>A job as it was read or last written, for a series of writes without reads between them.</summary>
public sealed class StoredJob(Job job, ETag etag)
{
    /// <summary>The job.</summary>
    public Job Job { get; set; } = job;

    /// <summary>The ETag of its row.</summary>
    public ETag ETag { get; set; } = etag;
}
