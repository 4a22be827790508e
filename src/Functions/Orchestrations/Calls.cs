using Microsoft.DurableTask;

namespace Jobs.Functions.Orchestrations;

/// <summary>
/// How an orchestration of which several parts wait at once hears that a place is kept for one of them. A call is heard whenever it comes, also while its part is on the way: an event that
/// somebody stopped waiting for would be lost.
/// </summary>
internal sealed class Calls(TaskOrchestrationContext context)
{
    private readonly Dictionary<string, Task> _awaited = new(StringComparer.Ordinal);
    private TaskCompletionSource _partEnded = new();

    /// <summary>How many parts have ended: whoever tried when there were fewer has a reason to try again.</summary>
    public int PartsEnded { get; private set; }

    /// <summary>
    /// Returns once a part may come again, or the orchestration itself where <paramref name="part"/> is null: when it is called, when the orchestration is, which a cancel does too, when
    /// another part has ended, or at <paramref name="until"/>, else after <see cref="Turns.LongestWait"/>. Coming early is harmless.
    /// </summary>
    public async Task WaitAsync(int? part, DateTimeOffset? until = null)
    {
        using var stop = new CancellationTokenSource();
        var all = AwaitedOf(Turns.CalledEvent);
        var called = part is { } number ? AwaitedOf(Turns.CalledEventOf(number)) : all;
        await Task.WhenAny(called, all, _partEnded.Task, context.CreateTimer(until?.UtcDateTime ?? context.CurrentUtcDateTime + Turns.LongestWait, stop.Token));
        stop.Cancel();
        // Whoever else waits has the same task.
        foreach (var heard in _awaited.Where(entry => entry.Value.IsCompleted && (entry.Value == called || entry.Value == all)).Select(entry => entry.Key).ToList())
        {
            _awaited.Remove(heard);
        }
    }

    /// <summary>A part has ended, for which others of the same orchestration may have waited: of calls of a model that cost money, a job has one at a time.</summary>
    public void PartEnded()
    {
        PartsEnded++;
        var ended = _partEnded;
        _partEnded = new TaskCompletionSource();
        ended.SetResult();
    }

    private Task AwaitedOf(string name) => _awaited.TryGetValue(name, out var awaited) ? awaited : _awaited[name] = context.WaitForExternalEvent<bool>(name);
}
