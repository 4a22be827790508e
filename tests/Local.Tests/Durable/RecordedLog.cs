using Microsoft.Extensions.Logging;

namespace Jobs.Local.Tests.Durable;

/// <summary>Keeps what is logged, and lets a test wait for it.</summary>
internal sealed class RecordedLog : ILoggerFactory, ILogger
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(100);

    private readonly Lock _lock = new();
    private readonly List<(LogLevel Level, string Text)> _entries = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IReadOnlyList<string> At(LogLevel level)
    {
        lock (_lock)
            return [.. _entries.Where(entry => entry.Level == level).Select(entry => entry.Text)];
    }

    public async Task WaitForAsync(LogLevel level, string part)
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (_entries.Any(entry => entry.Level == level && entry.Text.Contains(part)))
                    return;
                changed = _changed.Task;
            }
            await changed.WaitAsync(Longest);
        }
    }

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            _entries.Add((logLevel, formatter(state, exception)));
            changed = _changed;
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
        changed.SetResult();
    }

    public void Dispose()
    {
    }
}
