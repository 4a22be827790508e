using Jobs.Domain.Resources;

namespace Jobs.Domain.Widgets;

/// <summary>A widget: what its owner sees, and which build is current.</summary>
public sealed record Widget : Resource
{
    /// <summary>The build that is published; null before the first publication.</summary>
    public string? PublishedBuildId { get; init; }
}
