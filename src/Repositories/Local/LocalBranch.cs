using Jobs.Domain.Repositories;
using LibGit2Sharp;
using GitRepository = LibGit2Sharp.Repository;

namespace Jobs.Repositories.Local;

/// <summary>Branches by their names.</summary>
internal static class LocalBranch
{
    private const string Prefix = "refs/heads/";

    /// <summary>A branch's full name. Throws <see cref="ForgeException"/> for what can be no branch's name.</summary>
    public static string FullName(string branch)
    {
        var name = Prefix + branch;
        return branch.Length is > 0 and <= ForgeLimits.MaxBranchLength && branch[0] != '-' && Reference.IsValidName(name)
            ? name
            : throw new ForgeException("The branch's name is not one that Git allows.", isTransient: false);
    }

    /// <summary>The name of a branch's full name; null for another reference.</summary>
    public static string? NameOf(string fullName) => fullName.StartsWith(Prefix, StringComparison.Ordinal) ? fullName[Prefix.Length..] : null;

    /// <summary>Where a branch is; null where there is none, or it names another reference.</summary>
    public static ObjectId? Find(GitRepository repository, string branch) => FindReference(repository, FullName(branch));

    /// <summary>Where a reference is; null where there is none, or it names another one.</summary>
    public static ObjectId? FindReference(GitRepository repository, string fullName) =>
        repository.Refs[fullName] is DirectReference reference ? new ObjectId(reference.TargetIdentifier) : null;

    /// <summary>A commit by its hash; null where there is none.</summary>
    public static Commit? FindCommit(GitRepository repository, string sha) => ObjectId.TryParse(sha, out var id) ? repository.Lookup<Commit>(id) : null;
}
