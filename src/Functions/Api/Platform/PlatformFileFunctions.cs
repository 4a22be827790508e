using Jobs.Functions.Api.Shared;
using Jobs.Functions.Work;
using Jobs.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Net.Http.Headers;

namespace Jobs.Functions.Api.Platform;

/// <summary>Contract 004: the files that came of a job.</summary>
public sealed class PlatformFileFunctions(PlatformEndpoint endpoint, WorkService work, ArtifactStore artifacts)
{
    /// <summary>A file that the job's result lists, piece by piece; 304 when the caller has it already. A browser saves it, and never shows it as a page of ours.</summary>
    [Function("DownloadPlatformJobFile")]
    public Task<IResult> Download(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/api/jobs/{jobId}/files/{name}")] HttpRequest request,
        string jobId,
        string name) => endpoint.RunAsync(request, async (caller, cancellationToken) =>
        {
            var job = await work.FindAsync(caller, jobId, cancellationToken) ?? throw new ProblemException(Problem.NotFound("job"));
            var file = WorkFile.Find(job, name) ?? throw new ProblemException(Problem.NotFound("file"));
            var content = await artifacts.OpenReadAsync(job.Tenant, job.ResourceId, file.Sha256, cancellationToken)
                ?? throw new InvalidDataException($"The file {file.Name} of job {job.Id} is missing.");
            // The file may be another's text in a form that browsers show.
            request.HttpContext.Response.Headers.ContentSecurityPolicy = "sandbox; default-src 'none'";
            return Results.Stream(content, TypeOf(file.Name), file.Name, entityTag: new EntityTagHeaderValue($"\"{file.Sha256}\""));
        });

    private static string TypeOf(string name) => Path.GetExtension(name) switch
    {
        ".jsonl" => "application/x-ndjson",
        ".csv" => "text/csv; charset=utf-8; header=present",
        ".zip" => "application/zip",
        ".md" => "text/markdown; charset=utf-8",
        ".html" => "text/html; charset=utf-8",
        ".svg" => "image/svg+xml",
        _ => "application/octet-stream",
    };
}
