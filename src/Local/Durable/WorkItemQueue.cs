using System.Threading.Channels;

namespace Jobs.Local.Durable;

/// <summary>What DurableTask's dispatchers take their work from, in the order in which it was added. Idle, it holds no thread.</summary>
internal sealed class WorkItemQueue<T>
    where T : class
{
    private readonly Channel<T> _items = Channel.CreateUnbounded<T>();
    private readonly BusyCounter? _handedOut;
    private volatile bool _stopped;

    /// <param name="handedOut">Is entered for each item that is taken; who took it exits.</param>
    public WorkItemQueue(BusyCounter? handedOut = null) => _handedOut = handedOut;

    public void Add(T item) => _items.Writer.TryWrite(item);

    /// <summary>Hands out nothing any more. What is in here stays.</summary>
    public void Stop() => _stopped = true;

    /// <summary>
    /// The next item; null once the token is cancelled. The dispatcher's own time limit on fetching is not taken up,
    /// because it would only ask again.
    /// </summary>
    public async ValueTask<T?> TakeAsync(CancellationToken cancellation)
    {
        try
        {
            while (!_stopped && await _items.Reader.WaitToReadAsync(cancellation))
            {
                // Entered before looking, so that who stops the queue and finds nothing out can rely on it.
                _handedOut?.Enter();
                if (!_stopped && _items.Reader.TryRead(out var item))
                    return item;
                _handedOut?.Exit();
            }
            // A dispatcher that got nothing at once would ask again at once.
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellation);
            return null;
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }
}
