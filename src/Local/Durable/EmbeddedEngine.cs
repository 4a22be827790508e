using System.Collections.Concurrent;
using DurableTask.Core;
using DurableTask.Core.History;
using Microsoft.Extensions.Logging;

namespace Jobs.Local.Durable;

/// <summary>
/// The durable backend of one process: the instances, their store, and what is due. One orchestration goes through it like
/// this: a client creates it and it is stored (<see cref="HistoryStore"/>); a turn is due, which DurableTask's dispatcher
/// takes (<see cref="Service"/>) and runs through the whole history; the turn is stored (<see cref="TurnWrite"/>); only then
/// is done what it asked for: activities, timers (<see cref="TimerQueue"/>), other orchestrations. What comes of them, and
/// what clients send, goes to the instance's inbox and makes the next turn due, until the orchestrator has ended.
/// </summary>
/// <remarks>
/// An activity's result is stored with the turn that takes it: a crash in between runs the activity again, which may
/// happen anyway (at least once). What a client sends is stored before the client is told. All that changes which
/// instances there are happens on the committing thread, in the order in which it was stored.
/// </remarks>
internal sealed class EmbeddedEngine : IAsyncDisposable
{
    private static readonly TimeSpan AbandonedTurnDelay = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, LiveInstance> _live = new(StringComparer.Ordinal);
    private readonly WorkItemQueue<LiveInstance> _turns;
    private readonly WorkItemQueue<EmbeddedActivityWorkItem> _activities;

    /// <summary>Turns that are due or running, and activities that are.</summary>
    private readonly BusyCounter _busy = new();

    /// <summary>Turns that are due, running or being stored.</summary>
    private readonly BusyCounter _openTurns = new();

    private readonly TaskCompletionSource<Exception> _failure = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TimerQueue _timers;
    private HistoryStore? _store;
    private volatile string? _closed = "The durable engine is not started.";
    private volatile bool _ended;

