using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using SQLitePCL;

namespace Jobs.Local.Durable;

/// <summary>
/// The one writer of a database. Everything that waits to be written goes into one transaction, so that many writers
/// share one sync of the disk. What is submitted is acted on once it is durable, in the order of submission.
/// </summary>
/// <remarks>
/// A disk that is full or fails is ridden out: what must be written is kept and tried again, everything else is refused
/// meanwhile, and <see cref="Status"/> says so. Any other failure ends the writer for good, because memory may be ahead
/// of the disk by then: <see cref="Failure"/> tells, and only a restart puts that right.
/// </remarks>
internal sealed class GroupCommit : IAsyncDisposable
{
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _wake = new(0);
    private readonly CancellationTokenSource _closing = new();
    private readonly TaskCompletionSource<Exception> _failure = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SqliteConnection _connection;
    private readonly SqlStatement _begin, _commit, _rollback, _probe;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Action<FaultPoint>? _onFaultPoint;
    private readonly Task _loop;
    private List<StoreWrite> _waiting = [];
    private List<StoreWrite> _batch = [];
    private bool _closed;
    private volatile StoreStatus _status = StoreStatus.Available;

    /// <param name="probe">A statement that writes at least one page: it finds out whether there is room again.</param>
    public GroupCommit(SqliteConnection connection, string probe, TimeProvider time, ILogger log, Action<FaultPoint>? onFaultPoint)
    {
        _connection = connection;
        _begin = new SqlStatement(connection, "BEGIN IMMEDIATE");
        _commit = new SqlStatement(connection, "COMMIT");
        _rollback = new SqlStatement(connection, "ROLLBACK");
        _probe = new SqlStatement(connection, probe);
        _time = time;
        _log = log;
        _onFaultPoint = onFaultPoint;
        _loop = Task.Run(LoopAsync);
    }

    /// <summary>How many transactions were committed.</summary>
    public long Commits { get; private set; }

    public StoreStatus Status => _status;

    /// <summary>Ends, with the reason, if the writer has ended for good. It never fails.</summary>
    public Task<Exception> Failure => _failure.Task;

    public void Submit(StoreWrite write)
    {
        if (!_status.IsAvailable && !write.IsKept)
            write.Failed(Unavailable());
        else if (!TryAdd(write))
            write.Failed(new StoreUnavailableException("The durable store is closed."));
    }

    /// <summary>Writes what waits, then ends. A disk that is full now is not waited for: what was never stored runs again after a restart.</summary>
    public async ValueTask DisposeAsync()
    {
        Close();
        await _closing.CancelAsync();
        await _loop;
        foreach (var statement in (SqlStatement[])[_begin, _commit, _rollback, _probe])
            statement.Dispose();
        _closing.Dispose();
    }

    /// <summary>Full, failing, or held by somebody else: conditions that pass.</summary>
    private static bool MayPass(SqliteException e) => e.SqliteErrorCode is raw.SQLITE_FULL or raw.SQLITE_IOERR or raw.SQLITE_BUSY;

    private async Task LoopAsync()
    {
        try
        {
            while (true)
            {
                await _wake.WaitAsync();
                // Behind what is about to run, which will have something to write too.
                await Task.Yield();
                if (!TakeWaiting())
                    return;
                if (!TryCommit(out var trouble))
                    await RideOutAsync(trouble!);
            }
        }
        catch (Exception e)
        {
            End(e);
        }
    }

    /// <summary>Commits the batch and acts on it. False, with everything rolled back and the batch kept, if the disk does not take it now.</summary>
    private bool TryCommit(out SqliteException? trouble)
    {
        try
        {
            _begin.Execute();
            if (!_status.IsAvailable)
                _probe.Execute();
            foreach (var write in _batch)
                write.Apply();
            _onFaultPoint?.Invoke(FaultPoint.BeforeCommit);
            _commit.Execute();
        }
        catch (SqliteException e) when (MayPass(e))
        {
            RollBack();
            trouble = e;
            return false;
        }
        Commits++;
        _onFaultPoint?.Invoke(FaultPoint.AfterCommit);
        _status = StoreStatus.Available;
        foreach (var write in _batch)
            write.Committed();
        _batch.Clear();
        trouble = null;
        return true;
    }

    private async Task RideOutAsync(SqliteException trouble)
    {
        _status = StoreStatus.Unavailable($"The durable store cannot be written: {trouble.Message}");
        _log.LogError(trouble, "The durable store cannot be written. Requests are refused and turns are kept until it can.");
        var wait = ShortestWait;
        do
        {
            RefuseRequests();
            await Task.Delay(wait, _time, _closing.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            TakeWaiting();
            RefuseRequests();
            wait = wait * 2 < LongestWait ? wait * 2 : LongestWait;
            if (TryCommit(out _))
            {
                _log.LogInformation("The durable store can be written again.");
                return;
            }
        }
        while (!_closing.IsCancellationRequested);
        _batch.ForEach(write => write.Failed(Unavailable()));
        _batch.Clear();
    }

    /// <summary>The loop is woken by the first that waits, and takes all at once.</summary>
    private bool TryAdd(StoreWrite write)
    {
        bool isFirst;
        lock (_lock)
        {
            if (_closed)
                return false;
            isFirst = _waiting.Count == 0;
            _waiting.Add(write);
        }
        if (isFirst)
            _wake.Release();
        return true;
    }

    /// <summary>Adds what waits to the batch. False if nothing did, and nothing will.</summary>
    private bool TakeWaiting()
    {
        lock (_lock)
        {
            if (_batch.Count == 0)
            {
                (_batch, _waiting) = (_waiting, _batch);
                return _batch.Count > 0 || !_closed;
            }
            _batch.AddRange(_waiting);
            _waiting.Clear();
            return true;
        }
    }

    private void Close()
    {
        lock (_lock)
            _closed = true;
        _wake.Release();
    }

    private void RefuseRequests()
    {
        foreach (var write in _batch.Where(write => !write.IsKept))
            write.Failed(Unavailable());
        _batch.RemoveAll(write => !write.IsKept);
    }

    private StoreUnavailableException Unavailable() => new(_status.Reason ?? "The durable store cannot be written.");

    private void RollBack()
    {
        // SQLite may have rolled back by itself, depending on where it failed.
        if (raw.sqlite3_get_autocommit(_connection.Handle) == 0)
            _rollback.Execute();
    }

    private void End(Exception reason)
    {
        _status = StoreStatus.Unavailable("The durable store failed and needs a restart.");
        _log.LogCritical(reason, "The durable store failed; this process must be restarted.");
        Close();
        TakeWaiting();
        _batch.ForEach(write => write.Failed(new StoreUnavailableException("The durable store failed.", reason)));
        _failure.TrySetResult(reason);
    }
}
