using Microsoft.DurableTask;

namespace Jobs.Functions.Orchestrations;

/// <summary>How orchestrations try again.</summary>
internal static class Retries
{
    /// <summary>The longest wait between two attempts.</summary>
    public static readonly TimeSpan MaxDelay = TimeSpan.FromSeconds(30);

    /// <summary>The longest wait that a far system may ask for.</summary>
    public static readonly TimeSpan MaxRetryAfter = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(2);

    /// <summary>For an activity that throws: a fault of ours or of storage, not an answer. At most 3 executions.</summary>
    public static TaskOptions OfFaults { get; } = TaskOptions.FromRetryPolicy(
        new RetryPolicy(maxNumberOfAttempts: 3, firstRetryInterval: FirstDelay, backoffCoefficient: 2, maxRetryInterval: MaxDelay));

    /// <summary>
    /// For a step that says it may be tried again: exponential, with a jitter of up to half of it so that jobs that failed together do not return together.
    /// The randomness comes from the orchestration's own guid, which is the same at every replay. Never before <paramref name="retryAfter"/>, up to <see cref="MaxRetryAfter"/>.
    /// </summary>
    public static TimeSpan DelayAfter(int attempt, Guid randomness, TimeSpan? retryAfter = null)
    {
        var delay = Math.Min(FirstDelay.TotalMilliseconds * Math.Pow(2, attempt - 1), MaxDelay.TotalMilliseconds);
        var jitter = randomness.ToByteArray()[0] / 255.0;
        var wait = TimeSpan.FromMilliseconds(delay * (0.5 + (0.5 * jitter)));
        return retryAfter is { } asked ? wait + (asked < MaxRetryAfter ? asked : MaxRetryAfter) : wait;
    }
}
