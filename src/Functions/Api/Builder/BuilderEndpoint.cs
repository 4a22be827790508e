using Jobs.Functions.Api.Authentication;
using Jobs.Functions.Api.Shared;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Jobs.Functions.Api.Builder;

/// <summary>The Builder contract shows no error body of its own: its problems are RFC 9457 problem details.</summary>
public sealed class BuilderEndpoint(ApiKeyAuthenticator authenticator, ILogger<BuilderEndpoint> logger) : ApiKeyEndpoint(authenticator, logger)
{
    /// <inheritdoc/>
    protected override IResult ToResult(Problem problem) => ApiJson.Result(problem, problem.Status, Problem.ContentType);
}
