using Jobs.Functions.Api.Authentication;
using Jobs.Functions.Api.Shared;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Jobs.Functions.Api.Platform;

/// <summary>The Platform contract (004) puts every answer into an envelope, and problems too.</summary>
public sealed class PlatformEndpoint(ApiKeyAuthenticator authenticator, ILogger<PlatformEndpoint> logger) : ApiKeyEndpoint(authenticator, logger)
{
    /// <inheritdoc/>
    protected override IResult ToResult(Problem problem) =>
        ApiJson.Result(new Envelope<object>(Data: null, new EnvelopeError(problem.Code, problem.Detail)), problem.Status);
}
