using System.Globalization;
using Microsoft.DurableTask;

namespace Jobs.Functions.Orchestrations;

/// <summary>How an orchestration waits for a place in which its work can go on: durably, holding no activity.</summary>
internal static class Turns
{
    /// <summary>The event that says that a place is kept for the work.</summary>
    public const string CalledEvent = "Called";

    /// <summary>The event that says so to a part of the work that waits by itself.</summary>
    public static string CalledEventOf(int part) => string.Create(CultureInfo.InvariantCulture, $"{CalledEvent}-{part}");

    /// <summary>After this long the work comes by itself: the host in whose queue it stood may be gone.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);

    /// <summary>Returns once the work may come again. Coming early is harmless: its place in the queue stays.</summary>
    public static async Task WaitAsync(TaskOrchestrationContext context)
    {
        using var stop = new CancellationTokenSource();
        var called = context.WaitForExternalEvent<bool>(CalledEvent, stop.Token);
        await Task.WhenAny(called, context.CreateTimer(LongestWait, stop.Token));
        stop.Cancel();
    }
}
