namespace Jobs.Domain.Resources;

/// <summary>What a build makes: a widget or an agent. What both have in common, for whoever builds, lists or deletes them.</summary>
public abstract record Resource
{
    /// <summary>10 characters of [A-Za-z0-9].</summary>
    public required string Id { get; init; }

    /// <summary>The organisation that owns it.</summary>
    public required string Tenant { get; init; }

    /// <summary>Its display name.</summary>
    public required string Name { get; init; }

    /// <summary>What it is for, if its owner said.</summary>
    public string? Description { get; init; }

    /// <summary>When it was created.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The job that builds it or built it last; null for a draft that was never built.</summary>
    public string? CurrentJobId { get; init; }

    /// <summary>When <see cref="CurrentJobId"/> was claimed.</summary>
    public DateTimeOffset? ClaimedAt { get; init; }

    /// <summary>The artifact that holds the files of the last build that produced any.</summary>
    public string? SourcesRef { get; init; }

    /// <summary>True once its deletion has begun: it is gone for every caller, and what is left of it is being removed.</summary>
    public bool IsDeleted { get; init; }
}
