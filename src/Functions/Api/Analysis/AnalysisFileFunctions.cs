using Jobs.Functions.Api.Shared;
using Jobs.Functions.Work;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Jobs.Functions.Api.Analysis;

/// <summary>Contract 003: the files that came of a user's job.</summary>
public sealed class AnalysisFileFunctions(AnalysisEndpoint endpoint, WorkService work, WorkFiles files)
{
    /// <summary>A file that the job's result lists.</summary>
    [Function("DownloadAnalysisJobFile")]
    public Task<IResult> Download(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/jobs/{jobId}/files/{name}")] HttpRequest request,
        string jobId,
        string name) => endpoint.RunAsync(request, async (caller, cancellationToken) =>
        {
            var job = await work.FindAsync(caller, AnalysisRequests.JobIdOf(jobId), cancellationToken) ?? throw new ProblemException(Problem.NotFound("job"));
            return FileDownload.Of(request, await files.OpenAsync(job, name, cancellationToken) ?? throw new ProblemException(Problem.NotFound("file")));
        });
}
