using System.Text.Json;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Converters;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Jobs.Local.Durable;

/// <summary>What a <see cref="DurableWorker"/> is made with. How much runs at once is said to the orchestration service.</summary>
internal sealed class DurableWorkerOptions
{
    /// <summary>The clock of <c>CurrentUtcDateTime</c>.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>How inputs, outputs and event payloads cross. The default writes and reads what the Functions worker's default serializer does.</summary>
    public DataConverter DataConverter { get; init; } = DefaultDataConverter;

    public static DataConverter DefaultDataConverter { get; } = new JsonDataConverter(new JsonSerializerOptions { PropertyNameCaseInsensitive = true });

    /// <summary>How an orchestrator's input becomes the type that it asks for: the worker's <c>JsonSerializerOptions</c>.</summary>
    public JsonSerializerOptions Json { get; init; } = new() { PropertyNameCaseInsensitive = true };

    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;
}

/// <param name="Run">Must not leave the synchronization context (no ConfigureAwait(false)), and must await nothing but what the context gives.</param>
internal sealed record DurableOrchestrator(string Name, Func<TaskOrchestrationContext, Task<object?>> Run);

/// <param name="InputType">What the input is deserialized to.</param>
/// <param name="Run">The token is cancelled once the time given to <see cref="DurableWorker.StopAsync"/> is over.</param>
internal sealed record DurableActivity(
    string Name, Type InputType, Func<TaskActivityContext, object?, CancellationToken, Task<object?>> Run);
