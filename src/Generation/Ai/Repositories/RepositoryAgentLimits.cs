namespace Jobs.Generation.Ai.Repositories;

/// <summary>How far a model may go in one repository, beside <see cref="ToolUse.ToolUseLimits"/> and <see cref="Generation.Repositories.EditLimits"/>.</summary>
public static class RepositoryAgentLimits
{
    /// <summary>The most bytes of everything that a model writes: 2 MiB, which its state has room for.</summary>
    public const int MaxChangedBytes = 2 * 1024 * 1024;

    /// <summary>The most files of one list; a longer one says how many more there are.</summary>
    public const int MaxListedFiles = 1_000;

    /// <summary>The most paths that stand in the first message.</summary>
    public const int MaxPathsInRequest = 300;

    /// <summary>The most lines of one reading.</summary>
    public const int MaxLines = 2_000;

    /// <summary>The most searches of one answer; more are refused.</summary>
    public const int MaxSearchesPerAnswer = 5;

    /// <summary>The most lines that one search finds.</summary>
    public const int MaxFound = 100;

    /// <summary>The most characters of a line that a search shows.</summary>
    public const int MaxFoundLength = 200;

    /// <summary>The longest that one search may take.</summary>
    public static readonly TimeSpan MaxSearchTime = TimeSpan.FromSeconds(20);
}
