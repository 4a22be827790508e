using System.Globalization;
using Jobs.Functions.Api.Shared;
using Jobs.Functions.Jobs;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Net.Http.Headers;

namespace Jobs.Functions.Api.Builder;

/// <summary>Contract 000: polling a job. One read of the status row, and nothing else.</summary>
public sealed class JobFunctions(BuilderEndpoint endpoint, JobService jobs)
{
    /// <summary>The seconds to wait before the next poll: contract 000's recommended interval.</summary>
    public const int PollInterval = 5;

    /// <summary>The job; 304 when the caller has this state already. <c>Retry-After</c> is sent as long as anything can still change.</summary>
    [Function("GetJob")]
    public Task<IResult> Get([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/jobs/{jobId}")] HttpRequest request, string jobId) =>
        endpoint.RunAsync(request, async (caller, cancellationToken) =>
        {
            if (await jobs.FindAsync(caller, jobId, cancellationToken) is not { } job)
            {
                throw new ProblemException(Problem.NotFound("job"));
            }

            var etag = new EntityTagHeaderValue(string.Create(CultureInfo.InvariantCulture, $"\"{job.Sequence}\""));
            var response = request.HttpContext.Response;
            response.GetTypedHeaders().ETag = etag;
            if (!job.IsSettled)
            {
                response.Headers.RetryAfter = PollInterval.ToString(CultureInfo.InvariantCulture);
            }

            // GET compares weakly (RFC 9110, 13.1.2).
            return request.GetTypedHeaders().IfNoneMatch.Any(known => known.Compare(etag, useStrongComparison: false) || known.Equals(EntityTagHeaderValue.Any))
                ? Results.StatusCode(StatusCodes.Status304NotModified)
                : ApiJson.Result(JobResponses.ToResponse(job));
        });
}
