namespace Jobs.LocalRuntime.Tests.Host;

/// <summary>A clock that moves only when told to.</summary>
internal sealed class ManualTime(DateTimeOffset start) : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<Timer> _timers = [];
    private readonly SemaphoreSlim _changed = new(0);
    private DateTimeOffset _now = start;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock)
        {
            return _now;
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Waits, in real time, until somebody waits on this clock: who moves it earlier would leave them behind.</summary>
    public async Task WaitForWaiterAsync()
    {
        for (; ; )
        {
            lock (_lock)
            {
                if (_timers.Exists(t => t.Due is not null))
                {
                    return;
                }
            }

            Assert.True(await _changed.WaitAsync(TimeSpan.FromSeconds(30)), "Nobody waits on the clock.");
        }
    }

    /// <summary>Moves the clock in one step, then rings whatever is due.</summary>
    public void JumpTo(DateTimeOffset now)
    {
        List<Timer> due;
        lock (_lock)
        {
            _now = now;
            due = _timers.FindAll(t => t.Due <= now);
            due.ForEach(t => t.Due = null);
        }

        due.ForEach(t => t.Ring());
    }

    private sealed class Timer(ManualTime owner, Action callback) : ITimer
    {
        public DateTimeOffset? Due { get; set; }

        public void Ring() => callback();

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime == TimeSpan.Zero)
            {
                ThreadPool.QueueUserWorkItem(_ => callback());
            }

            lock (owner._lock)
            {
                Due = dueTime <= TimeSpan.Zero ? null : owner._now + dueTime;
                owner._timers.Remove(this);
                owner._timers.Add(this);
            }

            owner._changed.Release();
            return true;
        }

        public void Dispose()
        {
            lock (owner._lock)
            {
                owner._timers.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
