using DurableTask.Core;
using DurableTask.Core.History;

namespace Jobs.Local.Durable;

/// <summary>
/// The storing of a turn, all of it in one transaction: its events, the removal of what it took from the inbox, the
/// orchestrations it starts, what it sends to others, and its end.
/// </summary>
/// <remarks>
/// DurableTask's history holds no inputs of activities: they are taken from the messages that call them, or a call
/// that is made again after a crash would have none.
/// </remarks>
internal sealed class TurnWrite : StoreWrite
{
    private readonly HistoryWriter _store;
    private readonly Action<TurnWrite> _committed;
    private readonly Action<TurnWrite, Exception> _failed;
    private readonly TurnWorkItem _turn;
    private readonly byte[] _body;
    private readonly byte[] _start = [];
    private readonly int _number;
    private readonly DateTime _now;
    private readonly List<(TaskMessage Message, byte[] Body)> _messages;

    public TurnWrite(
        HistoryWriter store,
        TurnWorkItem turn,
        OrchestrationRuntimeState after,
        OrchestrationState state,
        IList<TaskMessage> calls,
        IList<TaskMessage> messages,
        IList<TaskMessage> timers,
        Action<TurnWrite> committed,
        Action<TurnWrite, Exception> failed)
    {
        _store = store;
        _turn = turn;
        _committed = committed;
        _failed = failed;
        State = state;
        Start = after.ExecutionStartedEvent!;
        Calls = [.. calls.Where(IsOfLastExecution)];
        Timers = [.. timers.Where(IsOfLastExecution)];
        ContinuedAsNew = turn.Instance.ExecutionId != Start.OrchestrationInstance.ExecutionId;
        Events = [.. after.NewEvents];
        _now = Events.OfType<OrchestratorStartedEvent>().First().Timestamp;
        SetTimes(messages);
        _number = ContinuedAsNew ? 0 : turn.Instance.Turns;
        if (ContinuedAsNew)
            _start = StoredHistory.Write(Start);
        _body = StoredHistory.WriteTurn(_now, Events, state.Status, InputOf);
        _messages = [.. messages.Select(message => (message, StoredHistory.Write(message.Event)))];
    }

    /// <summary>The instance waits for its turn to be stored, however long the disk is full.</summary>
    public override bool IsKept => true;

    public LiveInstance Instance => _turn.Instance;

    public OrchestrationState State { get; }

    /// <summary>The activities that the turn calls.</summary>
    public IReadOnlyList<TaskMessage> Calls { get; }

    public IReadOnlyList<TaskMessage> Timers { get; }

    /// <summary>How the execution was started that the turn ends in.</summary>
    public ExecutionStartedEvent Start { get; }

    /// <summary>Whether the turn has ended one execution, or several, and begun another: what was stored of the old one goes.</summary>
    public bool ContinuedAsNew { get; }

    public HistoryEvent[] Events { get; }

    public bool HasFinished =>
        State.OrchestrationStatus is OrchestrationStatus.Completed or OrchestrationStatus.Failed or OrchestrationStatus.Terminated or OrchestrationStatus.Canceled;

    /// <summary>After <see cref="Apply"/>: the orchestrations that the turn has started.</summary>
    public List<(long Key, TaskMessage Message)> Children { get; } = [];

    /// <summary>After <see cref="Apply"/>: what now lies in the inbox of an instance, this one included.</summary>
    public List<(string Instance, InboxMessage Message)> Sent { get; } = [];

    public override void Apply()
    {
        Children.Clear();
        Sent.Clear();
        if (ContinuedAsNew)
            _store.Restart(Instance.Key, _start, Start.Timestamp);
        _store.AddTurn(Instance.Key, _number, _body);
        foreach (var taken in _turn.Inbox)
        {
            if (taken.Row is { } row)
                _store.RemoveFromInbox(row);
        }
        foreach (var (message, body) in _messages)
        {
            if (message.Event is ExecutionStartedEvent child)
                StartChild(message, child, body);
            else
                Send(message, body);
        }
        if (HasFinished)
            _store.Finish(Instance.Key, State);
    }

    public override void Committed() => _committed(this);

    public override void Failed(Exception reason) => _failed(this, reason);

    private void StartChild(TaskMessage message, ExecutionStartedEvent start, byte[] body)
    {
        var (key, blocking) = _store.Create(start.OrchestrationInstance.InstanceId, start.Name, body, start.Timestamp, []);
        if (blocking is null)
        {
            Children.Add((key, message));
            return;
        }
        var refusal = new FailureDetails(
            "DuplicateInstance",
            $"An orchestration with the id '{start.OrchestrationInstance.InstanceId}' is running.",
            stackTrace: null,
            innerFailure: null,
            isNonRetriable: true);
        var failed = new SubOrchestrationInstanceFailedEvent(-1, start.ParentInstance.TaskScheduleId, refusal.ErrorMessage, details: null, refusal);
        Send(new TaskMessage { OrchestrationInstance = start.ParentInstance.OrchestrationInstance, Event = failed }, StoredHistory.Write(failed));
    }

    /// <summary>To an instance that does not exist, or has finished, nothing is sent: as everywhere in DurableTask.</summary>
    private void Send(TaskMessage message, byte[] body)
    {
        if (_store.Find(message.OrchestrationInstance.InstanceId) is (var key, null))
            Sent.Add((message.OrchestrationInstance.InstanceId, new InboxMessage(message, _store.AddToInbox(key, body))));
    }

    /// <summary>DurableTask takes the times of events from the machine; here the clock is the orchestrator's.</summary>
    private void SetTimes(IEnumerable<TaskMessage> messages)
    {
        foreach (var happened in Events)
        {
            if (happened is not OrchestratorStartedEvent && (happened is not ExecutionStartedEvent || ContinuedAsNew))
                happened.Timestamp = _now;
        }
        foreach (var message in messages)
            message.Event.Timestamp = _now;
        State.CreatedTime = Start.Timestamp;
        State.LastUpdatedTime = _now;
        State.CompletedTime = HasFinished ? _now : DateTime.MaxValue;
    }

    /// <summary>A turn in which an orchestrator continues as new several times says what all of them have asked for.</summary>
    private bool IsOfLastExecution(TaskMessage message) => message.OrchestrationInstance.ExecutionId == Start.OrchestrationInstance.ExecutionId;

    private string? InputOf(TaskScheduledEvent call)
    {
        foreach (var message in Calls)
        {
            if (message.Event.EventId == call.EventId)
                return ((TaskScheduledEvent)message.Event).Input;
        }
        throw new InvalidOperationException($"The call of the activity {call.Name} has no message.");
    }
}
