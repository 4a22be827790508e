using Jobs.Domain.Identity;
using Jobs.Functions.Api.Authentication;
using Jobs.Functions.Api.Shared;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Jobs.Functions.Api.Analysis;

/// <summary>The Analysis contract (003): its callers are users with bearer tokens, and its problems are RFC 9457 problem details, because it shows no error body of its own.</summary>
public sealed class AnalysisEndpoint(TokenAuthenticator authenticator, ILogger<AnalysisEndpoint> logger) : ContractEndpoint(logger)
{
    /// <inheritdoc/>
    protected override Task<Caller> AuthenticateAsync(HttpRequest request, CancellationToken cancellationToken) => authenticator.AuthenticateAsync(request, cancellationToken);

    /// <inheritdoc/>
    protected override IResult ToResult(Problem problem) => ApiJson.Result(problem, problem.Status, Problem.ContentType);
}
