using System.Threading.Channels;
using Jobs.Local.Storage.Protocol;
using Microsoft.Data.Sqlite;

namespace Jobs.Local.Storage.Tables;

/// <summary>
/// The one writer of a database. Work that arrives while a commit is being synced is done together in the next transaction, so that one sync serves many
/// callers. Each piece of work succeeds or fails by itself, and its caller hears of either only after the COMMIT that made its outcome true.
/// </summary>
internal sealed class GroupCommitWriter : IDisposable
{
    /// <summary>The most pieces of work in one transaction, so that the first caller does not wait long for the last.</summary>
    public const int MaxWorkPerCommit = 256;

    /// <summary>The most pieces of work that wait; more are refused, because a disk that is so far behind would make each of them wait too long.</summary>
    public const int MaxWaiting = 20_000;

    private static readonly TimeSpan LongestStop = TimeSpan.FromSeconds(30);

    private readonly Channel<Work> _queue = Channel.CreateBounded<Work>(new BoundedChannelOptions(MaxWaiting) { SingleReader = true });
    private readonly TaskCompletionSource<Exception> _fatal = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SqliteSession _session;
    private readonly Thread _thread;
    private volatile bool _disposed;
    private long _commits;

    /// <summary>Takes over a session, which nobody else may use from now on.</summary>
    public GroupCommitWriter(SqliteSession session)
    {
        _session = session;
        _thread = new Thread(Run) { IsBackground = true, Name = "table writer" };
        _thread.Start();
    }

    /// <summary>How many transactions were committed.</summary>
    public long Commits => Volatile.Read(ref _commits);

    /// <summary>Ends with the cause when the writer's thread has died; every write is refused from then on. Never ends otherwise.</summary>
    public Task<Exception> Fatal => _fatal.Task;

    /// <summary>
    /// Does work in a transaction and answers with what it returned or threw. A <see cref="StorageError"/> undoes only this work. Cancelling takes effect
    /// until the work begins.
    /// </summary>
    public Task<T> EnqueueAsync<T>(Func<SqliteSession, T> work, CancellationToken cancellationToken)
    {
        var item = new Work<T>(work, cancellationToken);
        if (_queue.Writer.TryWrite(item))
            return item.Result;
        if (_fatal.Task.IsCompletedSuccessfully)
            return Task.FromException<T>(Dead(_fatal.Task.Result));
        ObjectDisposedException.ThrowIf(_disposed, this);
        return Task.FromException<T>(StorageError.ServerBusy($"{MaxWaiting} writes wait for the disk."));
    }

    /// <summary>Finishes what was enqueued and closes the database. A disk that does not answer is not waited for for ever: what it holds was not acknowledged.</summary>
    public void Dispose()
    {
        _disposed = true;
        if (_queue.Writer.TryComplete())
            _thread.Join(LongestStop);
    }

    private void Run()
    {
        var group = new List<Work>(MaxWorkPerCommit);
        try
        {
            while (_queue.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
            {
                while (group.Count < MaxWorkPerCommit && _queue.Reader.TryRead(out var work))
                {
                    if (!work.IsCancelled())
                        group.Add(work);
                }

                if (group.Count > 0)
                    CommitTogether(group);
                group.Clear();
            }
        }
        catch (Exception e)
        {
            // Whatever it is, there is no writer any more: the host must know, and nobody may wait for it.
            _fatal.SetResult(e);
            _queue.Writer.TryComplete();
            group.ForEach(work => work.Fail(Dead(e)));
            while (_queue.Reader.TryRead(out var work))
                work.Fail(Dead(e));
        }
        finally
        {
            _session.Dispose();
        }
    }

    private static StorageError Dead(Exception cause) => StorageError.ServerBusy($"The writer of the database has stopped: {cause.Message}", cause);

    private void CommitTogether(List<Work> group)
    {
        try
        {
            _session.Execute("BEGIN IMMEDIATE");
            foreach (var work in group)
            {
                _session.Execute("SAVEPOINT work");
                if (!work.Run(_session))
                    _session.Execute("ROLLBACK TO work");
                _session.Execute("RELEASE work");
            }

            _session.Execute("COMMIT");
            Interlocked.Increment(ref _commits);
        }
        catch (SqliteException e)
        {
            // A fault of the database (full disk, I/O): nothing of the group is there, so nobody may be told otherwise. The next group begins anew.
            RollBack();
            var refusal = DatabaseFault.AsRefusal(e);
            group.ForEach(work => work.Fail(refusal));
            return;
        }

        group.ForEach(work => work.Complete());
    }

    private void RollBack()
    {
        try
        {
            _session.Execute("ROLLBACK");
        }
        catch (SqliteException)
        {
            // SQLite has already ended the transaction itself, as it does after some faults.
        }
    }

    private abstract class Work
    {
        /// <summary>Whether the caller has given up; then the caller is told.</summary>
        public abstract bool IsCancelled();

        /// <summary>Does the work; false when it failed and what it did must be undone.</summary>
        public abstract bool Run(SqliteSession session);

        /// <summary>Tells the caller the outcome.</summary>
        public abstract void Complete();

        /// <summary>Tells the caller of a fault, whatever the outcome was.</summary>
        public abstract void Fail(Exception fault);
    }

    private sealed class Work<T>(Func<SqliteSession, T> work, CancellationToken cancellationToken) : Work
    {
        private readonly TaskCompletionSource<T> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T? _result;
        private Exception? _failure;

        public Task<T> Result => _completion.Task;

        public override bool IsCancelled() => cancellationToken.IsCancellationRequested && _completion.TrySetCanceled(cancellationToken);

        public override bool Run(SqliteSession session)
        {
            try
            {
                _result = work(session);
            }
            catch (Exception e) when (e is not SqliteException)
            {
                _failure = e;
            }

            return _failure is null;
        }

        public override void Complete()
        {
            if (_failure is null)
                _completion.TrySetResult(_result!);
            else
                _completion.TrySetException(_failure);
        }

        public override void Fail(Exception fault) => _completion.TrySetException(fault);
    }
}
