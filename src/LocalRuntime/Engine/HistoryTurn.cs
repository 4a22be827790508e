using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.DurableTask;

namespace Jobs.LocalRuntime.Engine;

/// <summary>
/// One turn of an orchestrator: when it ran, what it was told and what it then asked for. An instance's history is the
/// list of its turns, and a turn is stored whole or not at all.
/// </summary>
/// <param name="At">UTC; never before the turn that went before.</param>
/// <param name="Events">In the order in which the orchestrator saw them. Empty only in the first turn, which starts it.</param>
/// <param name="Actions">In the order in which it asked.</param>
internal sealed record HistoryTurn(DateTime At, IReadOnlyList<HistoryEvent> Events, IReadOnlyList<OrchestratorAction> Actions)
{
    public string ToJson() => JsonSerializer.Serialize(this, HistoryJson.Compact.HistoryTurn);

    public static HistoryTurn FromJson(string json) => JsonSerializer.Deserialize(json, HistoryJson.Compact.HistoryTurn)!;
}

/// <summary>How the history is written. Generated code, because it is written several times per orchestration.</summary>
[JsonSerializable(typeof(HistoryTurn))]
[JsonSerializable(typeof(HistoryEvent))]
[JsonSerializable(typeof(TaskFailureDetails))]
internal sealed partial class HistoryJson : JsonSerializerContext
{
    /// <summary>Values are JSON within JSON: the relaxed encoder keeps them short and readable. It is never shown to a browser.</summary>
    public static HistoryJson Compact { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
