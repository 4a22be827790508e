using System.Threading.Channels;
using Azure;
using Microsoft.Data.Sqlite;

namespace Jobs.LocalRuntime.Tables;

/// <summary>
/// The one writer of a database. Work that arrives while a commit is being synced is done together in the next transaction, so that one sync serves many
/// callers. Each piece of work succeeds or fails by itself, and its caller hears of either only after the COMMIT that made its outcome true.
/// </summary>
internal sealed class GroupCommitWriter : IDisposable
{
    /// <summary>The most pieces of work in one transaction, so that the first caller does not wait long for the last.</summary>
    public const int MaxWorkPerCommit = 256;

    private readonly Channel<Work> _queue = Channel.CreateUnbounded<Work>(new UnboundedChannelOptions { SingleReader = true });
    private readonly SqliteSession _session;
    private readonly Thread _thread;

    /// <summary>Takes over a session, which nobody else may use from now on.</summary>
    public GroupCommitWriter(SqliteSession session)
    {
        _session = session;
        _thread = new Thread(Run) { IsBackground = true, Name = "table writer" };
        _thread.Start();
    }

    /// <summary>How many transactions were committed.</summary>
    public long Commits { get; private set; }

    /// <summary>
    /// Does work in a transaction and answers with what it returned or threw. A <see cref="RequestFailedException"/> undoes only this work. Cancelling
    /// takes effect until the work begins.
    /// </summary>
    public Task<T> EnqueueAsync<T>(Func<SqliteSession, T> work, CancellationToken cancellationToken)
    {
        var item = new Work<T>(work, cancellationToken);
        if (!_queue.Writer.TryWrite(item))
            throw new ObjectDisposedException(nameof(GroupCommitWriter));
        return item.Result;
    }

    /// <summary>Finishes what was enqueued and closes the database.</summary>
    public void Dispose()
    {
        if (_queue.Writer.TryComplete())
            _thread.Join();
    }

    private void Run()
    {
        var group = new List<Work>(MaxWorkPerCommit);
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

        _session.Dispose();
    }

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
            Commits++;
        }
        catch (SqliteException e)
        {
            // A fault of the database (full disk, I/O): nothing of the group is there, so nobody may be told otherwise.
            RollBack();
            group.ForEach(work => work.Fail(TableErrors.InternalError(e)));
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
                _completion.SetResult(_result!);
            else
                _completion.SetException(_failure);
        }

        public override void Fail(Exception fault) => _completion.SetException(fault);
    }
}
