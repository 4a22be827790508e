using System.Text.Json;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace Jobs.LocalRuntime.Engine;

/// <summary>
/// One turn: the orchestrator is run from its start, through all its history, and then told what is new. It runs on
/// the calling thread and has no effect beyond the result; what it asked for must be stored before anything is done.
/// </summary>
internal static class OrchestrationTurn
{
    /// <param name="history">The turns so far.</param>
    /// <param name="at">The time of this turn, UTC.</param>
    /// <param name="events">What is new. No <see cref="HistoryEvent.Terminated"/>, no <see cref="HistoryEvent.Faulted"/>.</param>
    /// <param name="onLateForeignContinuation">Called if the orchestrator turns out, after the turn, to await something non-durable.</param>
    public static TurnResult Run(
        LiveInstance instance,
        Func<TaskOrchestrationContext, Task<object?>> orchestrator,
        IReadOnlyList<HistoryTurn> history,
        DateTime at,
        IReadOnlyList<HistoryEvent> events,
        JsonSerializerOptions json,
        ILoggerFactory loggers,
        Action onLateForeignContinuation)
    {
        var thread = new TurnSynchronizationContext(onLateForeignContinuation);
        using var context = new ReplayContext(instance.Name, instance.Id, instance.Input, thread, json, loggers);
        var previous = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(thread);
        try
        {
            Task<object?>? main = null;
            foreach (var turn in history)
            {
                context.BeginTurn(turn.At, replaying: true);
                Play(turn.Events);
                EnsureSame(turn.Actions, context.Actions);
            }
            context.BeginTurn(at, replaying: false);
            Play(events);
            return Result(context, main!, isForeign: thread.Close(), json);

            void Play(IReadOnlyList<HistoryEvent> happened)
            {
                main ??= StartAsync(orchestrator, context);
                thread.Drain();
                foreach (var one in happened)
                {
                    context.Apply(one);
                    thread.Drain();
                }
            }
        }
        catch (Exception e)
        {
            // Non-determinism, or an exception out of an async void method: an orchestrator's own ones are in its task.
            return TurnResult.Failed(e);
        }
        finally
        {
            thread.Close();
            SynchronizationContext.SetSynchronizationContext(previous);
        }
    }

    // Awaiting here, under the turn's context, shows an orchestrator that ended on another thread.
    private static async Task<object?> StartAsync(Func<TaskOrchestrationContext, Task<object?>> orchestrator, ReplayContext context) =>
        await orchestrator(context);

    private static TurnResult Result(ReplayContext context, Task<object?> main, bool isForeign, JsonSerializerOptions json)
    {
        var isStuck = !main.IsCompleted && !context.HasOpenTasks && !context.WaitsForEvents;
        if (isForeign || isStuck)
            return TurnResult.Failed(new NonDurableAwaitException());
        if (!main.IsCompleted || context.HasOpenTasks)
            return new TurnResult(context.Actions, [.. context.CancelledTimers], null);
        try
        {
            var output = main.GetAwaiter().GetResult();
            var written = output is null ? null : JsonSerializer.Serialize(output, output.GetType(), json);
            return new TurnResult(context.Actions, [], new InstanceOutcome(OrchestrationRuntimeStatus.Completed, written, null));
        }
        catch (Exception e)
        {
            return TurnResult.Failed(e) with { Actions = context.Actions };
        }
    }

    private static void EnsureSame(IReadOnlyList<OrchestratorAction> then, IReadOnlyList<OrchestratorAction> now)
    {
        for (var i = 0; i < Math.Max(then.Count, now.Count); i++)
        {
            var before = i < then.Count ? then[i].Signature : "nothing";
            var after = i < now.Count ? now[i].Signature : "nothing";
            if (!before.Equals(after, StringComparison.OrdinalIgnoreCase))
                throw new NonDeterminismException($"action {(i < then.Count ? then[i] : now[i]).TaskId} was {before} and is now {after}.");
        }
    }
}

/// <param name="Actions">What the orchestrator asked for.</param>
/// <param name="CancelledTimers">Task ids of timers that it no longer needs.</param>
/// <param name="Outcome">How the instance ended; null while it goes on.</param>
internal sealed record TurnResult(IReadOnlyList<OrchestratorAction> Actions, IReadOnlyList<int> CancelledTimers, InstanceOutcome? Outcome)
{
    public static TurnResult Failed(Exception exception) =>
        new([], [], new InstanceOutcome(OrchestrationRuntimeStatus.Failed, null, Failures.OfOrchestrator(exception)));
}

/// <summary>How an instance ended.</summary>
/// <param name="Output">JSON, or null.</param>
internal sealed record InstanceOutcome(OrchestrationRuntimeStatus Status, string? Output, TaskFailureDetails? Failure);
