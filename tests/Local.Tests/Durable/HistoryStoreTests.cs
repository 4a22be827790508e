using Jobs.Local.Durable;
using Microsoft.Data.Sqlite;

namespace Jobs.Local.Tests.Durable;

public class HistoryStoreTests
{
    [Fact]
    public async Task Store_is_for_one_engine_at_a_time()
    {
        await using var test = await Quick().StartAsync();
        await using var second = new EmbeddedEngine(new EmbeddedEngineOptions { StorePath = test.StorePath });
        Assert.Throws<IOException>(second.Start);
    }

    [Fact]
    public async Task Store_of_another_version_is_refused_and_left_alone()
    {
        await using var test = await Quick().StartAsync();
        await test.StopAsync();
        var known = (int)StoreFile.Scalar<long>(test.StorePath, "PRAGMA user_version");
        SetVersion(known + 1);
        await Assert.ThrowsAsync<NotSupportedException>(test.StartAsync);
        SetVersion(known);
        await test.StartAsync();

        void SetVersion(int version)
        {
            using var connection = new SqliteConnection($"Data Source={test.StorePath};Pooling=False");
            connection.Open();
            using var command = new SqliteCommand($"PRAGMA user_version = {version}", connection);
            command.ExecuteNonQuery();
        }
    }

    [Fact]
    public async Task Nothing_is_acted_on_before_it_is_stored()
    {
        var path = "";
        await using var test = await new TestHub()
            .Orchestrator("Twice", async context =>
                $"{await context.CallActivityAsync<int>("CountTurns")} {await context.CallActivityAsync<int>("CountTurns")}")
            .Activity<object>("CountTurns", _ => Task.FromResult<object?>((int)StoreFile.Rows(path).Turns))
            .StartAsync();
        path = test.StorePath;

        var id = await test.ScheduleAsync("Twice");

        Assert.Equal(1, StoreFile.Rows(path).Instances);
        Assert.Equal("1 2", (await test.WaitAsync(id)).ReadOutputAs<string>());
        Assert.Equal(3, StoreFile.Rows(path).Turns);
    }

    [Fact]
    public async Task Event_is_stored_before_its_sender_is_told()
    {
        var stored = new List<long>();
        var path = "";
        var isRaised = false;
        await using var test = await Quick().Orchestrator("Wait", async context =>
        {
            if (isRaised)
                stored.Add(StoreFile.Rows(path).Inbox);
            return await context.WaitForExternalEvent<string>("go");
        }).StartAsync();
        path = test.StorePath;
        var id = await test.ScheduleAsync("Wait");
        await test.IdleAsync();
        isRaised = true;

        await test.Client.RaiseEventAsync(id, "go", "x");
        await test.WaitAsync(id);

        Assert.Equal([1], stored);
        Assert.Equal(0, StoreFile.Rows(path).Inbox);
    }

    [Fact]
    public async Task Concurrent_writers_share_commits()
    {
        await using var test = await Quick().StartAsync();
        await Task.WhenAll(Enumerable.Range(0, 500).Select(async _ => await test.RunAsync("Quick")));
        Assert.InRange(test.Engine.Commits, 1, 500);
        Assert.Equal("wal", StoreFile.Scalar<string>(test.StorePath, "PRAGMA journal_mode"));
    }

    [Fact]
    public async Task Failed_engine_says_so_and_loses_nothing_that_it_acknowledged()
    {
        await using var test = await Quick().Orchestrator("Wait", context => context.WaitForExternalEvent<string>("go")).StartAsync();
        var id = await test.ScheduleAsync("Wait");
        await test.IdleAsync();
        test.OnFaultPoint = _ => throw new IOException("broken");

        await Assert.ThrowsAsync<StoreUnavailableException>(() => test.Client.RaiseEventAsync(id, "go", "lost"));
        Assert.Equal("broken", (await test.Engine.Failure.WaitAsync(TimeSpan.FromSeconds(100))).Message);
        Assert.False(test.Engine.Status.IsAvailable);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => test.ScheduleAsync("Quick"));

        await test.StopAtOnceAsync();
        test.OnFaultPoint = null;
        await test.StartAsync();
        await test.Client.RaiseEventAsync(id, "go", "kept");
        Assert.Equal("kept", (await test.WaitAsync(id)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task Waiting_client_is_told_when_the_engine_fails()
    {
        await using var test = await Quick().StartAsync();
        var commits = 0;
        test.OnFaultPoint = point =>
        {
            if (point == FaultPoint.BeforeCommit && ++commits == 2)
                throw new IOException("disk full");
        };
        var id = await test.ScheduleAsync("Quick");
        await Assert.ThrowsAsync<StoreUnavailableException>(() => test.WaitAsync(id));
    }

    private static TestHub Quick() => new TestHub().Orchestrator("Quick", _ => Task.FromResult(0));
}