    public EmbeddedEngine(EmbeddedEngineOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxConcurrentActivities, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxConcurrentOrchestrators, 1);
        Options = options;
        Log = options.LoggerFactory.CreateLogger<EmbeddedEngine>();
        _turns = new WorkItemQueue<LiveInstance>(options.MaxConcurrentOrchestrators);
        _activities = new WorkItemQueue<EmbeddedActivityWorkItem>(options.MaxConcurrentActivities);
        _timers = new TimerQueue(options.TimeProvider, OnTimerDue);
        Service = new EmbeddedOrchestrationService(this);
        Client = new EmbeddedOrchestrationClient(this);
    }

    public EmbeddedEngineOptions Options { get; }

    public ILogger Log { get; }

    /// <summary>The engine as DurableTask's dispatchers see it.</summary>
    public EmbeddedOrchestrationService Service { get; }

    /// <summary>The engine as clients see it.</summary>
    public EmbeddedOrchestrationClient Client { get; }

    /// <summary>Whether requests are taken now. While the disk is full they are not, and turns wait.</summary>
    public StoreStatus Status => _closed is { } reason ? StoreStatus.Unavailable(reason) : _store!.Commit.Status;

    /// <summary>Ends, with the reason, if the engine has failed for good: the host must stop. It never fails, and does not end otherwise.</summary>
    public Task<Exception> Failure => _failure.Task;

    /// <summary>How many unfinished instances there are.</summary>
    public int LiveInstances => _live.Count;

    /// <summary>How many timers wait.</summary>
    public int Timers => _timers.Count;

    /// <summary>How many transactions were committed since the start.</summary>
    public long Commits => Store.Commit.Commits;

    /// <summary>For requests: fails unless the engine is open.</summary>
    /// <exception cref="StoreUnavailableException">It is not started, or stopping.</exception>
    public HistoryStore Store => _closed is { } reason ? throw new StoreUnavailableException(reason) : _store!;

    /// <summary>Opens the store and continues every unfinished instance.</summary>
    /// <exception cref="IOException">Another process has the store open.</exception>
    public void Start()
    {
        if (_store is not null)
            throw new InvalidOperationException("The durable engine was started before.");
        _store = new HistoryStore(Options.StorePath, Options.TimeProvider, Log, Options.OnFaultPoint);
        _ = ForwardFailureAsync(_store.Commit.Failure);
        var loaded = new InstanceLoader(_store.Read, Log).Load();
        foreach (var instance in loaded.Instances.Select(one => one.Instance).Concat(loaded.Unreadable.Select(one => one.Shown)))
            _live[instance.Id] = instance;
        _closed = null;
        foreach (var (instance, open) in loaded.Instances)
            Resume(instance, open);
        foreach (var unreadable in loaded.Unreadable)
            _store.Commit.Submit(new UnreadableWrite(_store.Write, unreadable, Options.TimeProvider.GetUtcNow().UtcDateTime, OnUnreadableCommitted));
    }

    /// <summary>
    /// Starts no activity any more, fires no timer and takes no requests. Ends when what runs has ended and the turns that
    /// take its results are stored.
    /// </summary>
    public async Task DrainAsync()
    {
        _closed ??= "The durable engine is stopping.";
        _timers.Dispose();
        await _activities.StopAsync();
        await _openTurns.WhenIdleAsync();
        await _turns.StopAsync();
    }

    /// <summary>Closes the store. What is unfinished continues at the next start.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_ended)
            return;
        _ended = true;
        _closed ??= "The durable engine has stopped.";
        StopWork();
        if (_store is not null)
            await _store.DisposeAsync();
        foreach (var instance in _live.Values)
            Abandon(instance, new StoreUnavailableException("The durable engine has stopped."));
    }

    /// <summary>Ends at a moment at which no turn and no activity is due or running. Timers and events may still be awaited.</summary>
    public Task WhenIdleAsync() => _busy.WhenIdleAsync();

    public LiveInstance? FindLive(string id) => _live.GetValueOrDefault(id);

    /// <summary>Stores a new instance and makes its first turn due. The status of the one that is in its way, or null if it was stored.</summary>
    public async Task<OrchestrationStatus?> CreateAsync(ExecutionStartedEvent start, IReadOnlyCollection<OrchestrationStatus> blocking)
    {
        var store = Store;
        if (_live.TryGetValue(start.OrchestrationInstance.InstanceId, out var running))
            return running.Status;
        start.Timestamp = Options.TimeProvider.GetUtcNow().UtcDateTime;
        var body = StoredHistory.Write(start);
        var request = new StoreRequest<(long Key, OrchestrationStatus? Blocking)>(
            () => store.Write.Create(start.OrchestrationInstance.InstanceId, start.Name, body, start.Timestamp, blocking),
            created =>
            {
                if (created.Blocking is null)
                    Begin(created.Key, new TaskMessage { OrchestrationInstance = start.OrchestrationInstance, Event = start });
            });
        store.Commit.Submit(request);
        return (await request.Task).Blocking;
    }

    /// <summary>Stores what a client sends to an instance, then delivers it. The status of a finished instance, which takes nothing; or null.</summary>
    /// <exception cref="ArgumentException">There is no such instance.</exception>
    public async Task<OrchestrationStatus?> SendAsync(TaskMessage message)
    {
        var store = Store;
        var id = message.OrchestrationInstance.InstanceId;
        message.Event.Timestamp = Options.TimeProvider.GetUtcNow().UtcDateTime;
        var body = StoredHistory.Write(message.Event);
        var request = new StoreRequest<((long Key, OrchestrationStatus? Finished)? Found, long Row)>(
            () => store.Write.Find(id) is { } found
                ? (found, found.Finished is null ? store.Write.AddToInbox(found.Key, body) : 0)
                : (null, 0),
            sent =>
            {
                if (sent.Found is (_, null))
                    Deliver(id, new InboxMessage(message, sent.Row));
            });
        store.Commit.Submit(request);
        return (await request.Task).Found is { } target
            ? target.Finished
            : throw new ArgumentException($"There is no orchestration instance with the id '{id}'.", nameof(message));
    }

    public async Task<TaskOrchestrationWorkItem?> TakeTurnAsync(CancellationToken cancellation)
    {
        if (await _turns.TakeAsync(cancellation) is not { } instance)
            return null;
        lock (instance.Lock)
        {
            var inbox = instance.Inbox;
            instance.Inbox = [];
            return new TurnWorkItem(instance, inbox);
        }
    }

    /// <summary>Stores a turn. It returns at once: the instance has no other turn before this one is durable.</summary>
    public void CompleteTurn(
        TurnWorkItem turn,
        OrchestrationRuntimeState after,
        OrchestrationState state,
        IList<TaskMessage> calls,
        IList<TaskMessage> messages,
        IList<TaskMessage> timers)
    {
        _store!.Commit.Submit(new TurnWrite(_store.Write, turn, after, state, calls, messages, timers, OnTurnCommitted, OnTurnFailed));
        _turns.Return();
    }

    /// <summary>The turn could not be run, which is a defect of this program: an orchestrator that fails ends its turn. It is due again, after a while.</summary>
    public async Task AbandonTurnAsync(TurnWorkItem turn)
    {
        lock (turn.Instance.Lock)
            turn.Instance.Inbox.InsertRange(0, turn.Inbox);
        Log.LogError("A turn of the orchestration {Name} {Instance} could not be run.", turn.Instance.Start.Name, turn.Instance.Id);
        _turns.Return();
        await Task.Delay(AbandonedTurnDelay, Options.TimeProvider);
        _turns.Add(turn.Instance);
    }

    public async Task<TaskActivityWorkItem?> TakeActivityAsync(CancellationToken cancellation)
    {
        while (await _activities.TakeAsync(cancellation) is { } item)
        {
            lock (item.Instance.Lock)
            {
                if (!item.Instance.IsFinished)
                    return item;
            }
            _activities.Return();
            _busy.Exit();
        }
        return null;
    }

    public void CompleteActivity(EmbeddedActivityWorkItem item, TaskMessage response)
    {
        Deliver(item.Instance, new InboxMessage(response, Row: null));
        _activities.Return();
        _busy.Exit();
    }

    /// <summary>The activity gave up: it has not run, as far as the history knows, and is due again.</summary>
    public void AbandonActivity(EmbeddedActivityWorkItem item)
    {
        _activities.Add(item);
        _activities.Return();
    }

    private void Begin(long key, TaskMessage start)
    {
        var instance = new LiveInstance(key, (ExecutionStartedEvent)start.Event);
        _live[instance.Id] = instance;
        Deliver(instance, new InboxMessage(start, Row: null));
    }

    private void Resume(LiveInstance instance, OpenWork open)
    {
        foreach (var timer in open.Timers)
            instance.Timers[timer.EventId] = _timers.Add(instance, instance.ExecutionId, timer.EventId, timer.FireAt);
        foreach (var call in open.Calls)
            Call(instance, call);
        lock (instance.Lock)
        {
            if (instance.Inbox.Count == 0 || instance.IsInTurn)
                return;
            instance.IsInTurn = true;
        }
        AddTurn(instance);
    }

    private void Call(LiveInstance instance, TaskMessage call)
    {
        _busy.Enter();
        _activities.Add(new EmbeddedActivityWorkItem(instance, call));
    }

    private void OnTimerDue(TimerQueue.Entry due) => Deliver(due.Instance, new InboxMessage(
        new TaskMessage
        {
            OrchestrationInstance = new OrchestrationInstance { InstanceId = due.Instance.Id, ExecutionId = due.ExecutionId },
            Event = new TimerFiredEvent(-1, due.FireAt) { TimerId = due.TimerId },
        },
        Row: null));

    private void Deliver(string id, InboxMessage message)
    {
        if (_live.TryGetValue(id, out var instance))
            Deliver(instance, message);
    }

    private void Deliver(LiveInstance instance, InboxMessage message)
    {
        lock (instance.Lock)
        {
            // What belongs to an execution that has continued as new is nobody's any more.
            var isForAnother = message.Message.OrchestrationInstance.ExecutionId is { Length: > 0 } execution && execution != instance.ExecutionId;
            if (instance.IsFinished || _ended || (isForAnother && message.Row is null))
                return;
            instance.Inbox.Add(message);
            if (instance.IsInTurn)
                return;
            instance.IsInTurn = true;
        }
        AddTurn(instance);
    }

    private void AddTurn(LiveInstance instance)
    {
        _busy.Enter();
        _openTurns.Enter();
        _turns.Add(instance);
    }

    private void EndTurn()
    {
        _openTurns.Exit();
        _busy.Exit();
    }

    private void OnTurnCommitted(TurnWrite turn)
    {
        var instance = turn.Instance;
        if (turn.ContinuedAsNew)
            RemoveTimers(instance);
        lock (instance.Lock)
        {
            if (turn.ContinuedAsNew)
            {
                instance.Start = turn.Start;
                instance.History.Clear();
                instance.Turns = 0;
            }
            instance.History.AddRange(turn.Events);
            instance.Turns++;
            instance.Status = turn.State.OrchestrationStatus;
            instance.CustomStatus = turn.State.Status;
            instance.LastUpdated = turn.State.LastUpdatedTime;
        }
        instance.Started.TrySetResult();
        foreach (var (key, start) in turn.Children)
            Begin(key, start);
        foreach (var (id, message) in turn.Sent)
            Deliver(id, message);
        if (turn.HasFinished)
            Finish(instance, turn.State);
        else
            Continue(instance, turn);
    }

    private void OnUnreadableCommitted(UnreadableWrite unreadable)
    {
        _live.TryRemove(KeyValuePair.Create(unreadable.Instance.Id, unreadable.Instance));
        unreadable.Instance.Finished.TrySetResult(unreadable.State);
        if (unreadable.ToParent is { } message)
            Deliver(message.Message.OrchestrationInstance.InstanceId, message);
    }

    private void Finish(LiveInstance instance, OrchestrationState state)
    {
        lock (instance.Lock)
        {
            instance.IsFinished = true;
            instance.Inbox = [];
            instance.History.Clear();
        }
        RemoveTimers(instance);
        _live.TryRemove(KeyValuePair.Create(instance.Id, instance));
        instance.Finished.TrySetResult(state);
        EndTurn();
    }

    private void Continue(LiveInstance instance, TurnWrite turn)
    {
        foreach (var fired in turn.Events.OfType<TimerFiredEvent>())
            instance.Timers.Remove(fired.TimerId);
        foreach (var timer in turn.Timers.Select(message => (TimerFiredEvent)message.Event))
            instance.Timers[timer.TimerId] = _timers.Add(instance, instance.ExecutionId, timer.TimerId, timer.FireAt);
        foreach (var call in turn.Calls)
            Call(instance, call);
        bool isDue;
        lock (instance.Lock)
            isDue = instance.IsInTurn = instance.Inbox.Count > 0;
        if (isDue)
            _turns.Add(instance);
        else
            EndTurn();
    }

    /// <summary>Hands out nothing any more, and does not wait for what is out.</summary>
    private void StopWork()
    {
        _ = _activities.StopAsync();
        _ = _turns.StopAsync();
        _timers.Dispose();
    }

    private void RemoveTimers(LiveInstance instance)
    {
        foreach (var timer in instance.Timers.Values)
            _timers.Remove(timer);
        instance.Timers.Clear();
    }

    private void OnTurnFailed(TurnWrite turn, Exception reason)
    {
        Abandon(turn.Instance, reason);
        EndTurn();
    }

    private static void Abandon(LiveInstance instance, Exception reason)
    {
        instance.Started.TrySetException(reason);
        instance.Finished.TrySetException(reason);
        // Whether anybody waits or not, the failure is reported elsewhere.
        _ = instance.Started.Task.Exception;
        _ = instance.Finished.Task.Exception;
    }

    private async Task ForwardFailureAsync(Task<Exception> storeFailure)
    {
        var reason = await storeFailure;
        _closed = "The durable engine has failed and needs a restart.";
        StopWork();
        foreach (var instance in _live.Values)
            Abandon(instance, new StoreUnavailableException("The durable engine has failed.", reason));
        _failure.TrySetResult(reason);
    }
}
