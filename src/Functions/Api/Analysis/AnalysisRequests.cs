using System.Text.Json;
using Jobs.Domain;
using Jobs.Functions.Api.Shared;
using Jobs.Functions.Work;
using Microsoft.AspNetCore.Http;

namespace Jobs.Functions.Api.Analysis;

/// <summary>What every call of contract 003 that names a job takes.</summary>
public static class AnalysisRequests
{
    /// <summary>The id of a job in an address, as it is stored; throws <see cref="ProblemException"/> (400) for what is no UUID.</summary>
    public static string JobIdOf(string jobId) =>
        Ids.IsUuid(jobId) ? jobId.ToLowerInvariant() : throw new ProblemException(Problem.Invalid(new FieldError("id", "must be a UUID")));
}

/// <summary>The body of <c>POST /api/admin/prompts/preview</c>, which is the input of the job that it creates: <c>{prompt, variables?}</c>.</summary>
public sealed record PreviewRequest(RequestBody Body, JsonElement Input)
{
    /// <summary>Reads and checks the body; throws <see cref="ProblemException"/> (400, 413).</summary>
    public static async Task<PreviewRequest> ReadAsync(HttpRequest request, IJobHandler handler, CancellationToken cancellationToken)
    {
        const string Prefix = "input.";
        var body = await RequestBody.ReadAsync(request, cancellationToken);
        foreach (var error in handler.Check(body.Json))
        {
            body.Refuse(error.Field.StartsWith(Prefix, StringComparison.Ordinal) ? error.Field[Prefix.Length..] : "body", error.Message);
        }

        body.ThrowIfInvalid();
        return new PreviewRequest(body, body.Json);
    }
}
