using System.Threading.Channels;
using Microsoft.Data.Sqlite;

namespace Jobs.LocalRuntime.Engine;

/// <summary>
/// The one writer of a database. Everything that waits to be written goes into one transaction, so that many writers
/// share one sync of the disk. A write ends when it is durable.
/// </summary>
/// <remarks>
/// A write or a commit that fails ends the writer: memory may be ahead of the disk by then, and only a restart puts
/// that right. Every later write fails with the first error.
/// </remarks>
internal sealed class GroupCommit : IAsyncDisposable
{
    private readonly Channel<Write> _writes = Channel.CreateUnbounded<Write>(new UnboundedChannelOptions { SingleReader = true });
    private readonly SqliteConnection _connection;
    private readonly Action<FaultPoint>? _onFaultPoint;
    private readonly Task _loop;
    private Exception? _failure;

    public GroupCommit(SqliteConnection connection, Action<FaultPoint>? onFaultPoint)
    {
        _connection = connection;
        _onFaultPoint = onFaultPoint;
        _loop = Task.Run(LoopAsync);
    }

    /// <summary>How many transactions were committed.</summary>
    public long Commits { get; private set; }

    /// <param name="write">Runs alone on the connection, in a transaction.</param>
    public Task<T> WriteAsync<T>(Func<T> write)
    {
        var waiting = new Write<T>(write);
        return _writes.Writer.TryWrite(waiting) ? waiting.Task : Task.FromException<T>(new ObjectDisposedException(nameof(GroupCommit)));
    }

    /// <summary>Writes what waits, then ends.</summary>
    public async ValueTask DisposeAsync()
    {
        _writes.Writer.TryComplete();
        await _loop;
    }

    private async Task LoopAsync()
    {
        using var begin = new SqliteCommand("BEGIN IMMEDIATE", _connection);
        using var commit = new SqliteCommand("COMMIT", _connection);
        var batch = new List<Write>();
        while (await _writes.Reader.WaitToReadAsync())
        {
            try
            {
                if (_failure is not null)
                    throw new InvalidOperationException("The durable store failed earlier; restart.", _failure);
                begin.ExecuteNonQuery();
                while (_writes.Reader.TryRead(out var write))
                {
                    batch.Add(write);
                    write.Apply();
                }
                _onFaultPoint?.Invoke(FaultPoint.BeforeCommit);
                commit.ExecuteNonQuery();
                Commits++;
                _onFaultPoint?.Invoke(FaultPoint.AfterCommit);
                batch.ForEach(write => write.Complete());
            }
            catch (Exception e)
            {
                _failure ??= e;
                while (_writes.Reader.TryRead(out var write))
                    batch.Add(write);
                batch.ForEach(write => write.Fail(e));
            }
            batch.Clear();
        }
    }

    private abstract class Write
    {
        public abstract void Apply();

        public abstract void Complete();

        public abstract void Fail(Exception exception);
    }

    private sealed class Write<T>(Func<T> write) : Write
    {
        private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T _result = default!;

        public Task<T> Task => _done.Task;

        public override void Apply() => _result = write();

        public override void Complete() => _done.SetResult(_result);

        public override void Fail(Exception exception) => _done.TrySetException(exception);
    }
}
