namespace Jobs.Domain.Repositories;

/// <summary>A forge could not do what was asked. The message is shown to the caller, so it holds no secret and no path of the server.</summary>
public sealed class ForgeException(string message, bool isTransient, Exception? innerException = null) : Exception(message, innerException)
{
    /// <summary>True when the same request may succeed later: a time-out, a rate limit, a lock that another holds.</summary>
    public bool IsTransient { get; } = isTransient;

    /// <summary>How long to wait before another attempt at least; null when nobody said.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
