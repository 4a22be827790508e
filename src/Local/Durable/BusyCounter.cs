namespace Jobs.Local.Durable;

/// <summary>Counts work in progress, and tells when there is none.</summary>
internal sealed class BusyCounter
{
    private readonly Lock _lock = new();
    private TaskCompletionSource? _idle;
    private int _count;

    public void Enter()
    {
        lock (_lock)
            _count++;
    }

    public void Exit()
    {
        lock (_lock)
        {
            if (--_count > 0)
                return;
            _idle?.SetResult();
            _idle = null;
        }
    }

    /// <summary>Ends at a moment at which nothing is in progress.</summary>
    public Task WhenIdleAsync()
    {
        lock (_lock)
        {
            if (_count == 0)
                return Task.CompletedTask;
            _idle ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _idle.Task;
        }
    }
}
