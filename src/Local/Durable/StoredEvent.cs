using System.Text.Json;
using System.Text.Json.Serialization;
using DurableTask.Core;
using DurableTask.Core.History;

namespace Jobs.Local.Durable;

/// <summary>One event of a history, as <see cref="StoredHistory"/> writes it: the union of what the event types hold.</summary>
internal sealed record StoredEvent
{
    public const int NoId = -1;

    /// <summary>The name of the <see cref="EventType"/>, not its number, so that a stored history stays readable.</summary>
    public required string Type { get; init; }

    /// <summary>Absent for <see cref="NoId"/>. Nullable, because the generated reader sets what a text lacks to its type's default, whatever is written here.</summary>
    public int? Id { get; init; }

    /// <summary>UTC; null in a turn where it is the turn's own time.</summary>
    public DateTime? At { get; init; }

    /// <summary>Of an event with a name: an orchestration, an activity, an external event.</summary>
    public string? Name { get; init; }

    public string? Version { get; init; }

    /// <summary>The payload: an input, a result, a reason; JSON of the app or plain text.</summary>
    public string? Value { get; init; }

    /// <summary>The id of the task that this event ends.</summary>
    public int? Task { get; init; }

    public string? Instance { get; init; }

    public string? Execution { get; init; }

    public DateTime? FireAt { get; init; }

    public OrchestrationStatus? Status { get; init; }

    public string? Details { get; init; }

    public StoredFailure? Failure { get; init; }

    public StoredParent? Parent { get; init; }

    public Dictionary<string, string>? Tags { get; init; }

    /// <param name="turn">The time of its turn, if it is part of one.</param>
    /// <exception cref="JsonException">The event is of no known type, or lacks what its type needs.</exception>
    public HistoryEvent ToEvent(DateTime? turn)
    {
        var id = Id ?? NoId;
        HistoryEvent happened = Type switch
        {
            nameof(EventType.ExecutionStarted) => new ExecutionStartedEvent(id, Value)
            {
                Name = Name,
                Version = Version ?? "",
                OrchestrationInstance = new OrchestrationInstance { InstanceId = Needed(Instance), ExecutionId = Needed(Execution) },
                ParentInstance = Parent?.ToParent(),
                Tags = Tags,
            },
            nameof(EventType.ExecutionCompleted) => new ExecutionCompletedEvent(id, Value, Needed(Status), Failure?.ToDetails()),
            nameof(EventType.ExecutionTerminated) => new ExecutionTerminatedEvent(id, Value),
            nameof(EventType.ExecutionSuspended) => new ExecutionSuspendedEvent(id, Value),
            nameof(EventType.ExecutionResumed) => new ExecutionResumedEvent(id, Value),
            nameof(EventType.TaskScheduled) => new TaskScheduledEvent(id, Needed(Name), Version ?? "", Value) { Tags = Tags },
            nameof(EventType.TaskCompleted) => new TaskCompletedEvent(id, Needed(Task), Value),
            nameof(EventType.TaskFailed) => new TaskFailedEvent(id, Needed(Task), Value, Details, Failure?.ToDetails()),
            nameof(EventType.SubOrchestrationInstanceCreated) => new SubOrchestrationInstanceCreatedEvent(id)
            {
                Name = Name,
                Version = Version ?? "",
                InstanceId = Instance,
                Tags = Tags,
            },
            nameof(EventType.SubOrchestrationInstanceCompleted) => new SubOrchestrationInstanceCompletedEvent(id, Needed(Task), Value),
            nameof(EventType.SubOrchestrationInstanceFailed) =>
                new SubOrchestrationInstanceFailedEvent(id, Needed(Task), Value, Details, Failure?.ToDetails()),
            nameof(EventType.TimerCreated) => new TimerCreatedEvent(id, Needed(FireAt)),
            nameof(EventType.TimerFired) => new TimerFiredEvent(id, Needed(FireAt)) { TimerId = Needed(Task) },
            nameof(EventType.EventSent) => new EventSentEvent(id) { InstanceId = Instance, Name = Name, Input = Value },
            nameof(EventType.EventRaised) => new EventRaisedEvent(id, Value) { Name = Name },
            nameof(EventType.OrchestratorStarted) => new OrchestratorStartedEvent(id),
            nameof(EventType.OrchestratorCompleted) => new OrchestratorCompletedEvent(id),
            _ => throw new JsonException($"'{Type}' is no type of event."),
        };
        happened.Timestamp = Needed(At ?? turn);
        return happened;
    }

    private T Needed<T>(T? value)
        where T : struct => value ?? throw Incomplete();

    private string Needed(string? value) => value ?? throw Incomplete();

    private JsonException Incomplete() => new($"An event of the type {Type} is incomplete.");
}

/// <summary>The orchestration that waits for the end of another.</summary>
internal sealed record StoredParent(string Instance, string Execution, int Task, string Name, string? Version)
{
    public static StoredParent Of(ParentInstance parent) => new(
        parent.OrchestrationInstance.InstanceId, parent.OrchestrationInstance.ExecutionId, parent.TaskScheduleId, parent.Name, parent.Version);

    public ParentInstance ToParent() => new()
    {
        OrchestrationInstance = new OrchestrationInstance { InstanceId = Instance, ExecutionId = Execution },
        TaskScheduleId = Task,
        Name = Name,
        Version = Version,
    };
}

internal sealed record StoredFailure(string Type, string Message, string? Stack, bool IsFinal, StoredFailure? Inner)
{
    public static StoredFailure? Of(FailureDetails? details) => details is null
        ? null
        : new(details.ErrorType, details.ErrorMessage, details.StackTrace, details.IsNonRetriable, Of(details.InnerFailure));

    public FailureDetails ToDetails() => new(Type, Message, Stack, Inner?.ToDetails(), IsFinal);
}

/// <summary>One turn of an instance. A history is the list of its turns, and a turn is stored whole or not at all.</summary>
/// <param name="At">UTC. The time of all its events that do not say another.</param>
/// <param name="CustomStatus">What the orchestrator had set when the turn ended.</param>
internal sealed record StoredTurn(DateTime At, IReadOnlyList<StoredEvent> Events, string? CustomStatus);

[JsonSerializable(typeof(StoredTurn))]
[JsonSourceGenerationOptions(
    UseStringEnumConverter = true,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class StoredJson : JsonSerializerContext;
