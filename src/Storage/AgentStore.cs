using System.Text.Json;
using Azure.Data.Tables;
using Jobs.Domain.Agents;
using Jobs.Domain.Resources;

namespace Jobs.Storage;

/// <summary>The table <c>Agents</c>: <see cref="ResourceStore"/>.</summary>
public sealed class AgentStore(StorageAccount storage) : ResourceStore(storage.Agents)
{
    /// <summary>Contract 001's word for an agent's state.</summary>
    public static string StatusOf(Agent agent) => agent.Status switch
    {
        AgentStatus.Draft => "DRAFT",
        AgentStatus.Active => "ACTIVE",
        AgentStatus.Paused => "PAUSED",
    };

    /// <inheritdoc/>
    protected override string StatusOf(Resource resource) => StatusOf((Agent)resource);

    /// <inheritdoc/>
    protected override void Write(TableEntity row, Resource resource)
    {
        var agent = (Agent)resource;
        row[nameof(Agent.ProgramRef)] = agent.ProgramRef;
        row[nameof(AgentSchedule.Cron)] = agent.Schedule?.Cron;
        row[nameof(AgentSchedule.TimeZone)] = agent.Schedule?.TimeZone;
        row[nameof(Agent.WebhookHash)] = agent.WebhookHash;
        row[nameof(Agent.WebhookCreatedAt)] = agent.WebhookCreatedAt;
        row[nameof(Agent.IsPaused)] = agent.IsPaused;
        row[nameof(Agent.AllowedHosts)] = JsonSerializer.Serialize(agent.AllowedHosts);
    }

    /// <inheritdoc/>
    protected override Resource Read(TableEntity row) => new Agent
    {
        Id = row.RowKey,
        Tenant = row.PartitionKey,
        Name = row.GetString(nameof(Resource.Name)),
        CreatedAt = row.GetDateTimeOffset(nameof(Resource.CreatedAt))!.Value,
        ProgramRef = row.GetString(nameof(Agent.ProgramRef)),
        Schedule = row.GetString(nameof(AgentSchedule.Cron)) is { } cron ? new AgentSchedule(cron, row.GetString(nameof(AgentSchedule.TimeZone))) : null,
        WebhookHash = row.GetString(nameof(Agent.WebhookHash)),
        WebhookCreatedAt = row.GetDateTimeOffset(nameof(Agent.WebhookCreatedAt)),
        IsPaused = row.GetBoolean(nameof(Agent.IsPaused)) ?? false,
        AllowedHosts = JsonSerializer.Deserialize<string[]>(row.GetString(nameof(Agent.AllowedHosts)))!,
    };
}
