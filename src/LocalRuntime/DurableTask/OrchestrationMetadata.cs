using System.Text.Json;

namespace Microsoft.DurableTask.Client;

/// <summary>What a client learns about an instance.</summary>
public sealed class OrchestrationMetadata(string name, string instanceId)
{
    public string Name { get; } = name;

    public string InstanceId { get; } = instanceId;

    public OrchestrationRuntimeStatus RuntimeStatus { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset LastUpdatedAt { get; init; }

    /// <summary>JSON; null unless inputs and outputs were asked for.</summary>
    public string? SerializedInput { get; init; }

    /// <summary>JSON; null unless inputs and outputs were asked for.</summary>
    public string? SerializedOutput { get; init; }

    /// <summary>Why the instance failed; null unless it did, and unless inputs and outputs were asked for.</summary>
    public TaskFailureDetails? FailureDetails { get; init; }

    public bool IsRunning => RuntimeStatus == OrchestrationRuntimeStatus.Running;

    /// <summary>Completed, failed or terminated: nothing changes any more.</summary>
    public bool IsCompleted => RuntimeStatus
        is OrchestrationRuntimeStatus.Completed or OrchestrationRuntimeStatus.Failed or OrchestrationRuntimeStatus.Terminated;

    /// <summary>Null where inputs and outputs were not asked for.</summary>
    internal JsonSerializerOptions? JsonOptions { get; init; }

    /// <exception cref="InvalidOperationException">The metadata was read without inputs and outputs.</exception>
    public T? ReadOutputAs<T>() => JsonOptions is null
        ? throw new InvalidOperationException($"{nameof(ReadOutputAs)} needs metadata that was read with inputs and outputs.")
        : SerializedOutput is null ? default : JsonSerializer.Deserialize<T>(SerializedOutput, JsonOptions);
}
