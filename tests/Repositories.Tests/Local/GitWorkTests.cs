using Jobs.Domain.Repositories;
using Jobs.Repositories.Local;

namespace Jobs.Repositories.Tests.Local;

public sealed class GitWorkTests
{
    [Fact]
    public async Task Work_runs_elsewhere_and_so_many_at_once()
    {
        using var work = new GitWork(TimeProvider.System);
        using var gate = new SemaphoreSlim(0);
        var running = 0;
        var most = 0;

        var tasks = Enumerable.Range(0, 3 * GitWork.MaxAtOnce).Select(_ => work.RunAsync(
            _ =>
            {
                InterlockedMax(ref most, Interlocked.Increment(ref running));
                gate.Wait();
                Interlocked.Decrement(ref running);
                return Thread.CurrentThread.IsThreadPoolThread;
            },
            CancellationToken.None)).ToArray();
        while (Volatile.Read(ref running) < GitWork.MaxAtOnce)
        {
            await Task.Yield();
        }

        gate.Release(tasks.Length);
        Assert.All(await Task.WhenAll(tasks), Assert.False);
        Assert.Equal(GitWork.MaxAtOnce, most);
    }

    [Fact]
    public async Task Work_that_takes_too_long_is_given_up_and_keeps_its_place_until_it_ends()
    {
        var time = new ManualTimeProvider();
        using var work = new GitWork(time);
        using var gate = new ManualResetEventSlim();
        var begun = new TaskCompletionSource();
        var stuck = Enumerable.Range(0, GitWork.MaxAtOnce).Select(_ => work.RunAsync(
            token =>
            {
                begun.TrySetResult();
                gate.Wait(CancellationToken.None);
                return token.IsCancellationRequested;
            },
            CancellationToken.None)).ToArray();
        await begun.Task;

        time.Advance(GitWork.Limit);
        foreach (var task in stuck)
        {
            Assert.True((await Assert.ThrowsAsync<ForgeException>(() => task)).IsTransient);
        }

        var next = work.RunAsync(_ => 1, CancellationToken.None);
        Assert.False(next.IsCompleted);
        time.Advance(GitWork.Limit);
        Assert.True((await Assert.ThrowsAsync<ForgeException>(() => next)).IsTransient);

        gate.Set();
        Assert.Equal(2, await work.RunAsync(_ => 2, CancellationToken.None));
    }

    [Fact]
    public async Task Caller_that_gives_up_is_let_go()
    {
        using var work = new GitWork(TimeProvider.System);
        using var gate = new ManualResetEventSlim();
        using var stop = new CancellationTokenSource();
        var task = work.RunAsync(_ => { gate.Wait(CancellationToken.None); return 0; }, stop.Token);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => task);
        gate.Set();
    }

    private static void InterlockedMax(ref int target, int value)
    {
        int seen;
        while ((seen = Volatile.Read(ref target)) < value && Interlocked.CompareExchange(ref target, value, seen) != seen)
        {
        }
    }
}
