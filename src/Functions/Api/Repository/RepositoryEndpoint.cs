using Jobs.Domain.Identity;
using Jobs.Functions.Api.Authentication;
using Jobs.Functions.Api.Shared;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Jobs.Functions.Api.Repository;

/// <summary>The Repository contract (002): its callers show an organisation's API key in <c>x-api-key</c>, or are our page with its session; its problems are one sentence.</summary>
public class RepositoryEndpoint(ApiKeyAuthenticator authenticator, ILogger<RepositoryEndpoint> logger) : ContractEndpoint(logger)
{
    /// <summary>The header with the key.</summary>
    public const string KeyHeader = "x-api-key";

    private static readonly Problem Unauthorized = Problem.Unauthorized with { Challenge = "ApiKey" };

    /// <summary>True for a request that shows, or tries to show, what this contract asks for: where a contract with tokens has the same address, it is this one that is meant.</summary>
    public bool IsMeant(HttpRequest request) => request.Headers.ContainsKey(KeyHeader) || authenticator.HasSession(request);

    /// <inheritdoc/>
    protected override async Task<Caller> AuthenticateAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var caller = request.Headers.TryGetValue(KeyHeader, out var values)
            ? values is [{ } key] ? await authenticator.FindAsync(key, cancellationToken) : null
            : request.Headers.Authorization is [] ? await authenticator.AuthenticateAsync(request, cancellationToken)
            : null;
        return caller ?? throw new ProblemException(Unauthorized);
    }

    /// <inheritdoc/>
    protected override IResult ToResult(Problem problem) => ApiJson.Result(new RepositoryError(TextOf(problem)), StatusOf(problem));

    /// <summary>What the contract says of a problem.</summary>
    protected virtual string TextOf(Problem problem) => problem.Status switch
    {
        StatusCodes.Status401Unauthorized => "Unauthorized",
        StatusCodes.Status404NotFound => "Not found",
        _ => problem.Detail,
    };

    /// <summary>A key that was used with another body is a conflict here.</summary>
    protected virtual int StatusOf(Problem problem) => problem.Status is StatusCodes.Status422UnprocessableEntity ? StatusCodes.Status409Conflict : problem.Status;
}

/// <summary>The one call for which the contract says what a fault of ours is, storage that is away among them.</summary>
public sealed class RepositoryStatusEndpoint(ApiKeyAuthenticator authenticator, ILogger<RepositoryEndpoint> logger) : RepositoryEndpoint(authenticator, logger)
{
    /// <inheritdoc/>
    protected override string TextOf(Problem problem) => IsFault(problem) ? "Failed to get job status" : base.TextOf(problem);

    /// <inheritdoc/>
    protected override int StatusOf(Problem problem) => IsFault(problem) ? StatusCodes.Status500InternalServerError : base.StatusOf(problem);

    private static bool IsFault(Problem problem) => problem.Status >= StatusCodes.Status500InternalServerError;
}
