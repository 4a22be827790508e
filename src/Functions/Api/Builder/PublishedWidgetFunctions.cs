using System.Text;
using Jobs.Domain;
using Jobs.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Net.Http.Headers;

namespace Jobs.Functions.Api.Builder;

/// <summary>
/// The public side of widgets: the only routes without a key. Nothing is served of a widget that is not published. What a build's address names never changes and
/// is cached for good; the page and the embed script, which name the current build, are asked for again after <see cref="CurrentMaxAge"/>.
/// </summary>
public sealed class PublishedWidgetFunctions(BuilderEndpoint endpoint, PublishedWidgetStore published, ArtifactStore artifacts)
{
    /// <summary>For how many seconds a browser may show a build after another one was published.</summary>
    public const int CurrentMaxAge = 60;

    private static readonly string CurrentCacheControl = $"public, max-age={CurrentMaxAge}";
    private const string ImmutableCacheControl = "public, max-age=31536000, immutable";

    /// <summary>The widget on a page of its own.</summary>
    [Function("ServeWidgetPage")]
    public Task<IResult> Page([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "w/{widgetId}")] HttpRequest request, string widgetId) =>
        endpoint.RunPublicAsync(request, async cancellationToken =>
        {
            if (await FindCurrentAsync(widgetId, cancellationToken) is not { } build)
            {
                return NotFound(request);
            }

            request.HttpContext.Response.Headers.ContentSecurityPolicy = PublishedWidgetResponses.ContentSecurityPolicy;
            return Send(request, PublishedWidgetResponses.Page(build), "text/html", CurrentCacheControl, build.BuildKey);
        });

    /// <summary>The script that mounts the widget on somebody's page.</summary>
    [Function("ServeWidgetEmbed")]
    public Task<IResult> Embed([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "w/{widgetId}/embed.js")] HttpRequest request, string widgetId) =>
        endpoint.RunPublicAsync(request, async cancellationToken => await FindCurrentAsync(widgetId, cancellationToken) is { } build
            ? Send(request, PublishedWidgetResponses.EmbedScript(build), "text/javascript", CurrentCacheControl, build.BuildKey)
            : NotFound(request));

    /// <summary>The script or the style sheet of one build.</summary>
    [Function("ServeWidgetBuild")]
    public Task<IResult> Build(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "w/{widgetId}/builds/{buildKey}/{file}")] HttpRequest request,
        string widgetId,
        string buildKey,
        string file) => endpoint.RunPublicAsync(request, cancellationToken => ServeAsync(request, widgetId, buildKey, file, cancellationToken));

    private async Task<IResult> ServeAsync(HttpRequest request, string widgetId, string buildKey, string file, CancellationToken cancellationToken)
    {
        if (!Ids.IsResourceId(widgetId)
            || !Guid.TryParseExact(buildKey, "D", out _)
            || await published.FindBuildAsync(widgetId, buildKey, cancellationToken) is not { } build)
        {
            return NotFound(request);
        }

        var (reference, contentType) = file switch
        {
            "widget.js" => (build.Bundle.Script, "text/javascript"),
            "widget.css" => (build.Bundle.Style, "text/css"),
            _ => (null, null),
        };
        if (reference is null)
        {
            return NotFound(request);
        }

        if (await artifacts.FindAsync(build.Tenant, widgetId, reference, cancellationToken) is not { } content)
        {
            // Deleted between the two reads; for a build that is still served a missing artifact is a fault.
            return await published.FindBuildAsync(widgetId, buildKey, cancellationToken) is null
                ? NotFound(request)
                : throw new InvalidDataException($"The artifact {reference} of published widget {widgetId} is missing.");
        }

        return Send(request, content.ToMemory(), contentType!, ImmutableCacheControl, reference);
    }

    private async Task<PublishedBuild?> FindCurrentAsync(string widgetId, CancellationToken cancellationToken) =>
        Ids.IsResourceId(widgetId) ? await published.FindCurrentAsync(widgetId, cancellationToken) : null;

    private static IResult Send(HttpRequest request, string text, string contentType, string cacheControl, string etag) =>
        Send(request, Encoding.UTF8.GetBytes(text), contentType, cacheControl, etag);

    private static IResult Send(HttpRequest request, ReadOnlyMemory<byte> content, string contentType, string cacheControl, string etag)
    {
        var headers = request.HttpContext.Response.Headers;
        headers.CacheControl = cacheControl;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        // Pages elsewhere load the module and the style, and our own page has an origin of its own.
        headers.AccessControlAllowOrigin = "*";
        headers["Cross-Origin-Resource-Policy"] = "cross-origin";
        // Results.Bytes answers 304 by itself.
        return Results.Bytes(content, $"{contentType}; charset=utf-8", entityTag: new EntityTagHeaderValue($"\"{etag}\""));
    }

    private static IResult NotFound(HttpRequest request)
    {
        request.HttpContext.Response.Headers.CacheControl = "no-store";
        return Results.Text("Not found.", "text/plain", Encoding.UTF8, StatusCodes.Status404NotFound);
    }
}
