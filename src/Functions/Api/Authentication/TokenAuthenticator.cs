using System.Net.Http.Headers;
using Jobs.Domain.Identity;
using Jobs.Functions.Api.Shared;
using Jobs.Functions.Identity;
using Microsoft.AspNetCore.Http;

namespace Jobs.Functions.Api.Authentication;

/// <summary>Turns <c>Authorization: Bearer</c> with a token of the configured issuer into a <see cref="Caller"/>. Nothing else in a request is a credential here: no cookie, no parameter.</summary>
public sealed class TokenAuthenticator(TokenValidator validator)
{
    /// <summary>
    /// Who calls. Throws <see cref="ProblemException"/>: 401, which says <c>invalid_token</c> where there is a bearer credential that is not one valid token; 503 when that cannot be told now.
    /// </summary>
    public async Task<Caller> AuthenticateAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var headers = request.Headers.Authorization;
        if (headers is [] || (headers is [{ } other] && !IsBearer(other)))
        {
            throw new ProblemException(Problem.TokenRequired);
        }

        try
        {
            return headers is [{ } header]
                && AuthenticationHeaderValue.TryParse(header, out var value)
                && value.Parameter is { } token
                && await validator.ValidateAsync(token, cancellationToken) is { } caller
                    ? caller
                    : throw new ProblemException(Problem.InvalidToken);
        }
        catch (IssuerUnavailableException)
        {
            throw new ProblemException(Problem.IssuerUnavailable);
        }
    }

    private static bool IsBearer(string header) =>
        header.StartsWith("Bearer", StringComparison.OrdinalIgnoreCase) && (header.Length == "Bearer".Length || header["Bearer".Length] == ' ');
}
