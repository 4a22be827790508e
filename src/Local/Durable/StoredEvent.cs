using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using DurableTask.Core;

namespace Jobs.Local.Durable;

/// <summary>One event of a history, as it is stored: the union of what the event types hold. See <see cref="StoredHistory"/>.</summary>
internal sealed record StoredEvent
{
    /// <summary>The name of the <see cref="DurableTask.Core.History.EventType"/>, not its number, so that a stored history stays readable.</summary>
    public required string Type { get; init; }

    public int Id { get; init; } = -1;

    public DateTime At { get; init; }

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

    public IDictionary<string, string>? Tags { get; init; }
}

/// <summary>The orchestration that waits for the end of another.</summary>
internal sealed record StoredParent(string Instance, string Execution, int Task, string Name, string? Version);

internal sealed record StoredFailure(string Type, string Message, string? Stack, bool IsFinal, StoredFailure? Inner)
{
    public static StoredFailure? Of(FailureDetails? details) => details is null
        ? null
        : new(details.ErrorType, details.ErrorMessage, details.StackTrace, details.IsNonRetriable, Of(details.InnerFailure));

    public FailureDetails ToDetails() => new(Type, Message, Stack, Inner?.ToDetails(), IsFinal);
}

/// <summary>One turn of an instance. A history is the list of its turns, and a turn is stored whole or not at all.</summary>
/// <param name="CustomStatus">What the orchestrator had set when the turn ended.</param>
internal sealed record StoredTurn(IReadOnlyList<StoredEvent> Events, string? CustomStatus);

/// <summary>How the history is written. Generated code, because it is written several times per orchestration.</summary>
[JsonSerializable(typeof(StoredTurn))]
[JsonSourceGenerationOptions(UseStringEnumConverter = true)]
internal sealed partial class StoredJson : JsonSerializerContext
{
    /// <summary>Values are JSON within JSON: the relaxed encoder keeps them short and readable. It is never shown to a browser.</summary>
    public static StoredJson Compact { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
