namespace Microsoft.DurableTask;

/// <summary>Options of a new orchestration instance.</summary>
public record StartOrchestrationOptions
{
    public StartOrchestrationOptions(string? InstanceId = null, DateTimeOffset? StartAt = null)
    {
        // The extension version that we ran on the real host ignored it: fail here rather than start too early there.
        if (StartAt is not null)
            throw new NotSupportedException($"{nameof(StartOrchestrationOptions)}.{nameof(StartAt)} is not supported.");
        this.InstanceId = InstanceId;
    }

    public StartOrchestrationOptions(StartOrchestrationOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        InstanceId = options.InstanceId;
        DedupeStatuses = options.DedupeStatuses;
    }

    /// <summary>The id of the instance; a random one if null.</summary>
    public string? InstanceId { get; init; }

    /// <summary>
    /// Names of the statuses in which an existing instance of the same id makes scheduling throw. If null, only an
    /// unfinished instance does, and a finished one is replaced.
    /// </summary>
    public IReadOnlyList<string>? DedupeStatuses { get; init; }
}
