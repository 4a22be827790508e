namespace Jobs.Functions.Api.Builder;

/// <summary>The names of an agent's secrets; their values are never shown.</summary>
public sealed record SecretListResponse(string AgentId, IReadOnlyList<SecretItem> Secrets);

/// <summary>One secret.</summary>
public sealed record SecretItem(string Name, DateTimeOffset UpdatedAt);
