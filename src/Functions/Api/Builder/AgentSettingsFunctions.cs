using Jobs.Domain.Agents;
using Jobs.Functions.Agents;
using Jobs.Functions.Api.Shared;
using Jobs.Functions.Runs;
using Jobs.Functions.Secrets;
using Jobs.Functions.Triggers;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Jobs.Functions.Api.Builder;

/// <summary>When an agent runs by itself, and what it is granted.</summary>
public sealed class AgentSettingsFunctions(BuilderEndpoint endpoint, AgentService agents, TriggerService triggers, ProgramStore programs, SecretVault secrets)
{
    /// <summary>The settings.</summary>
    [Function("GetAgentSettings")]
    public Task<IResult> Get([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/agents/{agentId}/settings")] HttpRequest request, string agentId) =>
        endpoint.RunAsync(request, async (caller, cancellationToken) =>
            await SendAsync(await agents.FindAsync(caller, agentId, cancellationToken), cancellationToken));

    /// <summary>Changes the settings that the body names (RFC 7396: null removes one); 403 for hosts without an admin's key.</summary>
    [Function("UpdateAgentSettings")]
    public Task<IResult> Update([HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = "v1/agents/{agentId}/settings")] HttpRequest request, string agentId) =>
        endpoint.RunAsync(request, async (caller, cancellationToken) =>
        {
            // Before the body is read: what is wrong with it is told to those only whose agent it is.
            if (await agents.FindAsync(caller, agentId, cancellationToken) is null)
            {
                throw new ProblemException(Problem.NotFound("agent"));
            }

            var wanted = await AgentSettingsRequest.ReadAsync(request, caller, cancellationToken);
            return await SendAsync(await triggers.UpdateAsync(caller, agentId, wanted.Apply, cancellationToken), cancellationToken);
        });

    private async Task<IResult> SendAsync(Agent? agent, CancellationToken cancellationToken) => agent is null
        ? throw new ProblemException(Problem.NotFound("agent"))
        : ApiJson.Result(AgentSettingsResponses.ToResponse(
            agent,
            triggers.NextRunOf(agent),
            await secrets.ListAsync(agent.Id, cancellationToken),
            (await programs.FindAsync(agent, cancellationToken))?.Manifest));
}
