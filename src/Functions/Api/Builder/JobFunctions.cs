using Jobs.Domain.Jobs;
using Jobs.Functions.Api.Shared;
using Jobs.Functions.Jobs;
using Jobs.Functions.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Jobs.Functions.Api.Builder;

/// <summary>Contract 000: polling a job. One read of the status row, and nothing else.</summary>
public sealed class JobFunctions(BuilderEndpoint endpoint, JobService jobs, JobMetrics metrics)
{
    /// <summary>The seconds to wait before the next poll: contract 000's recommended interval.</summary>
    public const int PollInterval = 5;

    /// <summary>The job, with <c>?include=usage</c> also what models took for it; 304 when the caller has this state already. <c>Retry-After</c> is sent as long as anything can still change.</summary>
    [Function("GetJob")]
    public Task<IResult> Get([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/jobs/{jobId}")] HttpRequest request, string jobId) =>
        endpoint.RunAsync(request, async (caller, cancellationToken) =>
        {
            if (await jobs.FindAsync(caller, jobId, cancellationToken) is not { Kind: JobKind.WidgetBuild or JobKind.AgentBuild } job)
            {
                throw new ProblemException(Problem.NotFound("job"));
            }

            metrics.Polled("builder");
            var includesUsage = Include.Read(request, "usage");
            return Polled.IsKnown(request, job.Sequence, job.IsSettled ? null : PollInterval)
                ? Results.StatusCode(StatusCodes.Status304NotModified)
                : ApiJson.Result(JobResponses.ToResponse(job, includesUsage));
        });
}
