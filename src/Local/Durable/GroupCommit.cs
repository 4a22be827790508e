using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using SQLitePCL;

namespace Jobs.Local.Durable;

/// <summary>
/// The one writer of a database. Everything that waits to be written goes into one transaction, so that many writers
/// share one sync of the disk. What is submitted is acted on once it is durable, in the order of submission; when more
/// waits, while that is being written.
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
    private readonly Channel<List<StoreWrite>> _durable = Channel.CreateUnbounded<List<StoreWrite>>(new() { SingleReader = true, SingleWriter = true });
    private readonly Task _writing, _acting;
    private List<StoreWrite> _waiting = [];
    private List<StoreWrite> _batch = [];
    private bool _closed;
    private int _handedOver;
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
        _writing = Task.Factory.StartNew(Write, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        _acting = Task.Run(ActAsync);
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
        await _writing;
        await _acting;
        foreach (var statement in (SqlStatement[])[_begin, _commit, _rollback, _probe])
            statement.Dispose();
        _closing.Dispose();
    }

    /// <summary>Full, failing, or held by somebody else: conditions that pass.</summary>
    private static bool MayPass(SqliteException e) => e.SqliteErrorCode is raw.SQLITE_FULL or raw.SQLITE_IOERR or raw.SQLITE_BUSY;

    /// <summary>On a thread of its own: it waits for the disk, and is not to wait behind the turns that wait for it.</summary>
    private void Write()
    {
        try
        {
            while (true)
            {
                _wake.Wait();
                if (!TakeWaiting())
                    break;
                // What woke the loop may have been taken while a disk was ridden out.
                if (_batch.Count > 0 && !TryCommit(out var trouble))
                    RideOut(trouble!);
            }
            _durable.Writer.Complete();
        }
        catch (Exception e)
        {
            Halt(e);
            TakeWaiting();
            _batch.ForEach(write => write.Failed(new StoreUnavailableException("The durable store failed.", e)));
            _durable.Writer.Complete(e);
        }
    }

    /// <summary>Acts on what is durable and was handed over. That the writer has ended is told after everything that it has made durable.</summary>
    private async Task ActAsync()
    {
        try
        {
            await foreach (var batch in _durable.Reader.ReadAllAsync())
            {
                batch.ForEach(Act);
                Interlocked.Decrement(ref _handedOver);
            }
        }
        catch (Exception e)
        {
            _failure.TrySetResult(e);
        }
    }

    private void Act(StoreWrite write)
    {
        if (_failure.Task.IsCompletedSuccessfully)
        {
            write.Failed(new StoreUnavailableException("The durable store failed.", _failure.Task.Result));
            return;
        }
        try
        {
            write.Committed();
        }
        catch (Exception e)
        {
            Halt(e);
            _failure.TrySetResult(e);
            write.Failed(new StoreUnavailableException("The durable store failed.", e));
        }
    }

    /// <summary>Commits the batch and has it acted on. False, with everything rolled back and the batch kept, if the disk does not take it now.</summary>
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
        trouble = null;
        if (Volatile.Read(ref _handedOver) == 0 && !IsAnyWaiting())
        {
            // There is nothing to write meanwhile: another thread would only have to be woken.
            _batch.ForEach(Act);
            _batch.Clear();
            return true;
        }
        Interlocked.Increment(ref _handedOver);
        _durable.Writer.TryWrite(_batch);
        _batch = [];
        return true;
    }

    private bool IsAnyWaiting()
    {
        lock (_lock)
            return _waiting.Count > 0;
    }

    private void RideOut(SqliteException trouble)
    {
        _status = StoreStatus.Unavailable($"The durable store cannot be written: {trouble.Message}");
        _log.LogError(trouble, "The durable store cannot be written. Requests are refused and turns are kept until it can.");
        var wait = ShortestWait;
        do
        {
            RefuseRequests();
            Task.WhenAny(Task.Delay(wait, _time, _closing.Token)).Wait();
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

    /// <summary>Takes nothing any more.</summary>
    private void Halt(Exception reason)
    {
        _status = StoreStatus.Unavailable("The durable store failed and needs a restart.");
        _log.LogCritical(reason, "The durable store failed; this process must be restarted.");
        Close();
    }
}
