namespace Jobs.Generation.Tests.Ai;

/// <summary>Lets the waits between repetitions pass.</summary>
internal static class RetryClock
{
    /// <summary>More than any wait between repetitions, and less than any limit of a call.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(11);

    /// <summary>Awaits a call, moving the clock whenever it waits for its next repetition, but never so far that a limit of the call is over.</summary>
    public static async Task<T> RunAsync<T>(this ManualTimeProvider time, Task<T> call)
    {
        while (!call.IsCompleted)
        {
            using var stop = new CancellationTokenSource();
            var waits = time.AdvanceToTimerWithinAsync(LongestWait, stop.Token);
            await Task.WhenAny(call, waits);
            await stop.CancelAsync();
            await waits.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return await call;
    }
}
