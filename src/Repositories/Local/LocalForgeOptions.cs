namespace Jobs.Repositories.Local;

/// <summary>The settings of repositories in folders of this machine.</summary>
public sealed class LocalForgeOptions
{
    /// <summary>Their section.</summary>
    public const string Section = "Repositories";

    /// <summary>The most roots.</summary>
    public const int MaxRoots = 20;

    /// <summary>The folders, as absolute paths, in which repositories may be registered; where there is none, no repository of this machine can be. An app in Azure must have none.</summary>
    public IList<string> LocalRoots { get; init; } = [];

    /// <summary>The entries that are not empty.</summary>
    internal IReadOnlyList<string> Roots => [.. LocalRoots.Where(root => !string.IsNullOrEmpty(root))];
}
