namespace Jobs.Local.Durable;

/// <summary>Counts work in progress, and tells when there is none. Entering and leaving take no lock.</summary>
internal sealed class BusyCounter
{
    private TaskCompletionSource? _idle;
    private int _count;

    public void Enter() => Interlocked.Increment(ref _count);

    public void Exit()
    {
        if (Interlocked.Decrement(ref _count) == 0)
            Interlocked.Exchange(ref _idle, null)?.SetResult();
    }

    /// <summary>Ends at a moment at which nothing is in progress.</summary>
    public Task WhenIdleAsync()
    {
        var fresh = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var waiting = Interlocked.CompareExchange(ref _idle, fresh, null) ?? fresh;
        // Whoever left before could not see who waits.
        if (Volatile.Read(ref _count) == 0)
            Interlocked.Exchange(ref _idle, null)?.SetResult();
        return waiting.Task;
    }
}
