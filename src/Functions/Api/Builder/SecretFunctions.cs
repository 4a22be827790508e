using Jobs.Domain.Identity;
using Jobs.Domain.Secrets;
using Jobs.Functions.Agents;
using Jobs.Functions.Api.Shared;
using Jobs.Functions.Secrets;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Jobs.Functions.Api.Builder;

/// <summary>The secrets of an agent: they can be set, replaced and removed, and only their names can be read.</summary>
public sealed class SecretFunctions(BuilderEndpoint endpoint, AgentService agents, SecretVault vault)
{
    /// <summary>Sets or replaces a secret; 409 when the agent has as many as it may.</summary>
    [Function("PutAgentSecret")]
    public Task<IResult> Put(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "v1/agents/{agentId}/secrets/{name}")] HttpRequest request,
        string agentId,
        string name) => endpoint.RunAsync(request, async (caller, cancellationToken) =>
        {
            await CheckAsync(caller, agentId, cancellationToken);
            var wanted = await PutSecretRequest.ReadAsync(request, name, cancellationToken);
            return await vault.WriteAsync(caller.Tenant, agentId, name, wanted.Value, cancellationToken) is { } line
                ? ApiJson.Result(new SecretItem(line.Name, line.UpdatedAt))
                : throw new ProblemException(
                    new Problem(StatusCodes.Status409Conflict, "too_many_secrets", $"An agent can have at most {SecretLimits.MaxSecrets} secrets; delete one first."));
        });

    /// <summary>Removes a secret; 404 the second time.</summary>
    [Function("DeleteAgentSecret")]
    public Task<IResult> Delete(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "v1/agents/{agentId}/secrets/{name}")] HttpRequest request,
        string agentId,
        string name) => endpoint.RunAsync(request, async (caller, cancellationToken) =>
        {
            await CheckAsync(caller, agentId, cancellationToken);
            return SecretName.IsValid(name) && await vault.DeleteAsync(agentId, name, cancellationToken)
                ? ApiJson.Result(new DeletedResponse(true))
                : throw new ProblemException(Problem.NotFound("secret"));
        });

    /// <summary>The names of an agent's secrets.</summary>
    [Function("ListAgentSecrets")]
    public Task<IResult> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/agents/{agentId}/secrets")] HttpRequest request,
        string agentId) => endpoint.RunAsync(request, async (caller, cancellationToken) =>
        {
            await CheckAsync(caller, agentId, cancellationToken);
            var lines = await vault.ListAsync(agentId, cancellationToken);
            return ApiJson.Result(new SecretListResponse(agentId, [.. lines.Select(line => new SecretItem(line.Name, line.UpdatedAt))]));
        });

    /// <summary>Throws unless the agent is the caller's and secrets are configured, in this order: another tenant's agent is the same 404 everywhere.</summary>
    private async Task CheckAsync(Caller caller, string agentId, CancellationToken cancellationToken)
    {
        if (await agents.FindAsync(caller, agentId, cancellationToken) is null)
        {
            throw new ProblemException(Problem.NotFound("agent"));
        }

        if (!vault.IsConfigured)
        {
            throw new ProblemException(new Problem(
                StatusCodes.Status503ServiceUnavailable, "secrets_not_configured", $"This service has no key for secrets; its operator must set {SecretKeys.SettingName}."));
        }
    }
}
