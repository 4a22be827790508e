namespace Microsoft.DurableTask;

/// <summary>Options of one activity call.</summary>
public record TaskOptions
{
    public TaskOptions(TaskRetryOptions? retry) => Retry = retry;

    public TaskOptions(TaskOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Retry = options.Retry;
    }

    public TaskRetryOptions? Retry { get; init; }

    public static TaskOptions FromRetryPolicy(RetryPolicy policy) => new(new TaskRetryOptions(policy));
}
