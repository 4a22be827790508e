using System.Text.Json;
using DurableTask.Core;
using DurableTask.Core.History;

namespace Jobs.Local.Durable;

/// <summary>An instance as it is stored.</summary>
/// <param name="Start">The <see cref="ExecutionStartedEvent"/> of the present execution, as <see cref="StoredHistory"/> writes it.</param>
/// <param name="CreatedAt">UTC.</param>
/// <param name="Status">Null while it is unfinished: then memory knows, and so does its history.</param>
/// <param name="FinishedAt">UTC; null while it is unfinished.</param>
internal sealed record InstanceRow(
    long Key,
    string Id,
    string Name,
    string Start,
    DateTime CreatedAt,
    OrchestrationStatus? Status,
    DateTime? FinishedAt,
    string? Output,
    string? Failure,
    string? CustomStatus)
{
    /// <exception cref="JsonException">The start is unreadable.</exception>
    public ExecutionStartedEvent ReadStart() => StoredHistory.Read(Start) as ExecutionStartedEvent
        ?? throw new JsonException("The start of an instance is another event.");

    /// <summary>The state of a finished instance. One whose start cannot be read is shown without what only the start says.</summary>
    public OrchestrationState ToState()
    {
        var state = new OrchestrationState
        {
            OrchestrationInstance = new OrchestrationInstance { InstanceId = Id, ExecutionId = "" },
            Name = Name,
            OrchestrationStatus = Status ?? OrchestrationStatus.Running,
            CreatedTime = CreatedAt,
            LastUpdatedTime = FinishedAt ?? CreatedAt,
            CompletedTime = FinishedAt ?? DateTime.MaxValue,
            Output = Output,
            Status = CustomStatus,
            FailureDetails = StoredHistory.ReadFailure(Failure),
        };
        try
        {
            var start = ReadStart();
            state.OrchestrationInstance = start.OrchestrationInstance;
            state.ParentInstance = start.ParentInstance;
            state.Version = start.Version;
            state.Tags = start.Tags;
            state.Input = start.Input;
        }
        catch (JsonException) when (Status is OrchestrationStatus.Failed)
        {
            // The instance failed because of just that, and says so in its failure.
        }
        return state;
    }
}
