using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Jobs.LocalRuntime.Engine;

/// <summary>What a <see cref="DurableEngine"/> is made with.</summary>
internal sealed class DurableEngineOptions
{
    /// <summary>The file that holds all instances (durable.db); it and its folder are created where missing.</summary>
    public required string StorePath { get; init; }

    /// <summary>The clock of timers and of <c>CurrentUtcDateTime</c>.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>How many activities run at once (host.json: maxConcurrentActivityFunctions). 1 or more.</summary>
    public int MaxConcurrentActivities { get; init; } = 4;

    /// <summary>How many orchestrators run at once (host.json: maxConcurrentOrchestratorFunctions). 1 or more.</summary>
    public int MaxConcurrentOrchestrators { get; init; } = 16;

    /// <summary>How inputs, outputs and event payloads cross. The default is what the real Functions worker uses.</summary>
    public JsonSerializerOptions Json { get; init; } = new() { PropertyNameCaseInsensitive = true };

    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;

    /// <summary>Called before and after every commit of the history; crash tests end the process in it.</summary>
    public Action<FaultPoint>? OnFaultPoint { get; init; }
}
