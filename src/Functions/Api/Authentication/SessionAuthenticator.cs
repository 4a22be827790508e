using Jobs.Domain.Identity;
using Microsoft.AspNetCore.Http;

namespace Jobs.Functions.Api.Authentication;

/// <summary>Tells whom the session of a browser stands for, whichever credential it began with.</summary>
public sealed class SessionAuthenticator(BrowserSession session, ApiKeyAuthenticator keys, TokenAuthenticator tokens)
{
    /// <summary>
    /// Whose session it is; null without one and for one whose credential is not honoured any more. Throws <see cref="Shared.ProblemException"/> (503) when that cannot be told now.
    /// </summary>
    public async Task<SessionHolder?> FindAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (session.FindKey(request) is { } key)
        {
            return await keys.FindAsync(key, cancellationToken) is { } caller ? new SessionHolder(caller, IsUser: false, BrowserSession.CsrfTokenOf(key)) : null;
        }

        return session.FindToken(request) is { } token && await tokens.FindAsync(token, cancellationToken) is { } valid
            ? new SessionHolder(valid.Caller, IsUser: true, BrowserSession.CsrfTokenOf(token))
            : null;
    }
}

/// <summary>Whose session it is.</summary>
/// <param name="Caller">Whom it stands for.</param>
/// <param name="IsUser">True for a user with an access token, false for an organisation with an API key: neither is ever taken for the other.</param>
/// <param name="CsrfToken">What a request of the session that can change something must show.</param>
public sealed record SessionHolder(Caller Caller, bool IsUser, string CsrfToken);
