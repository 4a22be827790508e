using Jobs.Local.Durable;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Jobs.Local.Tests.Durable;

/// <summary>The one writer of the store, without an engine around it.</summary>
public sealed class GroupCommitTests : IAsyncDisposable
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(20);

    private readonly SqliteConnection _connection = new("Data Source=:memory:");
    private readonly GroupCommit _writer;

    public GroupCommitTests()
    {
        SQLitePCL.Batteries_V2.Init();
        _connection.Open();
        using var create = new SqliteCommand("CREATE TABLE probe (written INTEGER)", _connection);
        create.ExecuteNonQuery();
        _writer = new GroupCommit(_connection, "UPDATE probe SET written = 1", TimeProvider.System, NullLogger.Instance, onFaultPoint: null);
    }

    [Fact]
    public async Task Writes_are_acted_on_in_the_order_of_their_submission()
    {
        var acted = new List<int>();
        var writes = Enumerable.Range(0, 1_000).Select(number => new StoreRequest<int>(() => number, acted.Add)).ToList();

        writes.ForEach(_writer.Submit);

        await Task.WhenAll(writes.Select(write => write.Task)).WaitAsync(Long);
        Assert.Equal(Enumerable.Range(0, 1_000), acted);
    }

    [Fact]
    public async Task What_is_stored_but_cannot_be_acted_on_ends_the_writer_and_all_that_follows_is_told()
    {
        var following = new StoreRequest<int>(() => 2);
        var broken = new StoreRequest<int>(
            () =>
            {
                _writer.Submit(following);
                return 1;
            },
            _ => throw new InvalidOperationException("a defect"));

        _writer.Submit(broken);

        Assert.Equal("a defect", (await _writer.Failure.WaitAsync(Long)).Message);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => broken.Task.WaitAsync(Long));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => following.Task.WaitAsync(Long));
        var late = new StoreRequest<int>(() => 3);
        _writer.Submit(late);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => late.Task.WaitAsync(Long));
    }

    public async ValueTask DisposeAsync()
    {
        await _writer.DisposeAsync();
        await _connection.DisposeAsync();
    }
}
