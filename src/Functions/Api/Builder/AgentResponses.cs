using Jobs.Domain.Agents;
using Jobs.Functions.Api.Shared;
using Jobs.Storage;

namespace Jobs.Functions.Api.Builder;

/// <summary>202: a build was accepted (contract 001).</summary>
public sealed record AgentAcceptedResponse(string AgentId, string JobId, string Status, string Message, string EditorUrl);

/// <summary>201: a draft without a build (contract 001).</summary>
public sealed record AgentCreatedResponse(string AgentId, string Status, string Message, string EditorUrl);

/// <summary>One page of agents (contract 001).</summary>
public sealed record AgentListResponse(IReadOnlyList<AgentListItem> Agents, int Total, int Page, int Pages, int Limit);

/// <summary>One agent in a list (contract 001).</summary>
public sealed record AgentListItem(string AgentId, string Name, string Status, DateTimeOffset CreatedAt, string EditorUrl);

/// <summary>One agent (contract 001).</summary>
public sealed record AgentResponse(AgentDetails Agent);

/// <summary>The fields of one agent (contract 001).</summary>
public sealed record AgentDetails(string AgentId, string Name, string? Description, string Status, string OrganizationId, string EditorUrl);

/// <summary>The paths and sizes of an agent's files.</summary>
public sealed record AgentFilesResponse(string AgentId, IReadOnlyList<FileItem> Files);

/// <summary>Maps agents to the documented shapes.</summary>
public static class AgentResponses
{
    /// <summary>An agent by itself.</summary>
    public static AgentResponse ToResponse(Agent agent, PublicAddress address) => new(new AgentDetails(
        agent.Id,
        agent.Name,
        agent.Description,
        AgentStore.StatusOf(agent),
        agent.Tenant,
        address.AgentEditor(agent.Tenant, agent.Id)));
}
