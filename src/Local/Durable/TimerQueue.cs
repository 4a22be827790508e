namespace Jobs.Local.Durable;

/// <summary>Open timers of all instances, on one timer of the clock, which is armed for the earliest only.</summary>
/// <param name="onDue">Called for each due timer in the order of due times, one at a time.</param>
internal sealed class TimerQueue(TimeProvider time, Action<TimerQueue.Entry> onDue) : IDisposable
{
    /// <summary>The longest that the platform's timers can be armed for is 49 days.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(40);

    private readonly Lock _lock = new();
    private readonly SortedSet<Entry> _entries = [];
    private ITimer? _timer;
    private long _added;
    private bool _disposed;

    /// <param name="Order">Breaks ties: timers due at one moment fire in the order in which they were created.</param>
    internal sealed record Entry(LiveInstance Instance, string ExecutionId, int TimerId, DateTime FireAt, long Order) : IComparable<Entry>
    {
        public int CompareTo(Entry? other) => (FireAt, Order).CompareTo((other!.FireAt, other.Order));
    }

    /// <summary>How many timers wait.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _entries.Count;
        }
    }

    public Entry Add(LiveInstance instance, string executionId, int timerId, DateTime fireAt)
    {
        lock (_lock)
        {
            var entry = new Entry(instance, executionId, timerId, fireAt, _added++);
            _entries.Add(entry);
            if (_entries.Min == entry)
                Arm();
            return entry;
        }
    }

    public void Remove(Entry entry)
    {
        lock (_lock)
            _entries.Remove(entry);
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            _entries.Clear();
            _timer?.Dispose();
        }
    }

    private void OnTimer()
    {
        // Under the lock, so that two callbacks of the clock cannot fire timers out of order.
        lock (_lock)
        {
            var now = time.GetUtcNow().UtcDateTime;
            while (_entries.Min is { } first && first.FireAt <= now)
            {
                _entries.Remove(first);
                onDue(first);
            }
            Arm();
        }
    }

    private void Arm()
    {
        if (_disposed || _entries.Min is not { } first)
            return;
        var wait = first.FireAt - time.GetUtcNow().UtcDateTime;
        wait = wait <= TimeSpan.Zero ? TimeSpan.Zero
            : wait > LongestWait ? LongestWait
            : TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds));
        _timer ??= time.CreateTimer(_ => OnTimer(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timer.Change(wait, Timeout.InfiniteTimeSpan);
    }
}
