using System.Text;
using Jobs.Functions.Api.Shared;
using Jobs.Functions.Widgets;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Configuration;

namespace Jobs.Functions.Api.Builder;

/// <summary>The Builder contract's widgets: contract 001's calls, with a widget for the agent.</summary>
public sealed class WidgetFunctions(BuilderEndpoint endpoint, IdempotentCreation creation, WidgetService widgets, IConfiguration configuration)
{
    /// <summary>202 with a job when there is a prompt, 201 with a draft otherwise.</summary>
    [Function("CreateWidget")]
    public Task<IResult> Create(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/widgets")] HttpRequest request,
        [DurableClient] DurableTaskClient client) => endpoint.RunAsync(request, async (caller, cancellationToken) =>
        {
            var wanted = await CreateWidgetRequest.ReadAsync(request, cancellationToken);
            var address = PublicAddress.For(request, configuration);
            return await creation.RunAsync(request, caller, wanted.Body, CreateAsync);

            async Task<CreationResponse> CreateAsync(CreationIds ids, CancellationToken untilDone)
            {
                var widgetId = ids.ResourceId;
                var editor = address.WidgetEditor(caller.Tenant, widgetId);
                if (wanted.Prompt is not { } prompt)
                {
                    await widgets.CreateDraftAsync(caller, widgetId, wanted.Name, wanted.Description, untilDone);
                    return new CreationResponse(
                        StatusCodes.Status201Created,
                        new WidgetCreatedResponse(widgetId, "created", "Widget created.", editor),
                        $"/v1/widgets/{widgetId}");
                }

                await widgets.CreateAndBuildAsync(caller, ids, wanted.Name, wanted.Description, prompt, client, untilDone);
                return Accepted(widgetId, ids.JobId, "Widget created.", editor);
            }
        });

    /// <summary>Builds a widget again; 409 while a build runs.</summary>
    [Function("BuildWidgetAgain")]
    public Task<IResult> Build(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/widgets/{widgetId}/builds")] HttpRequest request,
        string widgetId,
        [DurableClient] DurableTaskClient client) => endpoint.RunAsync(request, async (caller, cancellationToken) =>
        {
            var wanted = await BuildWidgetRequest.ReadAsync(request, cancellationToken);
            var address = PublicAddress.For(request, configuration);
            return await creation.RunAsync(request, caller, wanted.Body, BuildAsync);

            async Task<CreationResponse> BuildAsync(CreationIds ids, CancellationToken untilDone) =>
                await widgets.BuildAsync(caller, widgetId, ids, wanted.Prompt, client, untilDone) switch
                {
                    BuildStart.Started => Accepted(widgetId, ids.JobId, "Build started.", address.WidgetEditor(caller.Tenant, widgetId)),
                    BuildStart.NotFound => throw new ProblemException(Problem.NotFound("widget")),
                    BuildStart.AlreadyRunning => throw new ProblemException(
                        new Problem(StatusCodes.Status409Conflict, "build_running", "A build of this widget is running; wait until it has ended.") { RetryAfter = 5 }),
                };
        });

    /// <summary>One page of the caller's widgets, newest first.</summary>
    [Function("ListWidgets")]
    public Task<IResult> List([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/widgets")] HttpRequest request) =>
        endpoint.RunAsync(request, async (caller, cancellationToken) =>
        {
            var paging = Paging.Read(request);
            var address = PublicAddress.For(request, configuration);
            var (page, total) = await widgets.ListAsync(caller, paging, cancellationToken);
            return ApiJson.Result(new WidgetListResponse(
                [.. page.Select(line => WidgetResponses.ToItem(line, caller.Tenant, address))],
                total,
                paging.Page,
                paging.PagesOf(total),
                paging.Limit));
        });

    /// <summary>One widget.</summary>
    [Function("GetWidget")]
    public Task<IResult> Get([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/widgets/{widgetId}")] HttpRequest request, string widgetId) =>
        endpoint.RunAsync(request, async (caller, cancellationToken) => await widgets.FindAsync(caller, widgetId, cancellationToken) is { } widget
            ? ApiJson.Result(WidgetResponses.ToResponse(widget, PublicAddress.For(request, configuration)))
            : throw new ProblemException(Problem.NotFound("widget")));

    /// <summary>Deletes a widget for good; 404 the second time.</summary>
    [Function("DeleteWidget")]
    public Task<IResult> Delete([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "v1/widgets/{widgetId}")] HttpRequest request, string widgetId) =>
        endpoint.RunAsync(request, async (caller, cancellationToken) => await widgets.DeleteAsync(caller, widgetId, cancellationToken)
            ? ApiJson.Result(new DeletedResponse(true))
            : throw new ProblemException(Problem.NotFound("widget")));

    /// <summary>Serves the current build to the public; 409 until its <c>buildStatus.status</c> is SUCCEEDED.</summary>
    [Function("PublishWidget")]
    public Task<IResult> Publish(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/widgets/{widgetId}/publish")] HttpRequest request,
        string widgetId) => endpoint.RunAsync(request, async (caller, cancellationToken) =>
        {
            var address = PublicAddress.For(request, configuration);
            return await widgets.PublishAsync(caller, widgetId, cancellationToken) switch
            {
                Publication.Published published => ApiJson.Result(new WidgetPublishedResponse(
                    widgetId,
                    WidgetResponses.StatusOf(isPublished: true),
                    published.BuildId,
                    address.WidgetPage(widgetId),
                    $"<script src=\"{address.WidgetScript(widgetId)}\" async></script>")),
                Publication.NotReady notReady => throw new ProblemException(
                    new Problem(StatusCodes.Status409Conflict, "build_not_succeeded", notReady.Reason)),
                _ => throw new ProblemException(Problem.NotFound("widget")),
            };
        });

    /// <summary>
    /// The list of a widget's files, or one of them as text. One function owns both: the host would match either with a catch-all route.
    /// </summary>
    [Function("GetWidgetFiles")]
    public Task<IResult> Files(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/widgets/{widgetId}/files/{*path}")] HttpRequest request,
        string widgetId,
        string? path) => endpoint.RunAsync(request, async (caller, cancellationToken) =>
        {
            if (await widgets.ReadFilesAsync(caller, widgetId, cancellationToken) is not { } files)
            {
                throw new ProblemException(Problem.NotFound("widget"));
            }

            if (string.IsNullOrEmpty(path))
            {
                return ApiJson.Result(new WidgetFilesResponse(
                    widgetId,
                    [.. files.Select(file => new WidgetFileItem(file.Key, Encoding.UTF8.GetByteCount(file.Value)))]));
            }

            if (!files.TryGetValue(path, out var content))
            {
                throw new ProblemException(Problem.NotFound("file"));
            }

            // Text written by a machine, from our own address: never to be run or rendered by a browser.
            request.HttpContext.Response.Headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
            return Results.Text(content, "text/plain", Encoding.UTF8);
        });

    private static CreationResponse Accepted(string widgetId, string jobId, string what, string editor) => new(
        StatusCodes.Status202Accepted,
        new WidgetAcceptedResponse(widgetId, jobId, "pending", $"{what} Poll GET /v1/jobs/:jobId for build status.", editor),
        $"/v1/jobs/{jobId}");
}
