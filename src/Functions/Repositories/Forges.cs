using Jobs.Domain.Repositories;

namespace Jobs.Functions.Repositories;

/// <summary>The forges that this host has, by the kind of repositories that they serve.</summary>
public sealed class Forges(IEnumerable<IForge> forges)
{
    private readonly Dictionary<RepositoryKind, IForge> _forges = forges.ToDictionary(forge => forge.Kind);

    /// <summary>The forge of a kind; null where this host has none.</summary>
    public IForge? Find(RepositoryKind kind) => _forges.GetValueOrDefault(kind);

    /// <summary>The forge of a kind. Throws <see cref="ForgeException"/> where this host has none any more.</summary>
    public IForge Of(RepositoryKind kind) => Find(kind) ?? throw new ForgeException("Repositories of this kind are not served here any more.", isTransient: false);

    /// <summary>The forge of the repositories on this machine. Throws <see cref="ForgeException"/> where this host has none.</summary>
    public ILocalForge Local => (ILocalForge)Of(RepositoryKind.Local);
}
