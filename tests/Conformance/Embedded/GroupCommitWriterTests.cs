using Jobs.Local.Storage.Protocol;
using Jobs.Local.Storage.Tables;

namespace Jobs.Conformance.Embedded;

public sealed class GroupCommitWriterTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("jobs-writer-").FullName;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly GroupCommitWriter _writer;
    private readonly SqliteSession _reader;
    private readonly ManualResetEventSlim _gate = new();
    private readonly TaskCompletionSource _busy = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public GroupCommitWriterTests()
    {
        var file = Path.Combine(_folder, "test.db");
        _writer = new GroupCommitWriter(new SqliteSession(file, "PRAGMA journal_mode = WAL; CREATE TABLE numbers (n INTEGER)"));
        _reader = new SqliteSession(file, "PRAGMA query_only = 1");
    }

    public void Dispose()
    {
        _gate.Set();
        _writer.Dispose();
        _reader.Dispose();
        _gate.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Work_that_waits_for_a_commit_is_committed_together()
    {
        var blocker = await BlockAsync();
        var group = Enumerable.Range(1, 100).Select(n => InsertAsync(n)).ToArray();

        _gate.Set();
        await Task.WhenAll([blocker, .. group]);

        Assert.Equal(2, _writer.Commits);
        Assert.Equal(Enumerable.Range(1, 100), Numbers());
    }

    [Fact]
    public async Task Refused_work_is_undone_alone()
    {
        var blocker = await BlockAsync();
        var before = InsertAsync(1);
        var refused = _writer.EnqueueAsync<int>(session =>
        {
            session.Execute("INSERT INTO numbers VALUES (2)");
            throw TableErrors.EntityAlreadyExists();
        }, CancellationToken.None);
        var after = InsertAsync(3);

        _gate.Set();
        await Task.WhenAll(blocker, before, after);

        Assert.Equal(409, (await Assert.ThrowsAsync<StorageError>(() => refused)).Status);
        Assert.Equal([1, 3], Numbers());
        Assert.Equal(2, _writer.Commits);
    }

    [Fact]
    public async Task Later_work_of_a_group_sees_what_earlier_work_did()
    {
        var blocker = await BlockAsync();
        _ = InsertAsync(1);
        var seen = _writer.EnqueueAsync(Count, CancellationToken.None);

        _gate.Set();
        await blocker;

        Assert.Equal(1, await seen);
    }

    [Fact]
    public async Task Nothing_is_acknowledged_or_read_before_its_commit()
    {
        var inserted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var work = _writer.EnqueueAsync(session =>
        {
            var changed = session.Execute("INSERT INTO numbers VALUES (1)");
            inserted.SetResult();
            _gate.Wait();
            return changed;
        }, CancellationToken.None);
        await inserted.Task;

        Assert.Empty(Numbers());
        Assert.False(work.IsCompleted);

        _gate.Set();
        Assert.Equal(1, await work);
        Assert.Equal([1], Numbers());
    }

    [Fact]
    public async Task Fault_of_the_database_fails_the_whole_group_and_nothing_of_it_stays()
    {
        var blocker = await BlockAsync();
        var innocent = InsertAsync(1);
        var faulty = _writer.EnqueueAsync(session => session.Execute("INSERT INTO no_such_table VALUES (2)"), CancellationToken.None);

        _gate.Set();
        await blocker;

        Assert.Equal(500, (await Assert.ThrowsAsync<StorageError>(() => faulty)).Status);
        Assert.Equal(500, (await Assert.ThrowsAsync<StorageError>(() => innocent)).Status);
        Assert.Empty(Numbers());
        await InsertAsync(3);
        Assert.Equal([3], Numbers());
    }

    [Fact]
    public async Task Full_disk_is_503_at_once_and_heals_by_itself()
    {
        await InsertAsync(1);
        await _writer.EnqueueAsync(session => session.Execute("PRAGMA max_page_count = 1"), CancellationToken.None);

        var refusal = await Assert.ThrowsAsync<StorageError>(() => FillAsync().WaitAsync(Patience));
        Assert.Equal((503, "ServerBusy"), (refusal.Status, refusal.Code));
        Assert.Equal([1], Numbers());

        await _writer.EnqueueAsync(session => session.Execute("PRAGMA max_page_count = 1000000"), CancellationToken.None);
        await FillAsync().WaitAsync(Patience);
        Assert.False(_writer.Fatal.IsCompleted);

        Task FillAsync() => _writer.EnqueueAsync(
            session => session.Execute("INSERT INTO numbers WITH RECURSIVE more (n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM more WHERE n < 100000) SELECT n FROM more"),
            CancellationToken.None);
    }

    [Fact]
    public async Task Dead_writer_tells_its_host_and_refuses_every_write()
    {
        var blocker = await BlockAsync();
        var waiting = InsertAsync(1);
        // Whoever closes the connection under the writer gives it a fault that is none of the database's.
        var deadly = _writer.EnqueueAsync(session =>
        {
            session.Dispose();
            return 0;
        }, CancellationToken.None);

        _gate.Set();

        Assert.NotNull(await _writer.Fatal.WaitAsync(Patience));
        await blocker;
        foreach (var refused in new[] { waiting, deadly, InsertAsync(2) })
            Assert.Equal(503, (await Assert.ThrowsAsync<StorageError>(() => refused.WaitAsync(Patience))).Status);
    }

    [Fact]
    public async Task More_waiting_work_than_the_limit_is_refused()
    {
        var blocker = await BlockAsync();
        var works = Enumerable.Range(0, GroupCommitWriter.MaxWaiting).Select(_ => _writer.EnqueueAsync(_ => 0, CancellationToken.None)).ToArray();

        var refusal = await Assert.ThrowsAsync<StorageError>(() => _writer.EnqueueAsync(_ => 0, CancellationToken.None));

        Assert.Equal(503, refusal.Status);
        _gate.Set();
        await Task.WhenAll([blocker, .. works]).WaitAsync(Patience);
    }

    [Fact]
    public async Task Cancelled_work_that_has_not_begun_is_not_done()
    {
        var blocker = await BlockAsync();
        using var cancellation = new CancellationTokenSource();
        var cancelled = _writer.EnqueueAsync(session => session.Execute("INSERT INTO numbers VALUES (1)"), cancellation.Token);
        await cancellation.CancelAsync();

        _gate.Set();
        await blocker;

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        Assert.Empty(Numbers());
    }

    [Fact]
    public async Task Group_is_bounded()
    {
        var blocker = await BlockAsync();
        var works = Enumerable.Range(0, GroupCommitWriter.MaxWorkPerCommit + 1).Select(InsertAsync).ToArray();

        _gate.Set();
        await Task.WhenAll([blocker, .. works]);

        Assert.Equal(3, _writer.Commits);
    }

    [Fact]
    public async Task Disposing_finishes_what_was_enqueued_and_refuses_more()
    {
        var blocker = await BlockAsync();
        var last = InsertAsync(1);

        _gate.Set();
        _writer.Dispose();

        await Task.WhenAll(blocker, last);
        Assert.Equal([1], Numbers());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => InsertAsync(2));
    }

    /// <summary>Keeps the writer in a transaction until the gate opens.</summary>
    private async Task<Task> BlockAsync()
    {
        var blocker = _writer.EnqueueAsync(_ =>
        {
            _busy.SetResult();
            _gate.Wait();
            return 0;
        }, CancellationToken.None);
        await _busy.Task;
        return blocker;
    }

    private async Task InsertAsync(int n) => Assert.Equal(1, await _writer.EnqueueAsync(session => session.Execute("INSERT INTO numbers VALUES ($0)", n), CancellationToken.None));

    private static int Count(SqliteSession session)
    {
        using var row = session.Query("SELECT count(*) FROM numbers");
        row.Read();
        return (int)row.GetInt64(0);
    }

    private List<int> Numbers()
    {
        using var row = _reader.Query("SELECT n FROM numbers ORDER BY n");
        var numbers = new List<int>();
        while (row.Read())
            numbers.Add((int)row.GetInt64(0));
        return numbers;
    }
}
