using System.Text.Json.Serialization;
using Jobs.Domain.Identity;
using Jobs.Functions.Api.Authentication;
using Jobs.Functions.Api.Builder;
using Jobs.Functions.Api.Shared;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Jobs.Functions.Workspace;

/// <summary>
/// Signing in to the page and out of it. A key has 190 random bits and a token a signature, so that trying them is hopeless at any speed, and a wrong one costs us what a right one does.
/// </summary>
public sealed class SessionFunctions(
    BuilderEndpoint endpoint, ApiKeyAuthenticator keys, TokenAuthenticator tokens, SessionAuthenticator sessions, BrowserSession session, TimeProvider time)
{
    /// <summary>The most characters that are read of a key; a well-formed one has fewer.</summary>
    public const int MaxKeyLength = 200;

    private const string KeyField = "apiKey";
    private const string TokenField = "accessToken";

    /// <summary>Whether the browser has a session: a page that was reached by a link on another site is asked for without the cookie.</summary>
    [Function("GetSession")]
    public Task<IResult> Get([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "app/session")] HttpRequest request) =>
        endpoint.RunPublicAsync(request, async cancellationToken =>
        {
            var isSignedIn = session.IsFromHere(request) && await sessions.FindAsync(request, cancellationToken) is not null;
            return Answer(request, new SessionResponse(isSignedIn));
        });

    /// <summary>
    /// Begins a session with an API key or an access token, which the session ends with; 401 for a wrong one, 403 for a request that another site began, 503 when a token cannot be told from
    /// an invalid one now.
    /// </summary>
    [Function("StartSession")]
    public Task<IResult> Start([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "app/session")] HttpRequest request) =>
        endpoint.RunPublicAsync(request, async cancellationToken =>
        {
            if (!session.IsFromHere(request))
            {
                throw new ProblemException(Problem.ForeignRequest);
            }

            var body = await RequestBody.ReadAsync(request, cancellationToken);
            var isUser = body.Has(TokenField);
            var credential = isUser ? body.Text(TokenField, 1, BrowserSession.MaxTokenLength, required: true) : body.Text(KeyField, 1, MaxKeyLength, required: true);
            if (isUser && body.Has(KeyField))
            {
                body.Refuse(KeyField, $"must not be there with '{TokenField}'");
            }

            body.ThrowIfInvalid();
            var (caller, lifetime) = isUser ? await FindByTokenAsync(credential!, cancellationToken) : await FindByKeyAsync(credential!, cancellationToken);
            session.Start(request, credential!, lifetime);
            return Answer(request, new SessionResponse(SignedIn: true, caller.Tenant, BrowserSession.CsrfTokenOf(credential!)));
        });

    /// <summary>Ends the session; 403 for a request that is not shown to be our page's.</summary>
    [Function("EndSession")]
    public Task<IResult> End([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "app/session")] HttpRequest request) =>
        endpoint.RunPublicAsync(request, _ =>
        {
            if (session.Find(request) is { } credential && !session.IsHonoured(request, credential))
            {
                throw new ProblemException(Problem.ForeignRequest);
            }

            session.End(request);
            return Task.FromResult(Answer(request, new SessionResponse(SignedIn: false)));
        });

    private async Task<(Caller Caller, TimeSpan Lifetime)> FindByKeyAsync(string key, CancellationToken cancellationToken) =>
        await keys.FindAsync(key, cancellationToken) is { } caller
            ? (caller, BrowserSession.Lifetime)
            : throw new ProblemException(Problem.Unauthorized with { Detail = "This is not a valid API key." });

    /// <summary>A token that has ended is honoured for a minute more, because clocks differ, but begins no session.</summary>
    private async Task<(Caller Caller, TimeSpan Lifetime)> FindByTokenAsync(string token, CancellationToken cancellationToken) =>
        await tokens.FindAsync(token, cancellationToken) is { } valid && valid.Expires - time.GetUtcNow() is var left && left >= TimeSpan.FromSeconds(1)
            ? (valid.Caller, left)
            : throw new ProblemException(Problem.InvalidToken with { Detail = "This access token is not valid: it is malformed, has expired, or is not meant for this service.", Challenge = null });

    private static IResult Answer(HttpRequest request, SessionResponse answer)
    {
        request.HttpContext.Response.Headers.CacheControl = "no-store";
        return ApiJson.Result(answer);
    }
}

/// <summary>The browser's session.</summary>
/// <param name="SignedIn">Whether there is one.</param>
/// <param name="Tenant">Whose it is, when it was just begun: a page that goes on with it must be this one's. Absent otherwise.</param>
/// <param name="CsrfToken">What requests of it must show, when it was just begun. Absent otherwise.</param>
public sealed record SessionResponse(
    bool SignedIn,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Tenant = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? CsrfToken = null);
