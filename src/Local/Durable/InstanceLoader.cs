using System.Text.Json;
using DurableTask.Core;
using DurableTask.Core.History;
using Microsoft.Extensions.Logging;

namespace Jobs.Local.Durable;

/// <summary>What a history asked for and does not say to be done.</summary>
internal sealed record OpenWork(IReadOnlyList<TaskMessage> Calls, IReadOnlyList<TimerCreatedEvent> Timers);

/// <summary>An instance whose history cannot be read, as far as it can be shown until it is stored that it has failed.</summary>
internal sealed record UnreadableInstance(LiveInstance Shown, string Reason);

/// <summary>What the store holds of the unfinished instances.</summary>
internal sealed record LoadedInstances(
    IReadOnlyList<(LiveInstance Instance, OpenWork Open)> Instances, IReadOnlyList<UnreadableInstance> Unreadable);

/// <summary>Brings the unfinished instances back at the start. One that cannot be read keeps nobody else from starting.</summary>
internal sealed class InstanceLoader(HistoryReader store, ILogger log)
{
    public LoadedInstances Load()
    {
        var instances = new List<(LiveInstance, OpenWork)>();
        var unreadable = new List<UnreadableInstance>();
        foreach (var row in store.Unfinished())
        {
            ExecutionStartedEvent? start = null;
            try
            {
                start = row.ReadStart();
                instances.Add(Load(row, start));
            }
            catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
            {
                log.LogError(e, "The history of the orchestration {Name} {Instance} cannot be read. The instance fails; what is stored of it is kept.", row.Name, row.Id);
                unreadable.Add(new UnreadableInstance(Show(row, start), e.Message));
            }
        }
        return new LoadedInstances(instances, unreadable);
    }

    private static LiveInstance Show(InstanceRow row, ExecutionStartedEvent? start)
    {
        start ??= new ExecutionStartedEvent(-1, null)
        {
            Name = row.Name,
            OrchestrationInstance = new OrchestrationInstance { InstanceId = row.Id, ExecutionId = "" },
            Timestamp = row.CreatedAt,
        };
        var shown = new LiveInstance(row.Key, start) { IsFinished = true, Status = OrchestrationStatus.Failed };
        shown.Started.TrySetResult();
        return shown;
    }

    private (LiveInstance Instance, OpenWork Open) Load(InstanceRow row, ExecutionStartedEvent start)
    {
        var instance = new LiveInstance(row.Key, start);
        foreach (var turn in store.Turns(row.Key).Select(StoredHistory.ReadTurn))
        {
            instance.Turns++;
            instance.CustomStatus = turn.CustomStatus;
            instance.History.AddRange(turn.Events.Select(stored =>
                stored.Type == nameof(EventType.ExecutionStarted) ? start : stored.ToEvent(turn.At)));
        }
        if (instance.Turns == 0)
            instance.Inbox.Add(new InboxMessage(new TaskMessage { OrchestrationInstance = start.OrchestrationInstance, Event = start }, Row: null));
        else
            TakeUp(instance);
        foreach (var (body, inboxRow) in store.Inbox(row.Key))
        {
            var message = new TaskMessage { OrchestrationInstance = new OrchestrationInstance { InstanceId = row.Id }, Event = StoredHistory.Read(body) };
            instance.Inbox.Add(new InboxMessage(message, inboxRow));
        }
        return (instance, FindOpenWork(instance));
    }

    private static void TakeUp(LiveInstance instance)
    {
        var state = new OrchestrationRuntimeState(instance.History);
        if (state.ExecutionStartedEvent is null)
            throw new JsonException("The history lacks its start.");
        instance.Status = state.OrchestrationStatus;
        instance.LastUpdated = instance.History[^1].Timestamp;
        instance.Started.TrySetResult();
    }

    private static OpenWork FindOpenWork(LiveInstance instance)
    {
        var done = instance.History.Select(DoneBy).OfType<int>().ToHashSet();
        var calls = instance.History.OfType<TaskScheduledEvent>().Where(call => !done.Contains(call.EventId)).Select(call => new TaskMessage
        {
            OrchestrationInstance = instance.Start.OrchestrationInstance,
            Event = call,
        });
        return new OpenWork([.. calls], [.. instance.History.OfType<TimerCreatedEvent>().Where(timer => !done.Contains(timer.EventId))]);
    }

    /// <summary>The task that an event ends.</summary>
    private static int? DoneBy(HistoryEvent happened) => happened switch
    {
        TaskCompletedEvent e => e.TaskScheduledId,
        TaskFailedEvent e => e.TaskScheduledId,
        TimerFiredEvent e => e.TimerId,
        _ => null,
    };
}
