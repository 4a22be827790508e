using Jobs.Domain.Identity;
using Jobs.Domain.Repositories;
using Jobs.Functions.Agents;
using Jobs.Functions.Api.Authentication;
using Jobs.Functions.Api.Builder;
using Jobs.Functions.Repositories;
using Jobs.Functions.Widgets;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Net.Http.Headers;

namespace Jobs.Functions.Workspace;

/// <summary>
/// The pages at every <c>editorUrl</c>, and their files. A page says nothing of what is behind its address without a session; with one, what is not the session's does not exist.
/// </summary>
public sealed class WorkspaceFunctions(
    BuilderEndpoint endpoint,
    ApiKeyAuthenticator authenticator,
    BrowserSession session,
    AgentService agents,
    WidgetService widgets,
    RepositoryJobs repositoryJobs,
    WorkspacePage page,
    WorkspaceAssets assets)
{
    /// <summary>The page of an agent.</summary>
    [Function("ServeAgentWorkspace")]
    public Task<IResult> Agent(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "app/{tenant}/agents/{agentId}")] HttpRequest request,
        string tenant,
        string agentId) => ServeResourceAsync(
            request, tenant, "agents", agentId, async (caller, cancellationToken) => await agents.FindAsync(caller, agentId, cancellationToken) is not null);

    /// <summary>The page of a widget.</summary>
    [Function("ServeWidgetWorkspace")]
    public Task<IResult> Widget(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "app/{tenant}/widgets/{widgetId}")] HttpRequest request,
        string tenant,
        string widgetId) => ServeResourceAsync(
            request, tenant, "widgets", widgetId, async (caller, cancellationToken) => await widgets.FindAsync(caller, widgetId, cancellationToken) is not null);

    /// <summary>The page of an organisation's jobs.</summary>
    [Function("ServeJobsWorkspace")]
    public Task<IResult> Jobs([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "app/{tenant}/jobs")] HttpRequest request, string tenant) =>
        ServeAsync(request, tenant, (_, _) => Task.FromResult(true), (caller, csrfToken) => page.Jobs(request, new WorkspaceView("", "", tenant, caller.IsAdmin, csrfToken)));

    /// <summary>The page of a pull request of our own.</summary>
    [Function("ServePullRequestWorkspace")]
    public Task<IResult> PullRequest(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "app/{tenant}/pull-requests/{jobId}")] HttpRequest request,
        string tenant,
        string jobId) => ServeAsync(
            request,
            tenant,
            async (caller, cancellationToken) => await repositoryJobs.FindAsync(caller, jobId, cancellationToken) is { Repository.Kind: RepositoryKind.Local },
            (caller, csrfToken) => page.PullRequest(request, new WorkspaceView("", jobId, tenant, caller.IsAdmin, csrfToken)));

    /// <summary>A file of the page; what an address names never changes.</summary>
    [Function("ServeWorkspaceAsset")]
    public Task<IResult> Asset(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "app/assets/{version:length(16)}/{file}")] HttpRequest request,
        string version,
        string file) => endpoint.RunPublicAsync(request, _ =>
        {
            var headers = request.HttpContext.Response.Headers;
            headers["Cross-Origin-Resource-Policy"] = "same-origin";
            if (assets.Find(version, file) is not { } asset)
            {
                headers.CacheControl = "no-store";
                return Task.FromResult(Results.Text("Not found.", "text/plain", System.Text.Encoding.UTF8, StatusCodes.Status404NotFound));
            }

            headers.CacheControl = "public, max-age=31536000, immutable";
            return Task.FromResult(Results.Bytes(asset.Content, $"{asset.ContentType}; charset=utf-8", entityTag: new EntityTagHeaderValue($"\"{version}\"")));
        });

    private Task<IResult> ServeResourceAsync(HttpRequest request, string tenant, string kind, string id, Func<Caller, CancellationToken, Task<bool>> existsAsync) =>
        ServeAsync(request, tenant, existsAsync, (caller, csrfToken) => page.Workspace(request, new WorkspaceView(kind, id, tenant, caller.IsAdmin, csrfToken)));

    private Task<IResult> ServeAsync(
        HttpRequest request,
        string tenant,
        Func<Caller, CancellationToken, Task<bool>> existsAsync,
        Func<Caller, string, IResult> draw) => endpoint.RunPublicAsync(request, async cancellationToken =>
        {
            if (session.FindKey(request) is not { } key || await authenticator.FindAsync(key, cancellationToken) is not { } caller)
            {
                return page.SignIn(request);
            }

            var csrfToken = BrowserSession.CsrfTokenOf(key);
            return caller.Tenant == tenant && await existsAsync(caller, cancellationToken)
                ? draw(caller, csrfToken)
                : page.NotFound(request, csrfToken);
        });
}
