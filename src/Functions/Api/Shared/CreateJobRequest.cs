using System.Text.Json;
using Jobs.Functions.Work;
using Microsoft.AspNetCore.Http;

namespace Jobs.Functions.Api.Shared;

/// <summary>The body of a POST that creates a job of work: <c>{type, input}</c>.</summary>
public sealed record CreateJobRequest(RequestBody Body, string Type, JsonElement Input)
{
    /// <summary>The most characters of a type's name.</summary>
    public const int MaxTypeLength = 100;

    /// <summary>Reads and checks the body; throws <see cref="ProblemException"/> (400, 413).</summary>
    public static async Task<CreateJobRequest> ReadAsync(HttpRequest request, JobHandlers handlers, JobContract contract, CancellationToken cancellationToken)
    {
        var body = await RequestBody.ReadAsync(request, cancellationToken);
        var type = body.Text("type", 1, MaxTypeLength, required: true);
        var handler = type is null ? null : handlers.Find(contract, type);
        if (type is not null && handler is null)
        {
            body.Refuse("type", $"must be one of: {string.Join(", ", handlers.NamesOf(contract))}");
        }

        var input = body.Object("input");
        if (input is null && (!body.Has("input") || body.Json.GetProperty("input").ValueKind is JsonValueKind.Null))
        {
            body.Refuse("input", "is required");
        }

        foreach (var error in input is { } given && handler is not null ? handler.Check(given) : [])
        {
            body.Refuse(error.Field, error.Message);
        }

        body.ThrowIfInvalid();
        return new CreateJobRequest(body, type!, input!.Value);
    }
}
