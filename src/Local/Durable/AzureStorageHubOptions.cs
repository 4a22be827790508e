namespace Jobs.Local.Durable;

/// <summary>What host.json says of Durable's hub in a storage account; null leaves a value to the provider.</summary>
internal sealed record AzureStorageHubOptions
{
    /// <summary>The name that the hub's tables and queues begin with.</summary>
    public string? Name { get; init; }

    /// <summary>Into how many queues the orchestrations are divided.</summary>
    public int? PartitionCount { get; init; }

    /// <summary>The longest pause between two looks into an empty queue.</summary>
    public TimeSpan? MaxQueuePollingInterval { get; init; }

    /// <summary>After how long the messages of an orchestration are seen again, when the host that took them has died.</summary>
    public TimeSpan? ControlQueueVisibilityTimeout { get; init; }

    /// <summary>After how long an activity is seen again, when the host that took it has died.</summary>
    public TimeSpan? WorkItemQueueVisibilityTimeout { get; init; }
}
