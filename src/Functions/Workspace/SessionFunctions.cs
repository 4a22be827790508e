using Jobs.Functions.Api.Authentication;
using Jobs.Functions.Api.Builder;
using Jobs.Functions.Api.Shared;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Jobs.Functions.Workspace;

/// <summary>
/// Signing in to the page and out of it. A key has 190 random bits, so that trying keys is hopeless at any speed, and a wrong one costs us what a right one does.
/// </summary>
public sealed class SessionFunctions(BuilderEndpoint endpoint, ApiKeyAuthenticator authenticator, BrowserSession session)
{
    /// <summary>The most characters that are read of a key; a well-formed one has fewer.</summary>
    public const int MaxKeyLength = 200;

    /// <summary>Whether the browser has a session: a page that was reached by a link on another site is asked for without the cookie.</summary>
    [Function("GetSession")]
    public Task<IResult> Get([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "app/session")] HttpRequest request) =>
        endpoint.RunPublicAsync(request, async cancellationToken =>
        {
            var isSignedIn = session.FindKey(request) is { } key
                && session.IsHonoured(request, key)
                && await authenticator.FindAsync(key, cancellationToken) is not null;
            return Answer(request, isSignedIn);
        });

    /// <summary>Begins a session with an API key; 401 for a wrong one, 403 for a request that another site began.</summary>
    [Function("StartSession")]
    public Task<IResult> Start([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "app/session")] HttpRequest request) =>
        endpoint.RunPublicAsync(request, async cancellationToken =>
        {
            if (!session.IsFromHere(request))
            {
                throw new ProblemException(Problem.ForeignRequest);
            }

            var body = await RequestBody.ReadAsync(request, cancellationToken);
            var key = body.Text("apiKey", 1, MaxKeyLength, required: true);
            body.ThrowIfInvalid();
            if (await authenticator.FindAsync(key!, cancellationToken) is null)
            {
                throw new ProblemException(Problem.Unauthorized with { Detail = "This is not a valid API key." });
            }

            session.Start(request, key!);
            return Answer(request, isSignedIn: true);
        });

    /// <summary>Ends the session; 403 for a request that is not shown to be our page's.</summary>
    [Function("EndSession")]
    public Task<IResult> End([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "app/session")] HttpRequest request) =>
        endpoint.RunPublicAsync(request, _ =>
        {
            if (session.FindKey(request) is { } key && !session.IsHonoured(request, key))
            {
                throw new ProblemException(Problem.ForeignRequest);
            }

            session.End(request);
            return Task.FromResult(Answer(request, isSignedIn: false));
        });

    private static IResult Answer(HttpRequest request, bool isSignedIn)
    {
        request.HttpContext.Response.Headers.CacheControl = "no-store";
        return ApiJson.Result(new SessionResponse(isSignedIn));
    }
}

/// <summary>Whether the browser has a session.</summary>
public sealed record SessionResponse(bool SignedIn);
