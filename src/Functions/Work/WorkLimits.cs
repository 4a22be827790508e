namespace Jobs.Functions.Work;

/// <summary>The bounds of work, whatever its type.</summary>
public static class WorkLimits
{
    /// <summary>The most batches of a job.</summary>
    public const int MaxBatches = 1_000;

    /// <summary>The most batches of a job that are done at once.</summary>
    public const int MaxInFlight = 4;

    /// <summary>How often a job is attempted.</summary>
    public const int MaxAttempts = 3;

    /// <summary>The most bytes of an upload: 20 MiB.</summary>
    public const int MaxUploadBytes = 20 * 1024 * 1024;

    /// <summary>The most bytes of the result of a job of contract 003, as JSON: 1 MiB. What does not fit into the job's row is an artifact.</summary>
    public const int MaxResultBytes = 1024 * 1024;

    /// <summary>How long a job may take in all, from the start of its orchestration.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromHours(1);

    /// <summary>How long one activity may take: a third of the host's <c>functionTimeout</c>, which would end the whole worker.</summary>
    public static readonly TimeSpan StepTimeLimit = TimeSpan.FromMinutes(3);
}
