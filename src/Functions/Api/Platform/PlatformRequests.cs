using Jobs.Functions.Api.Shared;
using Microsoft.AspNetCore.Http;

namespace Jobs.Functions.Api.Platform;

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
