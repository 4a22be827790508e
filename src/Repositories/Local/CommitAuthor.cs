using LibGit2Sharp;

namespace Jobs.Repositories.Local;

/// <summary>Who commits. The same everywhere and always, so that the same order makes the same commit.</summary>
internal static class CommitAuthor
{
    /// <summary>The name.</summary>
    public const string Name = "Jobs";

    /// <summary>The address: one that cannot be somebody's.</summary>
    public const string Email = "jobs@jobs.invalid";

    /// <summary>The author of a commit at this time, in seconds and UTC.</summary>
    public static Signature At(DateTimeOffset time) => new(Name, Email, DateTimeOffset.FromUnixTimeSeconds(time.ToUnixTimeSeconds()));
}
