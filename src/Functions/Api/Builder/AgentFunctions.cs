using Jobs.Domain.Identity;
using Jobs.Functions.Agents;
using Jobs.Functions.Api.Shared;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Options;

namespace Jobs.Functions.Api.Builder;

/// <summary>Contract 001: agents.</summary>
public sealed class AgentFunctions(BuilderEndpoint endpoint, ResourceEndpoint resources, AgentService agents, IOptions<PublicAddressOptions> publicAddress)
{
    private const string Agent = "agent";

    /// <summary>202 with a job when there is a prompt, 201 with a draft otherwise.</summary>
    [Function("CreateAgent")]
    public Task<IResult> Create(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/agents")] HttpRequest request,
        [DurableClient] DurableTaskClient client)
    {
        var address = PublicAddress.For(request, publicAddress);
        return resources.CreateAsync(
            request,
            agents,
            client,
            Agent,
            Accepted(address),
            (caller, id, message) => new AgentCreatedResponse(id, "created", message, address.AgentEditor(caller.Tenant, id)));
    }

    /// <summary>Builds an agent again; 409 while a build runs.</summary>
    [Function("BuildAgentAgain")]
    public Task<IResult> Build(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/agents/{agentId}/builds")] HttpRequest request,
        string agentId,
        [DurableClient] DurableTaskClient client) =>
        resources.BuildAsync(request, agents, client, Agent, agentId, Accepted(PublicAddress.For(request, publicAddress)));

    /// <summary>One page of the caller's agents, newest first.</summary>
    [Function("ListAgents")]
    public Task<IResult> List([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/agents")] HttpRequest request) =>
        endpoint.RunAsync(request, async (caller, cancellationToken) =>
        {
            var paging = Paging.Read(request);
            var address = PublicAddress.For(request, publicAddress);
            var (page, total) = await agents.ListAsync(caller, paging, cancellationToken);
            return ApiJson.Result(new AgentListResponse(
                [.. page.Select(line => new AgentListItem(line.Id, line.Name, line.Status, line.CreatedAt, address.AgentEditor(caller.Tenant, line.Id)))],
                total,
                paging.Page,
                paging.PagesOf(total),
                paging.Limit));
        });

    /// <summary>One agent.</summary>
    [Function("GetAgent")]
    public Task<IResult> Get([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/agents/{agentId}")] HttpRequest request, string agentId) =>
        endpoint.RunAsync(request, async (caller, cancellationToken) => await agents.FindAsync(caller, agentId, cancellationToken) is { } agent
            ? ApiJson.Result(AgentResponses.ToResponse(agent, PublicAddress.For(request, publicAddress)))
            : throw new ProblemException(Problem.NotFound(Agent)));

    /// <summary>Deletes an agent for good; 404 the second time.</summary>
    [Function("DeleteAgent")]
    public Task<IResult> Delete(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "v1/agents/{agentId}")] HttpRequest request,
        string agentId,
        [DurableClient] DurableTaskClient client) => resources.DeleteAsync(request, agents, client, Agent, agentId);

    /// <summary>
    /// The list of an agent's files, or one of them as text. One function owns both: the host would match either with a catch-all route.
    /// </summary>
    [Function("GetAgentFiles")]
    public Task<IResult> Files(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/agents/{agentId}/files/{*path}")] HttpRequest request,
        string agentId,
        string? path) => resources.FilesAsync(request, agents, Agent, agentId, path, files => new AgentFilesResponse(agentId, files));

    /// <summary>One page of the conversation about an agent.</summary>
    [Function("ListAgentMessages")]
    public Task<IResult> Messages(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/agents/{agentId}/messages")] HttpRequest request,
        string agentId) => resources.ListMessagesAsync(request, agents, Agent, agentId);

    /// <summary>Answers the open question, or builds again.</summary>
    [Function("PostAgentMessage")]
    public Task<IResult> PostMessage(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/agents/{agentId}/messages")] HttpRequest request,
        string agentId,
        [DurableClient] DurableTaskClient client) => resources.PostMessageAsync(request, agents, client, Agent, agentId);

    private static Func<Caller, AcceptedBody> Accepted(PublicAddress address) => caller => (id, jobId, message) =>
        new AgentAcceptedResponse(id, jobId, "pending", message, address.AgentEditor(caller.Tenant, id));
}
