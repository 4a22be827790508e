namespace Microsoft.DurableTask;

/// <summary>An activity failed, all its retries included. Orchestrators catch this, never the activity's own exception.</summary>
public sealed class TaskFailedException : Exception
{
    public TaskFailedException(string taskName, int taskId, TaskFailureDetails failureDetails)
        : base($"Task '{taskName}' (#{taskId}) failed with an unhandled exception: {failureDetails.ErrorMessage}")
    {
        TaskName = taskName;
        TaskId = taskId;
        FailureDetails = failureDetails;
    }

    public string TaskName { get; }

    /// <summary>The number of the failed call among the actions of its orchestration.</summary>
    public int TaskId { get; }

    public TaskFailureDetails FailureDetails { get; }
}
