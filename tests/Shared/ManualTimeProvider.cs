namespace Jobs.Testing;

/// <summary>A clock that moves only when told to. Timers fire on the thread that moves it, in the order of their due times.</summary>
internal sealed class ManualTimeProvider(DateTimeOffset start) : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<ManualTimer> _timers = [];
    private readonly SemaphoreSlim _changed = new(0);
    private DateTimeOffset _now = start;

    public ManualTimeProvider()
        : this(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero))
    {
    }

    /// <summary>When the next timer is due; null if none is.</summary>
    public DateTimeOffset? NextDue
    {
        get
        {
            lock (_lock)
            {
                return _timers.Min(timer => timer.Due);
            }
        }
    }

    /// <summary>Whether a timer is due exactly then.</summary>
    public bool HasTimerAt(DateTimeOffset due) => TimersAt(due) > 0;

    /// <summary>How many timers are due exactly then.</summary>
    public int TimersAt(DateTimeOffset due)
    {
        lock (_lock)
        {
            return _timers.Count(timer => timer.Due == due);
        }
    }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock)
        {
            return _now;
        }
    }

    public override long GetTimestamp() => GetUtcNow().UtcTicks;

    /// <summary>Moves the clock, stopping at every due time on the way to fire what is due then.</summary>
    public void Advance(TimeSpan by)
    {
        var end = GetUtcNow() + by;
        while (TakeDue(end) is { } due)
        {
            due.Fire();
        }

        lock (_lock)
        {
            _now = end;
        }
    }

    /// <summary>Moves the clock in one step, as when a machine has slept, then fires what has become due.</summary>
    public void JumpTo(DateTimeOffset now)
    {
        lock (_lock)
        {
            _now = now;
        }

        Advance(TimeSpan.Zero);
    }

    /// <inheritdoc cref="AdvanceUntilAsync(Func{Task{bool}})"/>
    public Task AdvanceUntilAsync(Func<bool> done) => AdvanceUntilAsync(() => Task.FromResult(done()));

    /// <summary>Moves the clock on in small steps until <paramref name="done"/> holds, and gives others time to follow. Fails after 90 real seconds.</summary>
    public async Task AdvanceUntilAsync(Func<Task<bool>> done)
    {
        for (var deadline = DateTime.UtcNow.AddSeconds(90); !await done(); await Task.Delay(10))
        {
            if (DateTime.UtcNow > deadline)
            {
                throw new TimeoutException("The clock's steps lead nowhere.");
            }

            Advance(TimeSpan.FromMilliseconds(500));
        }
    }

    /// <summary>Waits, in real time, until somebody waits on this clock: who moves it earlier would leave them behind. Fails after 90 seconds.</summary>
    public async Task WaitForWaiterAsync()
    {
        while (NextDue is null)
        {
            if (!await _changed.WaitAsync(TimeSpan.FromSeconds(90)))
            {
                throw new TimeoutException("Nobody waits on the clock.");
            }
        }
    }

    /// <summary>Waits, in real time, until somebody waits on this clock for no longer than that, and moves it to when they go on. Fails after 90 seconds.</summary>
    public async Task AdvanceToTimerWithinAsync(TimeSpan within, CancellationToken cancellationToken = default)
    {
        while (!(NextDue <= GetUtcNow() + within))
        {
            if (!await _changed.WaitAsync(TimeSpan.FromSeconds(90), cancellationToken))
            {
                throw new TimeoutException($"Nobody waits on the clock for at most {within}.");
            }
        }

        Advance(NextDue!.Value - GetUtcNow());
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, callback, state);
        lock (_lock)
        {
            _timers.Add(timer);
        }

        timer.Change(dueTime, period);
        return timer;
    }

    private ManualTimer? TakeDue(DateTimeOffset end)
    {
        lock (_lock)
        {
            var next = _timers.Where(timer => timer.Due <= end).MinBy(timer => timer.Due);
            if (next is null)
            {
                return null;
            }

            if (next.Due > _now)
            {
                _now = next.Due.Value;
            }

            next.Due = next.Period > TimeSpan.Zero ? next.Due + next.Period : null;
            return next;
        }
    }

    private sealed class ManualTimer(ManualTimeProvider clock, TimerCallback callback, object? state) : ITimer
    {
        public DateTimeOffset? Due { get; set; }

        public TimeSpan Period { get; private set; }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime == TimeSpan.Zero)
            {
                // Due now: it needs nobody to move the clock.
                ThreadPool.QueueUserWorkItem(_ => Fire());
            }

            lock (clock._lock)
            {
                Due = dueTime > TimeSpan.Zero ? clock._now + dueTime : null;
                Period = period;
            }

            clock._changed.Release();
            return true;
        }

        public void Dispose()
        {
            lock (clock._lock)
            {
                clock._timers.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
