namespace Jobs.LocalRuntime.Engine;

/// <summary>Runs work on the thread pool in the order it was added, at most <paramref name="limit"/> at once. Idle, it holds no thread.</summary>
/// <param name="busy">Counts what waits and what runs.</param>
/// <param name="work">Must not throw.</param>
internal sealed class WorkQueue<T>(int limit, BusyCounter busy, Func<T, Task> work)
{
    private readonly Lock _lock = new();
    private readonly Queue<T> _waiting = new();
    private int _running;
    private bool _stopped;

    public void Add(T item)
    {
        lock (_lock)
        {
            if (_stopped)
                return;
            busy.Enter();
            if (_running == limit)
            {
                _waiting.Enqueue(item);
                return;
            }
            _running++;
        }
        ThreadPool.UnsafeQueueUserWorkItem(static start => start.Queue.Run(start.Item), (Queue: this, Item: item), preferLocal: false);
    }

    /// <summary>Starts nothing any more and forgets what waits. What runs, runs on.</summary>
    public void Stop()
    {
        lock (_lock)
        {
            _stopped = true;
            while (_waiting.TryDequeue(out _))
                busy.Exit();
        }
    }

    private async void Run(T item)
    {
        var next = item;
        do
        {
            await work(next);
            busy.Exit();
        }
        while (TryTake(out next));
    }

    private bool TryTake(out T next)
    {
        lock (_lock)
        {
            if (_waiting.TryDequeue(out next!))
                return true;
            _running--;
            return false;
        }
    }
}
