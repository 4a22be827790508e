using System.Text.Json;
using Jobs.Domain.Jobs;
using Jobs.Functions.Work;

namespace Jobs.Functions.Api.Analysis;

/// <summary>A job as contract 003 shows it. Every field is always there.</summary>
/// <param name="Id">A UUID.</param>
/// <param name="Type">The type.</param>
/// <param name="Status"><c>PENDING</c>, <c>PROCESSING</c>, <c>COMPLETED</c> or <c>FAILED</c>.</param>
/// <param name="Result">What came of it, as its type documents; null until it has completed.</param>
/// <param name="Error">Why it failed; null otherwise.</param>
/// <param name="Attempts">How many attempts have begun, 0 to <see cref="WorkLimits.MaxAttempts"/>.</param>
/// <param name="CreatedAt">When it was created.</param>
/// <param name="StartedAt">When its first attempt began; null before.</param>
/// <param name="CompletedAt">When it ended; null before.</param>
/// <param name="UpdatedAt">When it last changed.</param>
public sealed record AnalysisJob(
    string Id,
    string Type,
    string Status,
    JsonElement? Result,
    string? Error,
    int Attempts,
    DateTimeOffset CreatedAt,
    DateTimeOffset? StartedAt,
    DateTimeOffset? CompletedAt,
    DateTimeOffset UpdatedAt);

/// <summary>A job in a list: as <see cref="AnalysisJob"/>, without its result.</summary>
public sealed record AnalysisJobItem(
    string Id,
    string Type,
    string Status,
    string? Error,
    int Attempts,
    DateTimeOffset CreatedAt,
    DateTimeOffset? StartedAt,
    DateTimeOffset? CompletedAt,
    DateTimeOffset UpdatedAt);

/// <summary>One page of a user's jobs.</summary>
/// <param name="Items">The jobs, the latest first.</param>
/// <param name="NextCursor">The <c>cursor</c> of the next page; null on the last.</param>
public sealed record AnalysisJobList(IReadOnlyList<AnalysisJobItem> Items, string? NextCursor);

/// <summary>A file that is kept for a job.</summary>
/// <param name="DocumentId">Its id, for the input of a job.</param>
/// <param name="Bytes">Its size.</param>
public sealed record DocumentResponse(string DocumentId, int Bytes);

/// <summary>Maps the canonical words to those of contract 003.</summary>
public static class AnalysisResponses
{
    /// <summary>A job with what came of it.</summary>
    public static AnalysisJob ToResponse(Job job, JsonElement? result) => new(
        job.Id, job.Work!.Type, StatusOf(job.Status), result, job.Error, AttemptsOf(job), job.CreatedAt, job.StartedAt, job.CompletedAt, job.UpdatedAt);

    /// <summary>A job that was just created. It is pending, whatever has become of it when its request is repeated.</summary>
    public static AnalysisJob ToCreated(Job job) => new(
        job.Id, job.Work!.Type, StatusOf(JobStatus.Queued), Result: null, Error: null, Attempts: 0, job.CreatedAt, StartedAt: null, CompletedAt: null, job.CreatedAt);

    /// <summary>One page of jobs.</summary>
    public static AnalysisJobList ToResponse(JobPage page) => new(
        [.. page.Jobs.Select(job => new AnalysisJobItem(
            job.Id, job.Work!.Type, StatusOf(job.Status), job.Error, AttemptsOf(job), job.CreatedAt, job.StartedAt, job.CompletedAt, job.UpdatedAt))],
        page.Next);

    /// <summary>The word of contract 003 for a state. It has none for a cancelled job, which failed, and its error says why.</summary>
    public static string StatusOf(JobStatus status) => status switch
    {
        JobStatus.Queued => "PENDING",
        JobStatus.Running or JobStatus.WaitingForInput => "PROCESSING",
        JobStatus.Succeeded or JobStatus.Merged => "COMPLETED",
        JobStatus.Failed or JobStatus.Cancelled => "FAILED",
    };

    /// <summary>An attempt that a fault of ours broke off is executed again, and counts again in the job; but there are no more attempts than there may be.</summary>
    private static int AttemptsOf(Job job) => Math.Min(job.Attempts, WorkLimits.MaxAttempts);
}
