using Jobs.Domain.Identity;
using Jobs.Functions.Api.Shared;
using Jobs.Functions.Widgets;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Options;

namespace Jobs.Functions.Api.Builder;

/// <summary>The Builder contract's widgets: contract 001's calls, with a widget for the agent.</summary>
public sealed class WidgetFunctions(BuilderEndpoint endpoint, ResourceEndpoint resources, WidgetService widgets, IOptions<PublicAddressOptions> publicAddress)
{
    private const string Widget = "widget";

    /// <summary>202 with a job when there is a prompt, 201 with a draft otherwise.</summary>
    [Function("CreateWidget")]
    public Task<IResult> Create(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/widgets")] HttpRequest request,
        [DurableClient] DurableTaskClient client)
    {
        var address = PublicAddress.For(request, publicAddress);
        return resources.CreateAsync(
            request,
            widgets,
            client,
            Widget,
            Accepted(address),
            (caller, id, message) => new WidgetCreatedResponse(id, "created", message, address.WidgetEditor(caller.Tenant, id)));
    }

    /// <summary>Builds a widget again; 409 while a build runs.</summary>
    [Function("BuildWidgetAgain")]
    public Task<IResult> Build(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/widgets/{widgetId}/builds")] HttpRequest request,
        string widgetId,
        [DurableClient] DurableTaskClient client) =>
        resources.BuildAsync(request, widgets, client, Widget, widgetId, Accepted(PublicAddress.For(request, publicAddress)));

    /// <summary>One page of the caller's widgets, newest first.</summary>
    [Function("ListWidgets")]
    public Task<IResult> List([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/widgets")] HttpRequest request) =>
        endpoint.RunAsync(request, async (caller, cancellationToken) =>
        {
            var paging = Paging.Read(request);
            var address = PublicAddress.For(request, publicAddress);
            var (page, total) = await widgets.ListAsync(caller, paging, cancellationToken);
            return ApiJson.Result(new WidgetListResponse(
                [.. page.Select(line => new WidgetListItem(line.Id, line.Name, line.Status, line.CreatedAt, address.WidgetEditor(caller.Tenant, line.Id)))],
                total,
                paging.Page,
                paging.PagesOf(total),
                paging.Limit));
        });

    /// <summary>One widget.</summary>
    [Function("GetWidget")]
    public Task<IResult> Get([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/widgets/{widgetId}")] HttpRequest request, string widgetId) =>
        endpoint.RunAsync(request, async (caller, cancellationToken) => await widgets.FindAsync(caller, widgetId, cancellationToken) is { } widget
            ? ApiJson.Result(WidgetResponses.ToResponse(widget, PublicAddress.For(request, publicAddress)))
            : throw new ProblemException(Problem.NotFound(Widget)));

    /// <summary>Deletes a widget for good; 404 the second time.</summary>
    [Function("DeleteWidget")]
    public Task<IResult> Delete(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "v1/widgets/{widgetId}")] HttpRequest request,
        string widgetId,
        [DurableClient] DurableTaskClient client) => resources.DeleteAsync(request, widgets, client, Widget, widgetId);

    /// <summary>Serves the current build to the public; 409 until its <c>buildStatus.status</c> is SUCCEEDED.</summary>
    [Function("PublishWidget")]
    public Task<IResult> Publish(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/widgets/{widgetId}/publish")] HttpRequest request,
        string widgetId) => endpoint.RunAsync(request, async (caller, cancellationToken) =>
        {
            var address = PublicAddress.For(request, publicAddress);
            return await widgets.PublishAsync(caller, widgetId, cancellationToken) switch
            {
                Publication.Published published => ApiJson.Result(new WidgetPublishedResponse(
                    widgetId,
                    "PUBLISHED",
                    published.BuildId,
                    address.WidgetPage(widgetId),
                    $"<script src=\"{address.WidgetScript(widgetId)}\" async></script>")),
                Publication.NotReady notReady => throw new ProblemException(
                    new Problem(StatusCodes.Status409Conflict, "build_not_succeeded", notReady.Reason)),
                _ => throw new ProblemException(Problem.NotFound(Widget)),
            };
        });

    /// <summary>
    /// The list of a widget's files, or one of them as text. One function owns both: the host would match either with a catch-all route.
    /// </summary>
    [Function("GetWidgetFiles")]
    public Task<IResult> Files(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/widgets/{widgetId}/files/{*path}")] HttpRequest request,
        string widgetId,
        string? path) => resources.FilesAsync(request, widgets, Widget, widgetId, path, files => new WidgetFilesResponse(widgetId, files));

    /// <summary>One page of the conversation about a widget.</summary>
    [Function("ListWidgetMessages")]
    public Task<IResult> Messages(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/widgets/{widgetId}/messages")] HttpRequest request,
        string widgetId) => resources.ListMessagesAsync(request, widgets, Widget, widgetId);

    /// <summary>Answers the open question, or builds again.</summary>
    [Function("PostWidgetMessage")]
    public Task<IResult> PostMessage(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/widgets/{widgetId}/messages")] HttpRequest request,
        string widgetId,
        [DurableClient] DurableTaskClient client) => resources.PostMessageAsync(request, widgets, client, Widget, widgetId);

    private static Func<Caller, AcceptedBody> Accepted(PublicAddress address) => caller => (id, jobId, message) =>
        new WidgetAcceptedResponse(id, jobId, "pending", message, address.WidgetEditor(caller.Tenant, id));
}
