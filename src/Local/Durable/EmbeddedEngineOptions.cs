using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Jobs.Local.Durable;

/// <summary>What an <see cref="EmbeddedEngine"/> is made with.</summary>
internal sealed class EmbeddedEngineOptions
{
    /// <summary>The file that holds all instances (durable.db); it and its folder are created where missing.</summary>
    public required string StorePath { get; init; }

    /// <summary>The clock of timers, and of the waits for a disk that is full.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>How many activities run at once (host.json: maxConcurrentActivityFunctions). 1 or more.</summary>
    public int MaxConcurrentActivities { get; init; } = 4;

    /// <summary>How many orchestrators run at once (host.json: maxConcurrentOrchestratorFunctions). 1 or more.</summary>
    public int MaxConcurrentOrchestrators { get; init; } = 16;

    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;

    /// <summary>
    /// Called before and after every commit of the history. Crash tests end the process in it; what it throws counts as
    /// thrown by the store.
    /// </summary>
    public Action<FaultPoint>? OnFaultPoint { get; init; }
}
