using Jobs.Domain.Resources;

namespace Jobs.Domain.Agents;

/// <summary>An agent: a function that runs on demand, on a schedule or when its webhook is called.</summary>
public sealed record Agent : Resource
{
    /// <summary>The artifact that holds the <see cref="AgentProgram"/> of the last build that succeeded; null until one has.</summary>
    public string? ProgramRef { get; init; }

    /// <summary>When it runs by itself; null when it does not.</summary>
    public AgentSchedule? Schedule { get; init; }

    /// <summary>The SHA-256 of its webhook's token, in lower-case hex; null when it has none.</summary>
    public string? WebhookHash { get; init; }

    /// <summary>When its webhook's token was made; null when it has none.</summary>
    public DateTimeOffset? WebhookCreatedAt { get; init; }

    /// <summary>True while neither its schedule nor its webhook starts a run.</summary>
    public bool IsPaused { get; init; }

    /// <summary>The hosts that its code may send requests to, granted by the organisation's admin; none by default. Lower-case DNS names.</summary>
    public IReadOnlyList<string> AllowedHosts { get; init; } = [];

    /// <summary>What its list shows.</summary>
    public AgentStatus Status => this switch
    {
        { Schedule: null, WebhookHash: null } => AgentStatus.Draft,
        { IsPaused: true } => AgentStatus.Paused,
        _ => AgentStatus.Active,
    };
}

/// <summary>Whether an agent runs by itself.</summary>
public enum AgentStatus
{
    /// <summary>Nothing but a request starts it.</summary>
    Draft,

    /// <summary>Its schedule or its webhook starts it.</summary>
    Active,

    /// <summary>It has a schedule or a webhook, which do nothing.</summary>
    Paused,
}

/// <summary>When an agent runs by itself.</summary>
/// <param name="Cron">Five fields, or six with a leading one for seconds, which is then a single number: at most one run a minute.</param>
/// <param name="TimeZone">An IANA time zone, such as <c>Europe/Zurich</c>.</param>
public sealed record AgentSchedule(string Cron, string TimeZone);
