namespace Jobs.Domain.Widgets;

/// <summary>A widget: what its owner sees, and which build is current.</summary>
public sealed record Widget
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

    /// <summary>The artifact that holds the files of the last build that generated any.</summary>
    public string? SourcesRef { get; init; }

    /// <summary>The build that is published; null before the first publication.</summary>
    public string? PublishedBuildId { get; init; }

    /// <summary>True once its deletion has begun: it is gone for every caller, and what is left of it is being removed.</summary>
    public bool IsDeleted { get; init; }
}
