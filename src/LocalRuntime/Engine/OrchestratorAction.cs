using System.Text.Json.Serialization;

namespace Jobs.LocalRuntime.Engine;

/// <summary>Something that an orchestrator asked for. Every replay must ask for the same, in the same order.</summary>
/// <param name="TaskId">Counts the actions of an instance from 0.</param>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "action")]
[JsonDerivedType(typeof(ScheduleActivity), "scheduleActivity")]
[JsonDerivedType(typeof(CreateTimer), "createTimer")]
internal abstract record OrchestratorAction(int TaskId)
{
    /// <summary>Kind and name: what a replay must repeat. Inputs and due times may differ, as on the real host.</summary>
    [JsonIgnore]
    public abstract string Signature { get; }

    /// <param name="Input">JSON, or null.</param>
    internal sealed record ScheduleActivity(int TaskId, string Name, string? Input) : OrchestratorAction(TaskId)
    {
        [JsonIgnore]
        public override string Signature => $"activity '{Name}'";
    }

    /// <param name="FireAt">UTC.</param>
    internal sealed record CreateTimer(int TaskId, DateTime FireAt) : OrchestratorAction(TaskId)
    {
        [JsonIgnore]
        public override string Signature => "timer";
    }
}
