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

/// <summary>The body of <c>POST /api/documents</c>: the file itself.</summary>
public static class DocumentRequest
{
    /// <summary>Reads the file; throws <see cref="ProblemException"/> (400, 413, 415).</summary>
    public static async Task<byte[]> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        // Taken as it is, it would be a file that begins with the form's own lines.
        if (request.ContentType?.StartsWith("multipart/", StringComparison.OrdinalIgnoreCase) is true)
        {
            throw new ProblemException(new Problem(StatusCodes.Status415UnsupportedMediaType, "unsupported_media_type", "Send the file itself as the body, not a form that holds it."));
        }

        var bytes = await RequestBody.ReadBytesAsync(request, WorkLimits.MaxUploadBytes, cancellationToken);
        return bytes.Length > 0 ? bytes : throw new ProblemException(Problem.Invalid(new FieldError("body", "must not be empty")));
    }
}
