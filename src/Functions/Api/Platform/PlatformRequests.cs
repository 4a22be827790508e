using System.Text.Json;
using Jobs.Domain.Jobs;
using Jobs.Functions.Api.Shared;
using Jobs.Functions.Work;
using Microsoft.AspNetCore.Http;

namespace Jobs.Functions.Api.Platform;

/// <summary>The body of <c>POST /v1/api/jobs</c>: <c>{type, input}</c>.</summary>
public sealed record CreateJobRequest(RequestBody Body, string Type, JsonElement Input)
{
    /// <summary>The most characters of a type's name.</summary>
    public const int MaxTypeLength = 100;

    /// <summary>Reads and checks the body; throws <see cref="ProblemException"/> (400, 413).</summary>
    public static async Task<CreateJobRequest> ReadAsync(HttpRequest request, JobHandlers handlers, CancellationToken cancellationToken)
    {
        var body = await RequestBody.ReadAsync(request, cancellationToken);
        var type = body.Text("type", 1, MaxTypeLength, required: true);
        var handler = type is null ? null : handlers.Find(JobContract.Platform, type);
        if (type is not null && handler is null)
        {
            body.Refuse("type", $"must be one of: {string.Join(", ", handlers.NamesOf(JobContract.Platform))}");
        }

        var input = body.Object("input");
        if (input is null && (!body.Has("input") || body.Json.GetProperty("input").ValueKind is JsonValueKind.Null))
        {
            body.Refuse("input", "is required");
        }

        var errors = input is { } given && handler is not null ? handler.Check(given) : [];
        foreach (var error in errors)
        {
            body.Refuse(error.Field, error.Message);
        }

        if (errors.Count == 0 && input is { } whole && !IsText(whole))
        {
            body.Refuse("input", "must be valid Unicode text");
        }

        body.ThrowIfInvalid();
        return new CreateJobRequest(body, type!, input!.Value);
    }

    /// <summary>False where half of a surrogate pair stands in a field that the type does not know: it passes the parser and could not be kept.</summary>
    private static bool IsText(JsonElement input)
    {
        try
        {
            JsonSerializer.Serialize(Stream.Null, input, WorkJson.Options);
            return true;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return false;
        }
    }
}

/// <summary>The body of <c>POST /v1/api/jobs/{id}/rerun</c>, which may be absent: <c>{only?}</c>.</summary>
public sealed record RerunRequest(RequestBody Body, bool OnlyFailed)
{
    /// <summary>Reads and checks the body; throws <see cref="ProblemException"/> (400, 413).</summary>
    public static async Task<RerunRequest> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var body = await RequestBody.ReadAsync(request, cancellationToken, mayBeEmpty: true);
        var only = body.Text("only", 0, CreateJobRequest.MaxTypeLength);
        if (only is not (null or "failed"))
        {
            body.Refuse("only", "must be 'failed', or absent for all");
        }

        body.ThrowIfInvalid();
        return new RerunRequest(body, only is not null);
    }
}

/// <summary>The query of <c>GET /v1/api/jobs</c>: <c>type</c>, <c>status</c>, <c>cursor</c> and <c>limit</c>.</summary>
public sealed record ListJobsRequest(string? Type, string? Status, string? Before, int Limit)
{
    /// <summary>The most jobs on one page.</summary>
    public const int MaxLimit = 100;

    /// <summary>The jobs on a page when no limit is given.</summary>
    public const int DefaultLimit = 20;

    /// <summary>Reads and checks the query; throws <see cref="ProblemException"/> (400).</summary>
    public static ListJobsRequest Read(HttpRequest request, JobHandlers handlers)
    {
        var (limit, before) = Cursor.Read<JobPlace>(
            request, DefaultLimit, MaxLimit, id => Domain.Ids.IsJobId(id) ? new JobPlace(id) : null, "must be the nextCursor of a page", "cursor");
        return new ListJobsRequest(
            OneOf(request, "type", [.. handlers.NamesOf(JobContract.Platform)]),
            OneOf(request, "status", [.. Enum.GetValues<JobStatus>().Select(PlatformResponses.StatusOf).Distinct()]),
            before?.JobId,
            limit);
    }

    private static string? OneOf(HttpRequest request, string name, string[] allowed) =>
        !request.Query.TryGetValue(name, out var values) ? null
        : values is [{ } value] && allowed.Contains(value, StringComparer.Ordinal) ? value
        : throw new ProblemException(Problem.Invalid(new FieldError(name, $"must be one of: {string.Join(", ", allowed)}")));

    private readonly record struct JobPlace(string JobId);
}
