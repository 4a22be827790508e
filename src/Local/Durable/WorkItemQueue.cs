namespace Jobs.Local.Durable;

/// <summary>
/// What one of DurableTask's dispatchers takes its work from, in the order in which it was added and so much at once as is
/// allowed. The dispatcher has a limit of its own, but waits for it with a timer and a lock at each item. Idle, it holds no thread.
/// </summary>
/// <remarks>For one taker at a time. It goes on taking on the thread that adds, so nothing is added under a lock.</remarks>
internal sealed class WorkItemQueue<T>(int limit)
    where T : class
{
    private readonly Lock _lock = new();
    private readonly Queue<T> _items = new();
    private TaskCompletionSource<T?>? _taker;
    private CancellationToken _cancellation;
    private TaskCompletionSource? _idle;
    private int _out;
    private bool _stopped;

    public void Add(T item)
    {
        TaskCompletionSource<T?>? taker;
        lock (_lock)
        {
            _items.Enqueue(item);
            taker = TryHandOut(out item!);
        }
        taker?.SetResult(item);
    }

    /// <summary>An item that was taken is not out any more.</summary>
    public void Return()
    {
        TaskCompletionSource<T?>? taker;
        TaskCompletionSource? idle = null;
        T? item;
        lock (_lock)
        {
            _out--;
            taker = TryHandOut(out item);
            if (_out == 0)
                (idle, _idle) = (_idle, null);
        }
        taker?.SetResult(item);
        idle?.SetResult();
    }

    /// <summary>Hands out nothing any more; what is in here stays. Ends when nothing is out.</summary>
    public Task StopAsync()
    {
        lock (_lock)
        {
            _stopped = true;
            if (_out == 0)
                return Task.CompletedTask;
            _idle ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _idle.Task;
        }
    }

    /// <summary>
    /// The next item; null once the token is cancelled. The dispatcher's time limit on fetching is not taken up, because
    /// it would only ask again.
    /// </summary>
    public ValueTask<T?> TakeAsync(CancellationToken cancellation)
    {
        lock (_lock)
        {
            if (cancellation.IsCancellationRequested)
                return default;
            if (!_stopped && _out < limit && _items.TryDequeue(out var item))
            {
                _out++;
                return new(item);
            }
            if (_taker is not null)
                throw new InvalidOperationException("The queue has one taker.");
            _taker = new TaskCompletionSource<T?>();
            // The dispatcher has one token for its whole life.
            if (_cancellation != cancellation)
            {
                _cancellation = cancellation;
                cancellation.UnsafeRegister(static queue => ((WorkItemQueue<T>)queue!).Cancel(), this);
            }
            return new(_taker.Task);
        }
    }

    private TaskCompletionSource<T?>? TryHandOut(out T? item)
    {
        item = null;
        if (_stopped || _taker is not { } taker || _out >= limit || !_items.TryDequeue(out item))
            return null;
        _out++;
        _taker = null;
        return taker;
    }

    private void Cancel()
    {
        TaskCompletionSource<T?>? taker;
        lock (_lock)
            (taker, _taker) = (_taker, null);
        taker?.SetResult(null);
    }
}
