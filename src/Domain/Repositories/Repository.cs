namespace Jobs.Domain.Repositories;

/// <summary>A repository that an organisation has registered: its jobs may touch these and no others.</summary>
/// <param name="Tenant">The organisation.</param>
/// <param name="Name">What requests call it: <c>owner/name</c>, or one word.</param>
/// <param name="Kind">Where it is.</param>
/// <param name="Location">The folder's path for a local one, <c>owner/name</c> at GitHub.</param>
/// <param name="DefaultBranch">The branch that jobs begin at and are merged into, unless they name another.</param>
/// <param name="AutoMerge">True where a job that says nothing of it is merged when all went well.</param>
/// <param name="AllowedPaths">Globs of the paths that jobs may change; empty for all.</param>
/// <param name="Check">The command that must succeed on the changed files before they are merged; null for none.</param>
/// <param name="CreatedAt">When it was registered.</param>
public sealed record Repository(
    string Tenant,
    string Name,
    RepositoryKind Kind,
    string Location,
    string DefaultBranch,
    bool AutoMerge,
    IReadOnlyList<string> AllowedPaths,
    string? Check,
    DateTimeOffset CreatedAt);
