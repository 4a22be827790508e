using Jobs.Domain.Identity;
using Jobs.Domain.Repositories;
using Jobs.Functions.Agents;
using Jobs.Functions.Api.Authentication;
using Jobs.Functions.Api.Builder;
using Jobs.Functions.Repositories;
using Jobs.Functions.Widgets;
using Jobs.Functions.Work;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Net.Http.Headers;

namespace Jobs.Functions.Workspace;

/// <summary>
/// The pages at every <c>editorUrl</c>, those of jobs, and their files. A page says nothing of what is behind its address without a session; with one, what is not the session's does not
/// exist.
/// </summary>
public sealed class WorkspaceFunctions(
    BuilderEndpoint endpoint,
    SessionAuthenticator sessions,
    AgentService agents,
    WidgetService widgets,
    WorkService work,
    WorkFiles files,
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
        ServeAsync(request, tenant, (_, _) => Task.FromResult(true), holder => page.Jobs(request, WorkspaceView.Of(holder)));

    /// <summary>The page of a user's own jobs; an organisation is led to the page of its jobs.</summary>
    [Function("ServeUserJobsWorkspace")]
    public Task<IResult> UserJobs([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "app/jobs")] HttpRequest request) =>
        ServeAsync(request, holder => Task.FromResult(holder.IsUser ? page.UserJobs(request, WorkspaceView.Of(holder)) : page.LeadTo(request, $"/app/{Uri.EscapeDataString(holder.Caller.Tenant)}/jobs")));

    /// <summary>A page that came of a user's job, such as a report: a file that its result lists, shown where nothing in it has any effect.</summary>
    [Function("ServeUserJobPage")]
    public Task<IResult> UserJobPage(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "app/jobs/{jobId}/files/{name}")] HttpRequest request,
        string jobId,
        string name) => ServeAsync(request, async holder =>
        {
            var cancellationToken = request.HttpContext.RequestAborted;
            return holder.IsUser
                && name.EndsWith(".html", StringComparison.Ordinal)
                && await work.FindAsync(holder.Caller, jobId, cancellationToken) is { } job
                && await files.OpenAsync(job, name, cancellationToken) is { } file
                    ? page.Foreign(request, file.Content)
                    : page.NotFound(request, WorkspaceView.Of(holder));
        });

    /// <summary>The page of a pull request of our own.</summary>
    [Function("ServePullRequestWorkspace")]
    public Task<IResult> PullRequest(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "app/{tenant}/pull-requests/{jobId}")] HttpRequest request,
        string tenant,
        string jobId) => ServeAsync(
            request,
            tenant,
            async (caller, cancellationToken) => await repositoryJobs.FindAsync(caller, jobId, cancellationToken) is { Repository.Kind: RepositoryKind.Local },
            holder => page.PullRequest(request, WorkspaceView.Of(holder) with { Id = jobId }));

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
        ServeAsync(request, tenant, existsAsync, holder => page.Workspace(request, WorkspaceView.Of(holder) with { Kind = kind, Id = id }));

    private Task<IResult> ServeAsync(
        HttpRequest request,
        string tenant,
        Func<Caller, CancellationToken, Task<bool>> existsAsync,
        Func<SessionHolder, IResult> draw) => ServeAsync(request, async holder =>
            !holder.IsUser && holder.Caller.Tenant == tenant && await existsAsync(holder.Caller, request.HttpContext.RequestAborted)
                ? draw(holder)
                : page.NotFound(request, WorkspaceView.Of(holder)));

    private Task<IResult> ServeAsync(HttpRequest request, Func<SessionHolder, Task<IResult>> drawAsync) => endpoint.RunPublicAsync(request, async cancellationToken =>
        await sessions.FindAsync(request, cancellationToken) is { } holder ? await drawAsync(holder) : page.SignIn(request));
}
