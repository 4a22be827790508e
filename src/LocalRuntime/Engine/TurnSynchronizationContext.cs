namespace Jobs.LocalRuntime.Engine;

/// <summary>
/// Keeps an orchestrator on the one thread that runs its turn. A continuation that arrives from another thread, or
/// after the turn, can only come from something that is not durable; it is never run, and is reported.
/// </summary>
/// <param name="onLate">Called at most once, on any thread, if such a thing shows after <see cref="Close"/>.</param>
internal sealed class TurnSynchronizationContext(Action onLate) : SynchronizationContext
{
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private readonly Lock _lock = new();
    private readonly Queue<(SendOrPostCallback Callback, object? State)> _posted = new();
    private bool _closed;
    private bool _foreign;

    /// <summary>True on the turn's thread while the turn lasts.</summary>
    public bool IsHere => !_closed && Environment.CurrentManagedThreadId == _thread;

    public override SynchronizationContext CreateCopy() => this;

    public override void Send(SendOrPostCallback d, object? state) =>
        throw new NotSupportedException("An orchestrator's synchronization context does not support Send.");

    public override void Post(SendOrPostCallback d, object? state)
    {
        if (IsHere)
            _posted.Enqueue((d, state));
        else
            ReportForeign();
    }

    /// <summary>Runs what was posted, on the turn's thread.</summary>
    public void Drain()
    {
        while (_posted.TryDequeue(out var work))
            work.Callback(work.State);
    }

    public void ReportForeign()
    {
        lock (_lock)
        {
            if (_foreign)
                return;
            _foreign = true;
            if (!_closed)
                return;
        }
        onLate();
    }

    /// <summary>Ends the turn. True if anything foreign showed while it lasted.</summary>
    public bool Close()
    {
        lock (_lock)
        {
            _closed = true;
            return _foreign;
        }
    }
}
