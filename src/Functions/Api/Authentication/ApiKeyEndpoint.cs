using Jobs.Domain.Identity;
using Jobs.Functions.Api.Shared;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Jobs.Functions.Api.Authentication;

/// <summary>A contract whose callers have API keys.</summary>
public abstract class ApiKeyEndpoint(ApiKeyAuthenticator authenticator, ILogger logger) : ContractEndpoint(logger)
{
    /// <inheritdoc/>
    protected override async Task<Caller> AuthenticateAsync(HttpRequest request, CancellationToken cancellationToken) =>
        await authenticator.AuthenticateAsync(request, cancellationToken) ?? throw new ProblemException(Problem.Unauthorized with { Challenge = "Bearer" });
}
