using Jobs.Domain;
using Jobs.Domain.Jobs;
using Jobs.Functions.Work;
using Microsoft.AspNetCore.Http;

namespace Jobs.Functions.Api.Shared;

/// <summary>The query of a list of jobs of work: <c>type</c>, <c>status</c>, <c>cursor</c> and <c>limit</c>.</summary>
public sealed record ListJobsRequest(string? Type, string? Status, string? Before, int Limit)
{
    /// <summary>The most jobs on one page.</summary>
    public const int MaxLimit = 100;

    /// <summary>The jobs on a page when no limit is given.</summary>
    public const int DefaultLimit = 20;

    /// <summary>Reads and checks the query; throws <see cref="ProblemException"/> (400).</summary>
    /// <param name="request">The request.</param>
    /// <param name="handlers">The types that there are.</param>
    /// <param name="contract">Whose types may be asked for.</param>
    /// <param name="statusOf">The contract's word for a state.</param>
    public static ListJobsRequest Read(HttpRequest request, JobHandlers handlers, JobContract contract, Func<JobStatus, string> statusOf)
    {
        var (limit, before) = Cursor.Read<JobPlace>(
            request, DefaultLimit, MaxLimit, id => Ids.MillisecondsOf(id) is not null ? new JobPlace(id) : null, "must be the nextCursor of a page", "cursor");
        return new ListJobsRequest(
            OneOf(request, "type", [.. handlers.NamesOf(contract)]),
            OneOf(request, "status", [.. Enum.GetValues<JobStatus>().Select(statusOf).Distinct()]),
            before?.JobId,
            limit);
    }

    private static string? OneOf(HttpRequest request, string name, string[] allowed) =>
        !request.Query.TryGetValue(name, out var values) ? null
        : values is [{ } value] && allowed.Contains(value, StringComparer.Ordinal) ? value
        : throw new ProblemException(Problem.Invalid(new FieldError(name, $"must be one of: {string.Join(", ", allowed)}")));

    private readonly record struct JobPlace(string JobId);
}
