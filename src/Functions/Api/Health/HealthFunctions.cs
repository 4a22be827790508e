using System.Globalization;
using Jobs.Functions.Api.Builder;
using Jobs.Functions.Api.Shared;
using Jobs.Functions.Health;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Jobs.Functions.Api.Health;

/// <summary>What a platform asks to find out whether the app runs and whether it can work. Neither needs a credential, and neither says more than that.</summary>
public sealed class HealthFunctions(BuilderEndpoint endpoint, Readiness readiness, Jails jails)
{
    /// <summary>200 as long as the process answers; it asks nothing of anybody.</summary>
    [Function("GetLiveness")]
    public Task<IResult> Live([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "health/live")] HttpRequest request) =>
        endpoint.RunPublicAsync(request, _ => Task.FromResult(Answer(request, HealthResponses.Live, StatusCodes.Status200OK)));

    /// <summary>200 where everything that the app cannot do without is well, else 503; in less than two seconds, whatever hangs.</summary>
    [Function("GetReadiness")]
    public Task<IResult> Ready([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "health/ready")] HttpRequest request) =>
        endpoint.RunPublicAsync(request, async cancellationToken =>
        {
            var report = await readiness.ReadAsync(cancellationToken);
            if (!report.IsReady)
            {
                request.HttpContext.Response.Headers.RetryAfter = Readiness.Lifetime.TotalSeconds.ToString(CultureInfo.InvariantCulture);
            }

            return Answer(request, HealthResponses.Of(report, jails), report.IsReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
        });

    private static IResult Answer<T>(HttpRequest request, T body, int status)
    {
        request.HttpContext.Response.Headers.CacheControl = "no-store";
        return ApiJson.Result(body, status);
    }
}
