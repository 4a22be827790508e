namespace Jobs.Domain.Repositories;

/// <summary>The limits of what is read from, and written to, a repository.</summary>
public static class ForgeLimits
{
    /// <summary>The most entries of a commit's tree, folders not counted.</summary>
    public const int MaxTreeEntries = 50_000;

    /// <summary>The most folders within each other.</summary>
    public const int MaxTreeDepth = 100;

    /// <summary>The most edits of one commit.</summary>
    public const int MaxEdits = 2_000;

    /// <summary>The most bytes of a file that an edit writes.</summary>
    public const int MaxFileBytes = 5 * 1024 * 1024;

    /// <summary>The most bytes that the edits of one commit write in all.</summary>
    public const int MaxCommitBytes = 50 * 1024 * 1024;

    /// <summary>The most characters of a commit's message.</summary>
    public const int MaxMessageLength = 20_000;

    /// <summary>The most characters of a branch's name.</summary>
    public const int MaxBranchLength = 200;

    /// <summary>The most files of a diff that is shown; the others are counted.</summary>
    public const int MaxDiffFiles = 300;

    /// <summary>The most bytes of either side of a file whose lines are compared.</summary>
    public const int MaxDiffFileBytes = 512 * 1024;

    /// <summary>The most lines of a file's hunks.</summary>
    public const int MaxDiffFileLines = 3_000;

    /// <summary>The most characters of all hunks together; files beyond that are listed without theirs.</summary>
    public const int MaxDiffCharacters = 1_000_000;

    /// <summary>The most paths of a conflict that are named.</summary>
    public const int MaxConflictPaths = 100;
}
