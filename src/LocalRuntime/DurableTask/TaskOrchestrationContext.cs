using Microsoft.Extensions.Logging;

namespace Microsoft.DurableTask;

/// <summary>
/// What an orchestrator may use. An orchestrator is run again from its start after every completion, so it must be
/// deterministic: await only tasks of this context, take time and ids only from it.
/// </summary>
public abstract class TaskOrchestrationContext
{
    public abstract TaskName Name { get; }

    public abstract string InstanceId { get; }

    /// <summary>The time of the current turn: the same value in every replay. Kind is Utc.</summary>
    public abstract DateTime CurrentUtcDateTime { get; }

    /// <summary>True while the orchestrator passes through what it has already done in an earlier turn.</summary>
    public abstract bool IsReplaying { get; }

    protected abstract ILoggerFactory LoggerFactory { get; }

    public abstract T? GetInput<T>();

    /// <summary>Runs an activity; at least once, its result is taken exactly once.</summary>
    /// <exception cref="TaskFailedException">The activity failed, and its retries, if any, too.</exception>
    public abstract Task<TResult> CallActivityAsync<TResult>(TaskName name, object? input = null, TaskOptions? options = null);

    public virtual Task<TResult> CallActivityAsync<TResult>(TaskName name, TaskOptions options) =>
        CallActivityAsync<TResult>(name, null, options);

    public virtual Task CallActivityAsync(TaskName name, object? input = null, TaskOptions? options = null) =>
        CallActivityAsync<object>(name, input, options);

    public virtual Task CallActivityAsync(TaskName name, TaskOptions options) => CallActivityAsync(name, null, options);

    /// <summary>A durable timer. An instance does not finish while a timer is open: cancel those no longer needed.</summary>
    public abstract Task CreateTimer(DateTime fireAt, CancellationToken cancellationToken);

    public virtual Task CreateTimer(TimeSpan delay, CancellationToken cancellationToken) =>
        CreateTimer(CurrentUtcDateTime.Add(delay), cancellationToken);

    /// <summary>
    /// The next event of that name (without regard to case). An event that nobody waits for is kept until somebody
    /// does. Of several waits for one name the newest gets the event, cancelled or not.
    /// </summary>
    public abstract Task<T> WaitForExternalEvent<T>(string eventName, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="WaitForExternalEvent{T}(string, TimeSpan, CancellationToken)"/>
    public Task<T> WaitForExternalEvent<T>(string eventName, TimeSpan timeout) =>
        WaitForExternalEvent<T>(eventName, timeout, CancellationToken.None);

    /// <exception cref="TaskCanceledException">No event came within <paramref name="timeout"/>, or the token was cancelled.</exception>
    public async Task<T> WaitForExternalEvent<T>(string eventName, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var timerEnd = new CancellationTokenSource();
        var timer = CreateTimer(timeout, timerEnd.Token);
        using var eventEnd = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var raised = WaitForExternalEvent<T>(eventName, eventEnd.Token);
        if (await Task.WhenAny(timer, raised) == raised)
            timerEnd.Cancel();
        else
            eventEnd.Cancel();
        return await raised;
    }

    /// <summary>An id that is the same in every replay (RFC 4122 version 5).</summary>
    public abstract Guid NewGuid();

    /// <summary>A logger that is silent during replay, so that each message appears once.</summary>
    public virtual ILogger CreateReplaySafeLogger(string categoryName) =>
        new ReplaySafeLogger(this, LoggerFactory.CreateLogger(categoryName));

    /// <inheritdoc cref="CreateReplaySafeLogger(string)"/>
    public virtual ILogger CreateReplaySafeLogger(Type type) => new ReplaySafeLogger(this, LoggerFactory.CreateLogger(type));

    /// <inheritdoc cref="CreateReplaySafeLogger(string)"/>
    public virtual ILogger CreateReplaySafeLogger<T>() => new ReplaySafeLogger(this, LoggerFactory.CreateLogger<T>());

    private sealed class ReplaySafeLogger(TaskOrchestrationContext context, ILogger inner) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => inner.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(logLevel);

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!context.IsReplaying)
                inner.Log(logLevel, eventId, state, exception, formatter);
        }
    }
}
