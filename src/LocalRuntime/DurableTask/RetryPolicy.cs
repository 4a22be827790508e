namespace Microsoft.DurableTask;

/// <summary>
/// How often and how far apart a failed activity is tried again. The wait after failure n (from 0) is
/// first × coefficientⁿ, at most <see cref="MaxRetryInterval"/>; no attempt follows once
/// <see cref="RetryTimeout"/> has passed since the first one was scheduled.
/// </summary>
public class RetryPolicy
{
    private static readonly TimeSpan DefaultMaxRetryInterval = TimeSpan.FromHours(1);

    /// <param name="maxNumberOfAttempts">1 or more; 1 means no retry.</param>
    /// <param name="firstRetryInterval">More than zero.</param>
    /// <param name="backoffCoefficient">1 or more.</param>
    /// <param name="maxRetryInterval">At least the first interval, or infinite; an hour if null.</param>
    /// <param name="retryTimeout">At least the first interval, or infinite; infinite if null.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    public RetryPolicy(
        int maxNumberOfAttempts,
        TimeSpan firstRetryInterval,
        double backoffCoefficient = 1.0,
        TimeSpan? maxRetryInterval = null,
        TimeSpan? retryTimeout = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxNumberOfAttempts, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(firstRetryInterval, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(backoffCoefficient, 1.0);
        ThrowIfShorter(maxRetryInterval, firstRetryInterval, nameof(maxRetryInterval));
        ThrowIfShorter(retryTimeout, firstRetryInterval, nameof(retryTimeout));
        MaxNumberOfAttempts = maxNumberOfAttempts;
        FirstRetryInterval = firstRetryInterval;
        BackoffCoefficient = backoffCoefficient;
        MaxRetryInterval = maxRetryInterval ?? DefaultMaxRetryInterval;
        RetryTimeout = retryTimeout ?? Timeout.InfiniteTimeSpan;
    }

    public int MaxNumberOfAttempts { get; }

    public TimeSpan FirstRetryInterval { get; }

    public double BackoffCoefficient { get; }

    public TimeSpan MaxRetryInterval { get; }

    public TimeSpan RetryTimeout { get; }

    private static void ThrowIfShorter(TimeSpan? value, TimeSpan first, string parameter)
    {
        if (value is { } given && given != Timeout.InfiniteTimeSpan && given < first)
            throw new ArgumentOutOfRangeException(parameter, given, "Must not be shorter than the first retry interval.");
    }
}
