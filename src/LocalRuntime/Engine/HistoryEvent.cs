using System.Text.Json.Serialization;
using Microsoft.DurableTask;

namespace Jobs.LocalRuntime.Engine;

/// <summary>Something that happened to an instance. An orchestrator sees it in exactly one turn, the same one in every replay.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "event")]
[JsonDerivedType(typeof(ActivityCompleted), "activityCompleted")]
[JsonDerivedType(typeof(ActivityFailed), "activityFailed")]
[JsonDerivedType(typeof(TimerFired), "timerFired")]
[JsonDerivedType(typeof(EventRaised), "eventRaised")]
[JsonDerivedType(typeof(Terminated), "terminated")]
[JsonDerivedType(typeof(Faulted), "faulted")]
internal abstract record HistoryEvent
{
    /// <param name="TaskId">The <see cref="OrchestratorAction.TaskId"/> of the call.</param>
    /// <param name="Output">JSON, or null.</param>
    internal sealed record ActivityCompleted(int TaskId, string? Output) : HistoryEvent;

    /// <param name="TaskId">The <see cref="OrchestratorAction.TaskId"/> of the call.</param>
    /// <param name="Failure">What the orchestrator sees of it.</param>
    /// <param name="IsFinal">True where no retry can help.</param>
    internal sealed record ActivityFailed(int TaskId, TaskFailureDetails Failure, bool IsFinal) : HistoryEvent;

    /// <param name="TaskId">The <see cref="OrchestratorAction.TaskId"/> of the timer.</param>
    internal sealed record TimerFired(int TaskId) : HistoryEvent;

    /// <param name="Name">Compared without regard to case.</param>
    /// <param name="Payload">JSON, or null.</param>
    internal sealed record EventRaised(string Name, string? Payload) : HistoryEvent;

    /// <summary>A client ended the instance.</summary>
    /// <param name="Output">JSON, or null.</param>
    internal sealed record Terminated(string? Output) : HistoryEvent;

    /// <summary>The orchestrator was caught, after its turn, having awaited something that cannot be replayed.</summary>
    internal sealed record Faulted(TaskFailureDetails Failure) : HistoryEvent;
}
