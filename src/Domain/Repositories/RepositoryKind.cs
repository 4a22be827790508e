namespace Jobs.Domain.Repositories;

/// <summary>Where a repository is.</summary>
public enum RepositoryKind
{
    /// <summary>A folder of this machine, under one of the roots that its settings name.</summary>
    Local,

    /// <summary>A repository at GitHub.</summary>
    GitHub,
}
