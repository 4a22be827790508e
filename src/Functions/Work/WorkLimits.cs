namespace Jobs.Functions.Work;

/// <summary>The bounds of work, whatever its type.</summary>
public static class WorkLimits
{
    /// <summary>The most batches of a job, those that follow the planned ones included.</summary>
    public const int MaxBatches = 1_000;

    /// <summary>The most batches of a job that are done at once.</summary>
    public const int MaxInFlight = 4;

    /// <summary>How often a job is attempted.</summary>
    public const int MaxAttempts = 3;

    /// <summary>The most bytes of an upload: 20 MiB.</summary>
    public const int MaxUploadBytes = 20 * 1024 * 1024;

    /// <summary>How long a batch may wait for something that is due later. What waits longer names a batch to follow, and holds neither a place nor an activity.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    /// <summary>The most bytes of a result: 16 MiB, which hold the text of some 2,000 pages with its tables.</summary>
    public const int MaxResultBytes = 16 * 1024 * 1024;

    /// <summary>How long a job may take in all, from the start of its orchestration.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromHours(1);

    /// <summary>
    /// How long one activity may take; one that has asked a model may take <see cref="Generation.Ai.AiOptions.TurnTimeLimit"/> more. Both together are less than the host's
    /// <c>functionTimeout</c>, which would end the whole worker.
    /// </summary>
    public static readonly TimeSpan StepTimeLimit = TimeSpan.FromMinutes(3);
}
