using Jobs.Local.Durable;
using Microsoft.Data.Sqlite;
using Microsoft.DurableTask.Client;
using SQLitePCL;

namespace Jobs.Local.Tests.Durable;

/// <summary>The disk is full or fails, for a while or for good.</summary>
public class FullDiskTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    [Theory]
    [InlineData(raw.SQLITE_FULL)]
    [InlineData(raw.SQLITE_IOERR)]
    [InlineData(raw.SQLITE_BUSY)]
    public async Task Requests_fail_at_once_and_work_again_when_there_is_room(int error)
    {
        await using var test = await Waiter().StartAsync();
        var id = await test.ScheduleAsync("Wait");
        await test.IdleAsync();
        test.OnFaultPoint = Failing(error);

        await Assert.ThrowsAsync<StoreUnavailableException>(() => test.Client.RaiseEventAsync(id, "go", "lost").WaitAsync(Long));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => test.ScheduleAsync("Wait"));
        Assert.False(test.Engine.Status.IsAvailable);
        Assert.Contains("cannot be written", test.Engine.Status.Reason);
        Assert.Equal(OrchestrationRuntimeStatus.Running, (await test.GetAsync(id)).RuntimeStatus);

        test.OnFaultPoint = null;
        await RecoverAsync(test);
        Assert.False(test.Engine.Failure.IsCompleted);
        await test.Client.RaiseEventAsync(id, "go", "kept");
        Assert.Equal("kept", (await test.WaitAsync(id)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task Turn_is_kept_until_there_is_room_and_stored_once()
    {
        var ran = new TaskCompletionSource();
        var runs = 0;
        await using var test = await new TestHub()
            .Orchestrator("Work", context => context.CallActivityAsync<string>("Once"))
            .Activity<object>("Once", async _ =>
            {
                runs++;
                await ran.Task;
                return "done";
            })
            .StartAsync();
        var id = await test.ScheduleAsync("Work");
        while (Volatile.Read(ref runs) == 0)
            await Task.Yield();
        test.OnFaultPoint = Failing(raw.SQLITE_FULL);
        ran.SetResult();
        await test.Clock.WaitForWaiterAsync().WaitAsync(Long);

        Assert.False(test.Engine.Status.IsAvailable);
        Assert.Equal(OrchestrationRuntimeStatus.Running, (await test.GetAsync(id)).RuntimeStatus);
        test.Clock.Advance(LongestWait);
        test.OnFaultPoint = null;
        await RecoverAsync(test);

        Assert.Equal("done", (await test.WaitAsync(id)).ReadOutputAs<string>());
        Assert.Equal(1, runs);
        Assert.Equal(2, StoreFile.Rows(test.StorePath).Turns);
    }

    [Fact]
    public async Task Stopping_while_the_disk_is_full_ends_and_loses_nothing_that_was_acknowledged()
    {
        await using var test = await Waiter().StartAsync();
        var id = await test.ScheduleAsync("Wait");
        await test.IdleAsync();
        test.OnFaultPoint = Failing(raw.SQLITE_FULL);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => test.Client.RaiseEventAsync(id, "go", "lost").WaitAsync(Long));
        await test.StopAtOnceAsync();

        test.OnFaultPoint = null;
        await test.StartAsync();
        await test.Client.RaiseEventAsync(id, "go", "kept");
        Assert.Equal("kept", (await test.WaitAsync(id)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task File_that_may_not_grow_is_a_full_disk_until_it_may()
    {
        await using var test = await Waiter().StartAsync();
        var id = await test.ScheduleAsync("Wait");
        await test.IdleAsync();
        test.Engine.Store.BoundPages(StoreFile.Scalar<long>(test.StorePath, "PRAGMA page_count"));
        var large = new string('x', 1_000_000);

        await Assert.ThrowsAsync<StoreUnavailableException>(() => test.Client.RaiseEventAsync(id, "go", large).WaitAsync(Long));
        Assert.False(test.Engine.Status.IsAvailable);

        // Small writes still fit, so the probe finds room.
        await RecoverAsync(test);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => test.Client.RaiseEventAsync(id, "go", large).WaitAsync(Long));
        test.Engine.Store.BoundPages(int.MaxValue);
        await RecoverAsync(test);
        await test.Client.RaiseEventAsync(id, "go", large);
        Assert.Equal(large, (await test.WaitAsync(id)).ReadOutputAs<string>());
    }

    [Theory]
    [InlineData(nameof(FaultPoint.BeforeCommit))]
    [InlineData(nameof(FaultPoint.AfterCommit))]
    public async Task Anything_else_that_ends_the_writer_is_told(string at)
    {
        await using var test = await Waiter().StartAsync();
        var id = await test.ScheduleAsync("Wait");
        await test.IdleAsync();
        Assert.False(test.Engine.Failure.IsCompleted);
        test.OnFaultPoint = point =>
        {
            if (point.ToString() == at)
                throw new SqliteException("corrupt", raw.SQLITE_CORRUPT);
        };
        var waiting = test.WaitAsync(id);

        await Assert.ThrowsAsync<StoreUnavailableException>(() => test.Client.RaiseEventAsync(id, "go", "x").WaitAsync(Long));
        Assert.Equal("corrupt", (await test.Engine.Failure.WaitAsync(Long)).Message);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => waiting);
        Assert.False(test.Engine.Status.IsAvailable);
        await test.StopAtOnceAsync();
    }

    private static Action<FaultPoint> Failing(int error) => point =>
    {
        if (point == FaultPoint.BeforeCommit)
            throw new SqliteException("the disk says no", error);
    };

    /// <summary>Lets the writer try again until it has found room. The clock moves whether somebody waits on it or not: the writer may have found room since it was asked.</summary>
    private static Task RecoverAsync(TestHub test) => test.Clock.AdvanceUntilAsync(() => test.Engine.Status.IsAvailable);

    private static TestHub Waiter() => new TestHub().Orchestrator("Wait", context => context.WaitForExternalEvent<string>("go"));
}
