using System.Net.Http.Headers;
using Jobs.Domain.Identity;
using Jobs.Functions.Api.Shared;
using Jobs.Functions.Identity;
using Microsoft.AspNetCore.Http;

namespace Jobs.Functions.Api.Authentication;

/// <summary>
/// Turns <c>Authorization: Bearer</c> with a token of the configured issuer, or without that header the session of a browser that began with one, into a <see cref="Caller"/>. Nothing else
/// in a request is a credential here: no parameter, and no session that began with an API key.
/// </summary>
public sealed class TokenAuthenticator(TokenValidator validator, BrowserSession session)
{
    /// <summary>
    /// Who calls. A request with the header is judged by it alone. Throws <see cref="ProblemException"/>: 401, which says <c>invalid_token</c> where there is a bearer credential or a session
    /// that is not one valid token; 403 for a request of a session that is not shown to be our page's; 503 when a token cannot be told from an invalid one now.
    /// </summary>
    public async Task<Caller> AuthenticateAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var headers = request.Headers.Authorization;
        if (headers is [])
        {
            return await AuthenticateSessionAsync(request, cancellationToken);
        }

        if (headers is [{ } other] && !IsBearer(other))
        {
            throw new ProblemException(Problem.TokenRequired);
        }

        return headers is [{ } header]
            && AuthenticationHeaderValue.TryParse(header, out var value)
            && value.Parameter is { } token
            && await FindAsync(token, cancellationToken) is { } valid
                ? valid.Caller
                : throw new ProblemException(Problem.InvalidToken);
    }

    /// <summary>What a token says; null for one that is not valid. Throws <see cref="ProblemException"/> (503) when that cannot be told now.</summary>
    public async Task<ValidToken?> FindAsync(string token, CancellationToken cancellationToken)
    {
        try
        {
            return await validator.ValidateAsync(token, cancellationToken);
        }
        catch (IssuerUnavailableException)
        {
            throw new ProblemException(Problem.IssuerUnavailable);
        }
    }

    private async Task<Caller> AuthenticateSessionAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (session.FindToken(request) is not { } token)
        {
            throw new ProblemException(Problem.TokenRequired);
        }

        if (await FindAsync(token, cancellationToken) is not { } valid)
        {
            throw new ProblemException(Problem.InvalidToken);
        }

        return session.IsHonoured(request, token) ? valid.Caller : throw new ProblemException(Problem.ForeignRequest);
    }

    private static bool IsBearer(string header) =>
        header.StartsWith("Bearer", StringComparison.OrdinalIgnoreCase) && (header.Length == "Bearer".Length || header["Bearer".Length] == ' ');
}
