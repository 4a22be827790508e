namespace Jobs.Functions.Activities;

/// <summary>
/// Passes on the latest progress message, no more often than an interval: a generator may report as often as it likes. The first comes after one interval,
/// so work that is quick reports nothing but its start and its end.
/// </summary>
internal sealed class ThrottledProgress(TimeProvider time, TimeSpan interval) : IProgress<string>
{
    private string? _latest;

    /// <summary>Takes a message; returns at once.</summary>
    public void Report(string value) => Volatile.Write(ref _latest, value);

    /// <summary>Runs <paramref name="work"/> and, beside it, writes what it reports with <paramref name="write"/>; a message that came too late is dropped.</summary>
    public async Task<T> RunAsync<T>(Func<IProgress<string>, Task<T>> work, Func<string, Task> write)
    {
        var running = work(this);
        while (!running.IsCompleted)
        {
            using var stop = new CancellationTokenSource();
            await Task.WhenAny(running, Task.Delay(interval, time, stop.Token));
            await stop.CancelAsync();
            if (!running.IsCompleted && Interlocked.Exchange(ref _latest, null) is { } message)
            {
                await write(message);
            }
        }

        return await running;
    }
}
