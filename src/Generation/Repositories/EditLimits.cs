namespace Jobs.Generation.Repositories;

/// <summary>How far an agent may go with one instruction in a repository.</summary>
public static class EditLimits
{
    /// <summary>The most bytes of a file that is read or written: 1 MiB. A larger one is left alone.</summary>
    public const int MaxFileBytes = 1024 * 1024;

    /// <summary>The most files that are changed, made, renamed or taken away.</summary>
    public const int MaxChangedFiles = 1_000;

    /// <summary>The most files of a repository in which work goes through all files.</summary>
    public const int MaxFiles = 10_000;

    /// <summary>The most bytes that such work reads: 50 MiB.</summary>
    public const long MaxBytesRead = 50L * 1024 * 1024;

    /// <summary>The most characters of a commit's title.</summary>
    public const int MaxTitleLength = 72;

    /// <summary>The most characters of a summary; a longer one is cut.</summary>
    public const int MaxSummaryLength = 4_000;
}
