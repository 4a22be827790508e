using System.Text.Json.Serialization;
using Jobs.Domain.Jobs;
using Jobs.Domain.Repositories;
using Jobs.Functions.Api.Shared;
using Jobs.Functions.Repositories;
using RegisteredRepository = Jobs.Domain.Repositories.Repository;

namespace Jobs.Functions.Api.Repository;

/// <summary>An error of contract 002.</summary>
public sealed record RepositoryError(string Error);

/// <summary>A job that was created.</summary>
/// <param name="JobId">Its id: 8 characters of [a-z0-9].</param>
/// <param name="Branch">Its branch.</param>
public sealed record JobCreatedResponse([property: JsonPropertyName("job_id")] string JobId, string Branch);

/// <summary>A job as contract 002 shows it. Every field is always there.</summary>
/// <param name="Status"><c>pending</c>, <c>running</c>, <c>completed</c>, <c>failed</c> or <c>merged</c>.</param>
/// <param name="Branch">Its branch.</param>
/// <param name="PrUrl">The page of its pull request; null where there is none.</param>
/// <param name="RunUrl">The page of its run at GitHub; null where there is none.</param>
/// <param name="Log">What was written of it, or the end of that; null until it has ended.</param>
/// <param name="ChangedFiles">The files that it has changed, or the first of them; empty until that is known.</param>
public sealed record JobStatusResponse(
    string Status,
    string Branch,
    [property: JsonPropertyName("pr_url")] string? PrUrl,
    [property: JsonPropertyName("run_url")] string? RunUrl,
    string? Log,
    [property: JsonPropertyName("changed_files")] IReadOnlyList<string> ChangedFiles);

/// <summary>A job in a list.</summary>
public sealed record JobItem(
    [property: JsonPropertyName("job_id")] string JobId,
    string Status,
    string Repository,
    string Branch,
    [property: JsonPropertyName("pr_url")] string? PrUrl,
    [property: JsonPropertyName("run_url")] string? RunUrl,
    [property: JsonPropertyName("created_at")] DateTimeOffset CreatedAt,
    [property: JsonPropertyName("completed_at")] DateTimeOffset? CompletedAt);

/// <summary>One page of the organisation's jobs.</summary>
/// <param name="Jobs">The jobs, the latest first.</param>
/// <param name="NextCursor">The <c>cursor</c> of the next page; null on the last.</param>
public sealed record JobListResponse(IReadOnlyList<JobItem> Jobs, [property: JsonPropertyName("next_cursor")] string? NextCursor);

/// <summary>One page of the files that a job has changed.</summary>
/// <param name="ChangedFiles">The paths, in their order.</param>
/// <param name="Total">How many there are in all.</param>
/// <param name="NextCursor">The <c>cursor</c> of the next page; null on the last.</param>
public sealed record ChangedFilesResponse(
    [property: JsonPropertyName("changed_files")] IReadOnlyList<string> ChangedFiles,
    int Total,
    [property: JsonPropertyName("next_cursor")] string? NextCursor);

/// <summary>A registered repository.</summary>
/// <param name="Name">What jobs call it.</param>
/// <param name="Kind"><c>local</c> or <c>github</c>.</param>
/// <param name="Location">Where it is; a folder of the server is shown to admins only.</param>
/// <param name="DefaultBranch">Where jobs begin and are merged, unless they say otherwise.</param>
/// <param name="AutoMerge">Whether jobs are merged, unless they say otherwise.</param>
/// <param name="AllowedPaths">Globs of the paths that jobs may change; empty for all.</param>
/// <param name="Check">The command that must succeed before a merge; null for none.</param>
/// <param name="CreatedAt">When it was registered.</param>
public sealed record RepositoryResponse(
    string Name, string Kind, string? Location, string DefaultBranch, bool AutoMerge, IReadOnlyList<string> AllowedPaths, string? Check, DateTimeOffset CreatedAt);

/// <summary>The organisation's repositories.</summary>
public sealed record RepositoryListResponse(IReadOnlyList<RepositoryResponse> Repositories);

/// <summary>A repository was taken out.</summary>
public sealed record RepositoryDeletedResponse(bool Success);

/// <summary>Maps the canonical words to those of contract 002.</summary>
public static class RepositoryResponses
{
    /// <summary>A job that was just created.</summary>
    public static JobCreatedResponse ToCreated(Job job) => new(job.Id, job.Repository!.Branch);

    /// <summary>A job.</summary>
    public static JobStatusResponse ToResponse(Job job, PublicAddress addresses) => new(
        StatusOf(job.Status),
        job.Repository!.Branch,
        PullRequestOf(job, addresses),
        job.Repository.Run?.Url,
        job.IsTerminal ? BranchRecords.LogOf(job) : null,
        job.Repository.Files?.First ?? []);

    /// <summary>One page of jobs.</summary>
    public static JobListResponse ToResponse(RepositoryJobPage page, PublicAddress addresses) => new(
        [.. page.Jobs.Select(job => new JobItem(
            job.Id,
            StatusOf(job.Status),
            job.Repository!.Name,
            job.Repository.Branch,
            PullRequestOf(job, addresses),
            job.Repository.Run?.Url,
            job.CreatedAt,
            job.CompletedAt))],
        page.Next is { } next ? JobPlaces.Write(next) : null);

    /// <summary>A repository.</summary>
    public static RepositoryResponse ToResponse(RegisteredRepository repository, bool isAdmin) => new(
        repository.Name,
        WordOf(repository.Kind),
        isAdmin || repository.Kind is RepositoryKind.GitHub ? repository.Location : null,
        repository.DefaultBranch,
        repository.AutoMerge,
        repository.AllowedPaths,
        repository.Check,
        repository.CreatedAt);

    /// <summary>The word of contract 002 for a state. It has none for a cancelled job, which failed, and its log says why.</summary>
    public static string StatusOf(JobStatus status) => status switch
    {
        JobStatus.Queued => "pending",
        JobStatus.Running or JobStatus.WaitingForInput => "running",
        JobStatus.Succeeded => "completed",
        JobStatus.Failed or JobStatus.Cancelled => "failed",
        JobStatus.Merged => "merged",
    };

    /// <summary>The word for a kind.</summary>
    public static string WordOf(RepositoryKind kind) => kind switch
    {
        RepositoryKind.Local => "local",
        RepositoryKind.GitHub => "github",
    };

    private static string? PullRequestOf(Job job, PublicAddress addresses) => job.Repository!.PullRequest is { } opened ? addresses.Of(opened.Url) : null;
}
