namespace Jobs.Functions.Repositories;

/// <summary>The bounds of repositories and their jobs.</summary>
public static class RepositoryLimits
{
    /// <summary>The most repositories that an organisation may register.</summary>
    public const int MaxRepositories = 100;

    /// <summary>The most characters of an instruction.</summary>
    public const int MaxInstructionLength = 10_000;

    /// <summary>The most instructions that were given on a branch before of which an agent is told: the latest.</summary>
    public const int MaxEarlier = 20;

    /// <summary>How often a step is attempted.</summary>
    public const int MaxAttempts = 3;

    /// <summary>How often it is attempted to make a branch at GitHub, which may be busy for longer than we are.</summary>
    public const int MaxAttemptsElsewhere = 6;

    /// <summary>How long one attempt at a step may take, a call of a model included: half of the host's <c>functionTimeout</c>, which would end the whole worker.</summary>
    public static readonly TimeSpan StepTimeLimit = TimeSpan.FromMinutes(5);

    /// <summary>How long a caller waits for a merge at most.</summary>
    public static readonly TimeSpan MergeTimeLimit = TimeSpan.FromSeconds(30);

    /// <summary>The most changed files of a job that are listed.</summary>
    public const int MaxChangedFiles = 10_000;

    /// <summary>How many of them a forge is asked for at once.</summary>
    public const int ChangedFilesAtOnce = 1_000;

    /// <summary>The most characters of a log that are kept: its end.</summary>
    public const int MaxLogLength = 500_000;

    /// <summary>The most bytes of the edits of one job, as they are kept.</summary>
    public const int MaxEditBytes = 32 * 1024 * 1024;

    /// <summary>How long nothing may be heard of a branch at GitHub before it is asked. It is doubled each time, up to <see cref="LongestSilence"/>.</summary>
    public static readonly TimeSpan FirstSilence = TimeSpan.FromMinutes(2);

    /// <summary>The longest time between two questions.</summary>
    public static readonly TimeSpan LongestSilence = TimeSpan.FromMinutes(16);

    /// <summary>How long a workflow may take to begin a run.</summary>
    public static readonly TimeSpan RunMustAppear = TimeSpan.FromMinutes(30);

    /// <summary>How long a branch at GitHub is followed at most, from the creation of its job.</summary>
    public static readonly TimeSpan FollowLimit = TimeSpan.FromHours(24);
}
