using System.Text;
using Jobs.Domain.Identity;
using Jobs.Domain.Resources;
using Jobs.Functions.Api.Shared;
using Jobs.Functions.Resources;
using Microsoft.AspNetCore.Http;
using Microsoft.DurableTask.Client;

namespace Jobs.Functions.Api.Builder;

/// <summary>202: the job of an accepted build.</summary>
public delegate object AcceptedBody(string id, string jobId, string message);

/// <summary>The calls that widgets and agents have in common; only the names in their answers differ.</summary>
public sealed class ResourceEndpoint(BuilderEndpoint endpoint, IdempotentCreation creation)
{
    /// <summary>The most messages on one page.</summary>
    public const int MaxMessages = 100;

    /// <summary>The messages on a page when no limit is given.</summary>
    public const int DefaultMessages = 50;

    /// <summary>Creates a resource: 202 with a job when there is a prompt, 201 with a draft otherwise; with <c>?dryRun=true</c> 200 with what it would cost, and nothing is done.</summary>
    public Task<IResult> CreateAsync(
        HttpRequest request,
        ResourceService service,
        DurableTaskClient client,
        string what,
        Func<Caller, AcceptedBody> accepted,
        Func<Caller, string, string, object> created) => endpoint.RunAsync(request, async (caller, cancellationToken) =>
        {
            var isDryRun = DryRun.Read(request);
            var wanted = await CreateResourceRequest.ReadAsync(request, cancellationToken);
            if (isDryRun)
            {
                return ApiJson.Result(EstimateResponse.Of(service.EstimateCreation(wanted.Name, wanted.Description, wanted.Prompt)));
            }

            return await creation.RunAsync(request, caller, wanted.Body, CreateAsync);

            async Task<CreationResponse> CreateAsync(CreationIds ids, CancellationToken untilDone)
            {
                var message = $"{char.ToUpperInvariant(what[0])}{what[1..]} created.";
                if (wanted.Prompt is not { } prompt)
                {
                    ThrowUnlessPaid(await service.CreateDraftAsync(caller, ids.ResourceId, wanted.Name, wanted.Description, untilDone));
                    return new CreationResponse(StatusCodes.Status201Created, created(caller, ids.ResourceId, message), $"/v1/{what}s/{ids.ResourceId}");
                }

                ThrowUnlessStarted(await service.CreateAndBuildAsync(caller, ids, wanted.Name, wanted.Description, prompt, client, untilDone), what);
                return Accepted(accepted(caller), ids.ResourceId, ids.JobId, message);
            }
        });

    /// <summary>Builds a resource again; 409 while a build runs; with <c>?dryRun=true</c> 200 with what it would cost, and nothing is done.</summary>
    public Task<IResult> BuildAsync(
        HttpRequest request,
        ResourceService service,
        DurableTaskClient client,
        string what,
        string id,
        Func<Caller, AcceptedBody> accepted) => endpoint.RunAsync(request, async (caller, cancellationToken) =>
        {
            var isDryRun = DryRun.Read(request);
            var wanted = await TextRequest.ReadAsync(request, "prompt", cancellationToken);
            if (isDryRun)
            {
                var (start, estimate) = await service.EstimateBuildAsync(caller, id, wanted.Text, cancellationToken);
                ThrowUnlessStarted(start, what);
                return ApiJson.Result(EstimateResponse.Of(estimate!));
            }

            return await creation.RunAsync(request, caller, wanted.Body, async (ids, untilDone) =>
            {
                ThrowUnlessStarted(await service.BuildAsync(caller, id, ids, wanted.Text, client, untilDone), what);
                return Accepted(accepted(caller), id, ids.JobId, "Build started.");
            });
        });

