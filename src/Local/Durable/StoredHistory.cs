using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using DurableTask.Core;
using DurableTask.Core.History;

namespace Jobs.Local.Durable;

/// <summary>
/// Writes DurableTask's events as they are stored, and reads them again (<see cref="StoredEvent"/>). An event type that is
/// not known here is an error at once, never a gap in a history. Trace contexts are not stored: they end with the process.
/// </summary>
/// <remarks>The writing is by hand because it is most of what a turn costs beyond its replay.</remarks>
internal static class StoredHistory
{
    /// <summary>Values are JSON within JSON: the relaxed encoder keeps them short and readable. It is never shown to a browser.</summary>
    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private const int InitialCapacity = 4 * 1024;

    /// <summary>A thread that has written something longer gives its buffer up.</summary>
    private const int LongestKept = 256 * 1024;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _buffer;

    [ThreadStatic]
    private static Utf8JsonWriter? _json;

    /// <summary>A turn: its events, and what its orchestrator had set as its status when it ended.</summary>
    /// <param name="at">The time of all events that have no other.</param>
    /// <param name="inputOf">The input of a call, which the event does not hold.</param>
    public static byte[] WriteTurn(DateTime at, HistoryEvent[] events, string? customStatus, Func<TaskScheduledEvent, string?> inputOf) =>
        Write(json =>
        {
            json.WriteStartObject();
            json.WriteString("at"u8, at);
            json.WriteStartArray("events"u8);
            foreach (var happened in events)
            {
                json.WriteStartObject();
                WriteHead(json, happened, at);
                // How an execution was started is stored with its instance.
                if (happened is TaskScheduledEvent call)
                    WriteCall(json, call, inputOf(call));
                else if (happened is not ExecutionStartedEvent)
                    WriteBody(json, happened);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            WriteText(json, "customStatus"u8, customStatus);
            json.WriteEndObject();
        });

    /// <summary>An event by itself.</summary>
    /// <exception cref="NotSupportedException">An event type that this engine does not produce.</exception>
    public static byte[] Write(HistoryEvent happened) => Write(json =>
    {
        json.WriteStartObject();
        WriteHead(json, happened, turn: null);
        WriteBody(json, happened);
        json.WriteEndObject();
    });

    public static string? WriteFailure(FailureDetails? failure) =>
        failure is null ? null : JsonSerializer.Serialize(StoredFailure.Of(failure)!, StoredJson.Default.StoredFailure);

    /// <exception cref="JsonException">The text is not a turn.</exception>
    public static StoredTurn ReadTurn(string json) =>
        JsonSerializer.Deserialize(json, StoredJson.Default.StoredTurn) ?? throw new JsonException("A turn is missing.");

    /// <exception cref="JsonException">The text is not an event.</exception>
    public static HistoryEvent Read(string json) =>
        (JsonSerializer.Deserialize(json, StoredJson.Default.StoredEvent) ?? throw new JsonException("An event is missing.")).ToEvent(turn: null);

    public static FailureDetails? ReadFailure(string? json) =>
        json is null ? null : JsonSerializer.Deserialize(json, StoredJson.Default.StoredFailure)?.ToDetails();

    private static byte[] Write(Action<Utf8JsonWriter> write)
    {
        var buffer = _buffer ??= new ArrayBufferWriter<byte>(InitialCapacity);
        var json = _json ??= new Utf8JsonWriter(buffer, Compact);
        try
        {
            write(json);
            json.Flush();
            return buffer.WrittenSpan.ToArray();
        }
        finally
        {
            buffer.ResetWrittenCount();
            json.Reset();
            if (buffer.Capacity > LongestKept)
                (_buffer, _json) = (null, null);
        }
    }

    private static void WriteHead(Utf8JsonWriter json, HistoryEvent happened, DateTime? turn)
    {
        json.WriteString("type"u8, happened.EventType.ToString());
        if (happened.EventId != StoredEvent.NoId)
            json.WriteNumber("id"u8, happened.EventId);
        if (happened.Timestamp != turn)
            json.WriteString("at"u8, happened.Timestamp);
    }

    private static void WriteBody(Utf8JsonWriter json, HistoryEvent happened)
    {
        switch (happened)
        {
            case ExecutionStartedEvent e:
                WriteNamed(json, e.Name, e.Version, e.Input, e.Tags);
                json.WriteString("instance"u8, e.OrchestrationInstance.InstanceId);
                json.WriteString("execution"u8, e.OrchestrationInstance.ExecutionId);
                WriteParent(json, e.ParentInstance);
                break;
            case ExecutionCompletedEvent e:
                json.WriteString("status"u8, e.OrchestrationStatus.ToString());
                WriteResult(json, task: null, e.Result, details: null, e.FailureDetails);
                break;
            case ExecutionTerminatedEvent e:
                WriteText(json, "value"u8, e.Input);
                break;
            case ExecutionSuspendedEvent e:
                WriteText(json, "value"u8, e.Reason);
                break;
            case ExecutionResumedEvent e:
                WriteText(json, "value"u8, e.Reason);
                break;
            case TaskScheduledEvent e:
                WriteCall(json, e, e.Input);
                break;
            case TaskCompletedEvent e:
                WriteResult(json, e.TaskScheduledId, e.Result);
                break;
            case TaskFailedEvent e:
                WriteResult(json, e.TaskScheduledId, e.Reason, e.Details, e.FailureDetails);
                break;
            case SubOrchestrationInstanceCreatedEvent e:
                WriteNamed(json, e.Name, e.Version, value: null, e.Tags);
                json.WriteString("instance"u8, e.InstanceId);
                break;
            case SubOrchestrationInstanceCompletedEvent e:
                WriteResult(json, e.TaskScheduledId, e.Result);
                break;
            case SubOrchestrationInstanceFailedEvent e:
                WriteResult(json, e.TaskScheduledId, e.Reason, e.Details, e.FailureDetails);
                break;
            case TimerCreatedEvent e:
                json.WriteString("fireAt"u8, e.FireAt);
                break;
            case TimerFiredEvent e:
                json.WriteNumber("task"u8, e.TimerId);
                json.WriteString("fireAt"u8, e.FireAt);
                break;
            case EventSentEvent e:
                json.WriteString("instance"u8, e.InstanceId);
                WriteNamed(json, e.Name, version: null, e.Input, tags: null);
                break;
            case EventRaisedEvent e:
                WriteNamed(json, e.Name, version: null, e.Input, tags: null);
                break;
            case OrchestratorStartedEvent or OrchestratorCompletedEvent:
                break;
            default:
                throw new NotSupportedException($"Events of the type {happened.EventType} are not supported.");
        }
    }

    private static void WriteCall(Utf8JsonWriter json, TaskScheduledEvent call, string? input) =>
        WriteNamed(json, call.Name, call.Version, input, call.Tags);

    private static void WriteNamed(Utf8JsonWriter json, string? name, string? version, string? value, IDictionary<string, string>? tags)
    {
        WriteText(json, "name"u8, name);
        if (version is { Length: > 0 })
            json.WriteString("version"u8, version);
        WriteText(json, "value"u8, value);
        if (tags is not { Count: > 0 })
            return;
        json.WriteStartObject("tags"u8);
        foreach (var (key, tag) in tags)
            json.WriteString(key, tag);
        json.WriteEndObject();
    }

    private static void WriteResult(Utf8JsonWriter json, int? task, string? value, string? details = null, FailureDetails? failure = null)
    {
        if (task is { } id)
            json.WriteNumber("task"u8, id);
        WriteText(json, "value"u8, value);
        WriteText(json, "details"u8, details);
        if (failure is null)
            return;
        json.WritePropertyName("failure"u8);
        JsonSerializer.Serialize(json, StoredFailure.Of(failure)!, StoredJson.Default.StoredFailure);
    }

    private static void WriteParent(Utf8JsonWriter json, ParentInstance? parent)
    {
        if (parent is null)
            return;
        json.WritePropertyName("parent"u8);
        JsonSerializer.Serialize(json, StoredParent.Of(parent), StoredJson.Default.StoredParent);
    }

    private static void WriteText(Utf8JsonWriter json, ReadOnlySpan<byte> name, string? text)
    {
        if (text is not null)
            json.WriteString(name, text);
    }
}
