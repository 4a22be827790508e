using Microsoft.DurableTask;

namespace Jobs.Functions.Orchestrations;

/// <summary>How an orchestration waits for a place in which its work can go on, or for the time when there is something to do: durably, holding no activity.</summary>
internal static class Turns
{
    /// <summary>The event that says that a place is kept for the work.</summary>
    public const string CalledEvent = "Called";

    /// <summary>After this long the work comes by itself: the host in whose queue it stood may be gone.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Returns once the work may come again: when it is called, which a cancel does too, or at <paramref name="until"/>, else after <see cref="LongestWait"/>. Coming early is harmless: its
    /// place in the queue stays.
    /// </summary>
    public static async Task WaitAsync(TaskOrchestrationContext context, DateTimeOffset? until = null)
    {
        using var stop = new CancellationTokenSource();
        var called = context.WaitForExternalEvent<bool>(CalledEvent, stop.Token);
        await Task.WhenAny(called, context.CreateTimer(until?.UtcDateTime ?? context.CurrentUtcDateTime + LongestWait, stop.Token));
        stop.Cancel();
    }
}
