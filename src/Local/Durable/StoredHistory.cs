using System.Text.Json;
using DurableTask.Core;
using DurableTask.Core.History;

namespace Jobs.Local.Durable;

/// <summary>
/// Translates between DurableTask's events and what is stored of them. An event type that is not known here is an error
/// at once, never a gap in a history. Trace contexts are not stored: they end with the process.
/// </summary>
internal static class StoredHistory
{
    public static string WriteTurn(IEnumerable<StoredEvent> events, string? customStatus) =>
        JsonSerializer.Serialize(new StoredTurn([.. events], customStatus), StoredJson.Compact.StoredTurn);

    /// <exception cref="JsonException">The text is not a turn.</exception>
    public static StoredTurn ReadTurn(string json) =>
        JsonSerializer.Deserialize(json, StoredJson.Compact.StoredTurn) ?? throw new JsonException("A turn is missing.");

    public static string Write(HistoryEvent happened) =>
        JsonSerializer.Serialize(ToStored(happened), StoredJson.Compact.StoredEvent);

    /// <exception cref="JsonException">The text is not an event.</exception>
    public static HistoryEvent Read(string json) =>
        ToEvent(JsonSerializer.Deserialize(json, StoredJson.Compact.StoredEvent) ?? throw new JsonException("An event is missing."));

    public static string? WriteFailure(FailureDetails? failure) =>
        failure is null ? null : JsonSerializer.Serialize(StoredFailure.Of(failure)!, StoredJson.Compact.StoredFailure);

    public static FailureDetails? ReadFailure(string? json) =>
        json is null ? null : JsonSerializer.Deserialize(json, StoredJson.Compact.StoredFailure)?.ToDetails();

    /// <exception cref="NotSupportedException">An event type that this engine does not produce.</exception>
    public static StoredEvent ToStored(HistoryEvent happened)
    {
        var stored = new StoredEvent { Type = happened.EventType.ToString(), Id = happened.EventId, At = happened.Timestamp };
        return happened switch
        {
            ExecutionStartedEvent e => stored with
            {
                Name = e.Name,
                Version = e.Version,
                Value = e.Input,
                Instance = e.OrchestrationInstance.InstanceId,
                Execution = e.OrchestrationInstance.ExecutionId,
                Parent = ToStored(e.ParentInstance),
                Tags = e.Tags,
            },
            ExecutionCompletedEvent e => stored with
            {
                Value = e.Result,
                Status = e.OrchestrationStatus,
                Failure = StoredFailure.Of(e.FailureDetails),
            },
            ExecutionTerminatedEvent e => stored with { Value = e.Input },
            ExecutionSuspendedEvent e => stored with { Value = e.Reason },
            ExecutionResumedEvent e => stored with { Value = e.Reason },
            TaskScheduledEvent e => stored with { Name = e.Name, Version = e.Version, Value = e.Input, Tags = e.Tags },
            TaskCompletedEvent e => stored with { Task = e.TaskScheduledId, Value = e.Result },
            TaskFailedEvent e => stored with
            {
                Task = e.TaskScheduledId,
                Value = e.Reason,
                Details = e.Details,
                Failure = StoredFailure.Of(e.FailureDetails),
            },
            SubOrchestrationInstanceCreatedEvent e => stored with
            {
                Name = e.Name,
                Version = e.Version,
                Instance = e.InstanceId,
                Tags = e.Tags,
            },
            SubOrchestrationInstanceCompletedEvent e => stored with { Task = e.TaskScheduledId, Value = e.Result },
            SubOrchestrationInstanceFailedEvent e => stored with
            {
                Task = e.TaskScheduledId,
                Value = e.Reason,
                Details = e.Details,
                Failure = StoredFailure.Of(e.FailureDetails),
            },
            TimerCreatedEvent e => stored with { FireAt = e.FireAt },
            TimerFiredEvent e => stored with { Task = e.TimerId, FireAt = e.FireAt },
            EventSentEvent e => stored with { Instance = e.InstanceId, Name = e.Name, Value = e.Input },
            EventRaisedEvent e => stored with { Name = e.Name, Value = e.Input },
            OrchestratorStartedEvent or OrchestratorCompletedEvent => stored,
            _ => throw new NotSupportedException($"Events of the type {happened.EventType} are not supported."),
        };
    }

