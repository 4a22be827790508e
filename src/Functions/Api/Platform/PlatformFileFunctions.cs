using Jobs.Functions.Api.Shared;
using Jobs.Functions.Work;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Jobs.Functions.Api.Platform;

/// <summary>Contract 004: the files that came of a job.</summary>
public sealed class PlatformFileFunctions(PlatformEndpoint endpoint, WorkService work, WorkFiles files)
{
    /// <summary>A file that the job's result lists.</summary>
    [Function("DownloadPlatformJobFile")]
    public Task<IResult> Download(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/api/jobs/{jobId}/files/{name}")] HttpRequest request,
        string jobId,
        string name) => endpoint.RunAsync(request, async (caller, cancellationToken) =>
        {
            var job = await work.FindAsync(caller, jobId, cancellationToken) ?? throw new ProblemException(Problem.NotFound("job"));
            return FileDownload.Of(request, await files.OpenAsync(job, name, cancellationToken) ?? throw new ProblemException(Problem.NotFound("file")));
        });
}
