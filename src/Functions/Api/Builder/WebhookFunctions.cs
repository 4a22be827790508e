using Jobs.Domain.Agents;
using Jobs.Domain.Identity;
using Jobs.Domain.Runs;
using Jobs.Functions.Agents;
using Jobs.Functions.Api.Shared;
using Jobs.Functions.Runs;
using Jobs.Functions.Triggers;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Options;

namespace Jobs.Functions.Api.Builder;

/// <summary>The webhook of an agent: an address that nobody can guess, which starts a run with what is sent to it.</summary>
public sealed class WebhookFunctions(
    BuilderEndpoint endpoint,
    IdempotentCreation creation,
    AgentService agents,
    RunEndpoint starter,
    TriggerService triggers,
    IOptions<PublicAddressOptions> publicAddress)
{
    private const string PathToLog = "/hooks/…";

    /// <summary>Makes the address, in place of the one before, which starts nothing from now on. It is shown this once.</summary>
    [Function("CreateAgentWebhook")]
    public Task<IResult> Create(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/agents/{agentId}/webhook")] HttpRequest request,
        string agentId) => endpoint.RunAsync(request, async (caller, cancellationToken) =>
            await triggers.CreateWebhookAsync(caller, agentId, cancellationToken) is { } token
                ? ApiJson.Result(new WebhookCreatedResponse(PublicAddress.For(request, publicAddress).Webhook(token)))
                : throw new ProblemException(Problem.NotFound("agent")));

    /// <summary>Removes the address; 404 the second time.</summary>
    [Function("DeleteAgentWebhook")]
    public Task<IResult> Delete(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "v1/agents/{agentId}/webhook")] HttpRequest request,
        string agentId) => endpoint.RunAsync(request, async (caller, cancellationToken) =>
            await agents.FindAsync(caller, agentId, cancellationToken) is null ? throw new ProblemException(Problem.NotFound("agent"))
            : await triggers.DeleteWebhookAsync(caller, agentId, cancellationToken) ? ApiJson.Result(new DeletedResponse(true))
            : throw new ProblemException(Problem.NotFound("webhook")));

    /// <summary>
    /// The public address: starts a run with the body as its input and answers 202 at once, a redelivery likewise with the first answer; what a sender asks only to see whether the address is
    /// wanted starts nothing (<see cref="WebhookHandshake"/>). The same 404 for a token that was never made, was replaced or removed, or whose agent is paused or deleted. The path is a
    /// secret, and stands in no log of ours.
    /// </summary>
    [Function("ReceiveWebhook")]
    public Task<IResult> Receive(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "hooks/{token}")] HttpRequest request,
        string token,
        [DurableClient] DurableTaskClient client) => endpoint.RunPublicAsync(
            request,
            async cancellationToken =>
            {
                var agent = await FindAsync(token, cancellationToken);
                var body = await WebhookBody.ReadAsync(request, cancellationToken);
                if (WebhookHandshake.AnswerPost(request, body) is { } answer)
                {
                    return answer;
                }

                var caller = new Caller(agent.Tenant, RunTriggers.WordOf(RunTrigger.Webhook), IsAdmin: false);
                var wanted = RunRequest.OfWebhook(body);
                return await creation.RunAsync(
                    request,
                    caller,
                    wanted.Body,
                    (ids, untilDone) => starter.StartAsync(caller, agent.Id, ids, wanted, RunTrigger.Webhook, client, untilDone),
                    deliveryId: WebhookDelivery.IdOf(request));
            },
            PathToLog);

    /// <summary>What senders ask of the public address before they send anything: <see cref="WebhookHandshake"/>. The same 404 as for a delivery; 405 for anything else.</summary>
    [Function("VerifyWebhook")]
    public Task<IResult> Verify(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "options", Route = "hooks/{token}")] HttpRequest request,
        string token) => endpoint.RunPublicAsync(
            request,
            async cancellationToken =>
            {
                await FindAsync(token, cancellationToken);
                if ((HttpMethods.IsOptions(request.Method) ? WebhookHandshake.AnswerOptions(request) : WebhookHandshake.AnswerGet(request)) is { } answer)
                {
                    return answer;
                }

                request.HttpContext.Response.Headers.Allow = "POST";
                throw new ProblemException(new Problem(StatusCodes.Status405MethodNotAllowed, "method_not_allowed", "A webhook is called by POST."));
            },
            PathToLog);

    private async Task<Agent> FindAsync(string token, CancellationToken cancellationToken) =>
        await triggers.FindByTokenAsync(token, cancellationToken) ?? throw new ProblemException(Problem.NotFound("webhook"));
}