    /// <exception cref="JsonException">The event is of no known type, or lacks what its type needs.</exception>
    public static HistoryEvent ToEvent(StoredEvent e)
    {
        HistoryEvent happened = e.Type switch
        {
            nameof(EventType.ExecutionStarted) => new ExecutionStartedEvent(e.Id, e.Value)
            {
                Name = e.Name,
                Version = e.Version,
                OrchestrationInstance = new OrchestrationInstance { InstanceId = Needed(e.Instance), ExecutionId = Needed(e.Execution) },
                ParentInstance = ToParent(e.Parent),
                Tags = e.Tags,
            },
            nameof(EventType.ExecutionCompleted) =>
                new ExecutionCompletedEvent(e.Id, e.Value, e.Status ?? throw Incomplete(e.Type), e.Failure?.ToDetails()),
            nameof(EventType.ContinueAsNew) => new ContinueAsNewEvent(e.Id, e.Value),
            nameof(EventType.ExecutionTerminated) => new ExecutionTerminatedEvent(e.Id, e.Value),
            nameof(EventType.ExecutionSuspended) => new ExecutionSuspendedEvent(e.Id, e.Value),
            nameof(EventType.ExecutionResumed) => new ExecutionResumedEvent(e.Id, e.Value),
            nameof(EventType.TaskScheduled) => new TaskScheduledEvent(e.Id, Needed(e.Name), e.Version, e.Value) { Tags = e.Tags },
            nameof(EventType.TaskCompleted) => new TaskCompletedEvent(e.Id, Task(e), e.Value),
            nameof(EventType.TaskFailed) => new TaskFailedEvent(e.Id, Task(e), e.Value, e.Details, e.Failure?.ToDetails()),
            nameof(EventType.SubOrchestrationInstanceCreated) => new SubOrchestrationInstanceCreatedEvent(e.Id)
            {
                Name = e.Name,
                Version = e.Version,
                InstanceId = e.Instance,
                Tags = e.Tags,
            },
            nameof(EventType.SubOrchestrationInstanceCompleted) => new SubOrchestrationInstanceCompletedEvent(e.Id, Task(e), e.Value),
            nameof(EventType.SubOrchestrationInstanceFailed) =>
                new SubOrchestrationInstanceFailedEvent(e.Id, Task(e), e.Value, e.Details, e.Failure?.ToDetails()),
            nameof(EventType.TimerCreated) => new TimerCreatedEvent(e.Id, e.FireAt ?? throw Incomplete(e.Type)),
            nameof(EventType.TimerFired) => new TimerFiredEvent(e.Id, e.FireAt ?? throw Incomplete(e.Type)) { TimerId = Task(e) },
            nameof(EventType.EventSent) => new EventSentEvent(e.Id) { InstanceId = e.Instance, Name = e.Name, Input = e.Value },
            nameof(EventType.EventRaised) => new EventRaisedEvent(e.Id, e.Value) { Name = e.Name },
            nameof(EventType.OrchestratorStarted) => new OrchestratorStartedEvent(e.Id),
            nameof(EventType.OrchestratorCompleted) => new OrchestratorCompletedEvent(e.Id),
            _ => throw new JsonException($"'{e.Type}' is no type of event."),
        };
        happened.Timestamp = e.At;
        return happened;
    }

    private static int Task(StoredEvent e) => e.Task ?? throw Incomplete(e.Type);

    private static string Needed(string? value) => value ?? throw new JsonException("An event lacks a name or an id.");

    private static JsonException Incomplete(string type) => new($"An event of the type {type} is incomplete.");

    private static StoredParent? ToStored(ParentInstance? parent) => parent is null
        ? null
        : new(
            parent.OrchestrationInstance.InstanceId,
            parent.OrchestrationInstance.ExecutionId,
            parent.TaskScheduleId,
            parent.Name,
            parent.Version);

    private static ParentInstance? ToParent(StoredParent? parent) => parent is null
        ? null
        : new ParentInstance
        {
            OrchestrationInstance = new OrchestrationInstance { InstanceId = parent.Instance, ExecutionId = parent.Execution },
            TaskScheduleId = parent.Task,
            Name = parent.Name,
            Version = parent.Version,
        };
}