    /// <summary>Answers the open question, or builds again.</summary>
    public Task<IResult> PostMessageAsync(HttpRequest request, ResourceService service, DurableTaskClient client, string what, string id) =>
        endpoint.RunAsync(request, async (caller, cancellationToken) =>
        {
            DryRun.Refuse(request);
            var wanted = await TextRequest.ReadAsync(request, "content", cancellationToken);
            return await creation.RunAsync(request, caller, wanted.Body, async (ids, untilDone) =>
            {
                switch (await service.PostMessageAsync(caller, id, ids, wanted.Text, client, untilDone))
                {
                    case Posted.Answered answered:
                        return new CreationResponse(
                            StatusCodes.Status202Accepted,
                            new MessageAcceptedResponse(answered.JobId, "building", "Answer accepted. Poll GET /v1/jobs/:jobId for build status."),
                            $"/v1/jobs/{answered.JobId}");

                    case Posted.Refined refined:
                        ThrowUnlessStarted(refined.Start, what);
                        return new CreationResponse(
                            StatusCodes.Status202Accepted,
                            new MessageAcceptedResponse(ids.JobId, "pending", "Build started. Poll GET /v1/jobs/:jobId for build status."),
                            $"/v1/jobs/{ids.JobId}");

                    default:
                        throw new System.Diagnostics.UnreachableException();
                }
            });
        });

    /// <summary>One page of the conversation: the latest, or those before the message that <c>before</c> names.</summary>
    public Task<IResult> ListMessagesAsync(HttpRequest request, ResourceService service, string what, string id) =>
        endpoint.RunAsync(request, async (caller, cancellationToken) =>
        {
            var (limit, before) = Cursor.Read(request, DefaultMessages, MaxMessages, ConversationResponses.ParseId, "must be the id of a message");
            return await service.ListMessagesAsync(caller, id, before, limit, cancellationToken) is { } conversation
                ? ApiJson.Result(ConversationResponses.ToResponse(conversation, limit))
                : throw new ProblemException(Problem.NotFound(what));
        });

    /// <summary>The list of a resource's files, or one of them as text.</summary>
    public Task<IResult> FilesAsync(
        HttpRequest request,
        ResourceService service,
        string what,
        string id,
        string? path,
        Func<IReadOnlyList<FileItem>, object> list) => endpoint.RunAsync(request, async (caller, cancellationToken) =>
        {
            if (await service.ReadFilesAsync(caller, id, cancellationToken) is not { } files)
            {
                throw new ProblemException(Problem.NotFound(what));
            }

            if (string.IsNullOrEmpty(path))
            {
                return ApiJson.Result(list([.. files.Select(file => new FileItem(file.Key, Encoding.UTF8.GetByteCount(file.Value)))]));
            }

            if (!files.TryGetValue(path, out var content))
            {
                throw new ProblemException(Problem.NotFound("file"));
            }

            // Text written by a machine, from our own address: never to be run or rendered by a browser.
            request.HttpContext.Response.Headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
            return Results.Text(content, "text/plain", Encoding.UTF8);
        });

    /// <summary>Deletes a resource for good; 404 the second time.</summary>
    public Task<IResult> DeleteAsync(HttpRequest request, ResourceService service, DurableTaskClient client, string what, string id) =>
        endpoint.RunAsync(request, async (caller, cancellationToken) => await service.DeleteAsync(caller, id, client, cancellationToken)
            ? ApiJson.Result(new DeletedResponse(true))
            : throw new ProblemException(Problem.NotFound(what)));

    private static CreationResponse Accepted(AcceptedBody body, string id, string jobId, string message) =>
        new(StatusCodes.Status202Accepted, body(id, jobId, $"{message} Poll GET /v1/jobs/:jobId for build status."), $"/v1/jobs/{jobId}");

    private static void ThrowUnlessPaid(bool isPaid)
    {
        if (!isPaid)
        {
            throw new ProblemException(Problem.InsufficientTokens);
        }
    }

    private static void ThrowUnlessStarted(BuildStart start, string what)
    {
        var problem = start switch
        {
            BuildStart.Started => null,
            BuildStart.NotFound => Problem.NotFound(what),
            BuildStart.NoTokens => Problem.InsufficientTokens,
            BuildStart.SpendingLimit => Problem.SpendingLimitReached,
            BuildStart.AlreadyRunning => new Problem(
                StatusCodes.Status409Conflict, "build_running", $"A build of this {what} is running; wait until it has ended.")
            { RetryAfter = 5 },
        };
        if (problem is not null)
        {
            throw new ProblemException(problem);
        }
    }
}
