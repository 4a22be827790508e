namespace Microsoft.DurableTask;

/// <summary>How a failed activity is retried. Only policies are supported here, no handlers.</summary>
public sealed class TaskRetryOptions
{
    public TaskRetryOptions(RetryPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        Policy = policy;
    }

    public RetryPolicy? Policy { get; }
}
