using Jobs.Domain.Agents;
using Jobs.Storage;

namespace Jobs.Functions.Api.Builder;

/// <summary>When an agent runs by itself, and what it is granted and needs.</summary>
/// <param name="AgentId">The agent.</param>
/// <param name="Schedule">Null when it has none.</param>
/// <param name="NextRunAt">When its schedule starts it next; null when nothing does.</param>
/// <param name="Paused">True while neither schedule nor webhook starts it.</param>
/// <param name="Webhook">Null when it has none. The address was shown when it was made.</param>
/// <param name="AllowedHosts">The hosts that its code may call.</param>
/// <param name="Secrets">The names of the secrets that it has.</param>
/// <param name="Manifest">What it says of itself, with the secrets that it needs; null until it is built.</param>
public sealed record AgentSettingsResponse(
    string AgentId,
    ScheduleItem? Schedule,
    DateTimeOffset? NextRunAt,
    bool Paused,
    WebhookItem? Webhook,
    IReadOnlyList<string> AllowedHosts,
    IReadOnlyList<string> Secrets,
    AgentManifest? Manifest);

/// <summary>A schedule.</summary>
public sealed record ScheduleItem(string Cron, string TimeZone);

/// <summary>A webhook: everything but its address.</summary>
public sealed record WebhookItem(DateTimeOffset CreatedAt);

/// <summary>The address of a new webhook; it is shown this once.</summary>
public sealed record WebhookCreatedResponse(string Url);

/// <summary>Maps settings to their shape.</summary>
public static class AgentSettingsResponses
{
    /// <summary>The settings of one agent.</summary>
    public static AgentSettingsResponse ToResponse(Agent agent, DateTimeOffset? nextRunAt, IReadOnlyList<SecretLine> secrets, AgentManifest? manifest) => new(
        agent.Id,
        agent.Schedule is { } schedule ? new ScheduleItem(schedule.Cron, schedule.TimeZone) : null,
        nextRunAt,
        agent.IsPaused,
        agent.WebhookCreatedAt is { } createdAt ? new WebhookItem(createdAt) : null,
        agent.AllowedHosts,
        [.. secrets.Select(secret => secret.Name)],
        manifest);
}
