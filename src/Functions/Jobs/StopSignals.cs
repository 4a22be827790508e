using Microsoft.Extensions.Logging;

namespace Jobs.Functions.Jobs;

/// <summary>
/// Tells the work of a job or a run, where it is done in this host, at once that it was asked to stop. It is a hint to look: what was asked is in the row, which work in another host
/// looks at now and then.
/// </summary>
public sealed partial class StopSignals(TimeProvider time, ILogger<StopSignals> logger)
{
    private readonly TimeProvider _time = time;
    private readonly ILogger _logger = logger;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, List<Listener>> _listeners = new(StringComparer.Ordinal);

    /// <summary>Wakes whoever listens for the job or run of that id.</summary>
    public void Raise(string id)
    {
        lock (_lock)
        {
            foreach (var listener in _listeners.GetValueOrDefault(id) ?? [])
            {
                listener.Wake();
            }
        }
    }

    /// <summary>Listens until it is disposed of. Begin before the row says that the work has started, or a signal in between is missed.</summary>
    public Listener Listen(string id)
    {
        var listener = new Listener(this, id);
        lock (_lock)
        {
            if (!_listeners.TryGetValue(id, out var others))
            {
                _listeners[id] = others = [];
            }

            others.Add(listener);
        }

        return listener;
    }

    private void Remove(Listener listener)
    {
        lock (_lock)
        {
            if (_listeners.TryGetValue(listener.Id, out var others) && others.Remove(listener) && others.Count == 0)
            {
                _listeners.Remove(listener.Id);
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "{Id}: it could not be looked up whether it is to stop")]
    private static partial void LogNotLooked(ILogger logger, Exception error, string id);

    /// <summary>One execution that wants to know.</summary>
    public sealed class Listener : IDisposable
    {
        private readonly StopSignals _signals;
        private TaskCompletionSource _woken = New();

        internal Listener(StopSignals signals, string id) => (_signals, Id) = (signals, id);

        internal string Id { get; }

        /// <summary>
        /// Looks after each signal, and else after each <paramref name="interval"/>, whether the work may go on; calls <paramref name="stopAsync"/> when it may not. Ends when
        /// <paramref name="over"/> is cancelled, or after it has stopped the work.
        /// </summary>
        public async Task WatchAsync(TimeSpan interval, Func<CancellationToken, Task<bool>> mayGoOnAsync, Func<Task> stopAsync, CancellationToken over)
        {
            while (true)
            {
                await WaitAsync(interval, over);
                if (over.IsCancellationRequested)
                {
                    return;
                }

                if (!await LookAsync(mayGoOnAsync, over))
                {
                    await stopAsync();
                    return;
                }
            }
        }

        /// <inheritdoc/>
        public void Dispose() => _signals.Remove(this);

        internal void Wake() => Volatile.Read(ref _woken).TrySetResult();

        private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

        private async Task<bool> LookAsync(Func<CancellationToken, Task<bool>> mayGoOnAsync, CancellationToken over)
        {
            try
            {
                return await mayGoOnAsync(over);
            }
            catch (OperationCanceledException) when (over.IsCancellationRequested)
            {
                return true;
            }
            catch (Exception error)
            {
                // Storage may be back at the next look; the work is bounded in time anyway.
                LogNotLooked(_signals._logger, error, Id);
                return true;
            }
        }

        private async Task WaitAsync(TimeSpan interval, CancellationToken over)
        {
            using var ended = CancellationTokenSource.CreateLinkedTokenSource(over);
            await Task.WhenAny(_woken.Task, Task.Delay(interval, _signals._time, ended.Token));
            await ended.CancelAsync();
            if (_woken.Task.IsCompleted)
            {
                Volatile.Write(ref _woken, New());
            }
        }
    }
}
