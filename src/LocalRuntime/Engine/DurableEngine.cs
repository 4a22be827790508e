using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace Jobs.LocalRuntime.Engine;

/// <summary>
/// Runs orchestrations durably in one process. One orchestration goes through it like this: a client schedules it and it
/// is stored (<see cref="SqliteHistoryStore"/>); a turn is due, in which the orchestrator is run through its whole history
/// (<see cref="OrchestrationTurn"/>); the turn is stored; only then is done what it asked for: activities
/// (<see cref="ActivityDispatcher"/>) and timers (<see cref="TimerQueue"/>). What comes of them, and what clients send,
/// is delivered to the instance's inbox and makes the next turn due, until the orchestrator has ended.
/// </summary>
/// <remarks>
/// An activity's result is stored with the turn that takes it: a crash in between runs the activity again, which may
/// happen anyway (at least once). What a client sends is stored before the client is told.
/// </remarks>
internal sealed class DurableEngine : IAsyncDisposable
{
    /// <summary>How long interrupted activities may take to give up when the time for stopping is over.</summary>
    private static readonly TimeSpan InterruptionGrace = TimeSpan.FromSeconds(1);

    private static readonly string[] UnfinishedStatuses = [nameof(OrchestrationRuntimeStatus.Pending), nameof(OrchestrationRuntimeStatus.Running)];

    private readonly DurableEngineOptions _options;
    private readonly ILogger _log;
    private readonly Dictionary<string, Func<TaskOrchestrationContext, Task<object?>>> _orchestrators = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<string, LiveInstance> _live = new(StringComparer.Ordinal);
    private readonly BusyCounter _busy = new();
    private readonly ActivityDispatcher _activities;
    private readonly WorkQueue<LiveInstance> _turns;
    private readonly TimerQueue _timers;
    private SqliteHistoryStore? _store;
    private volatile Exception? _unavailable = new InvalidOperationException("The durable engine is not started.");
    private volatile bool _ended;

    public DurableEngine(DurableEngineOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxConcurrentActivities, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxConcurrentOrchestrators, 1);
        _options = options;
        _log = options.LoggerFactory.CreateLogger<DurableEngine>();
        _activities = new ActivityDispatcher(options, _busy, (instance, happened) => Deliver(instance, happened));
        _turns = new WorkQueue<LiveInstance>(options.MaxConcurrentOrchestrators, _busy, RunTurn);
        _timers = new TimerQueue(options.TimeProvider, due => Deliver(due.Instance, new HistoryEvent.TimerFired(due.TaskId)));
        Client = new EngineClient(this);
    }

    public DurableTaskClient Client { get; }

    /// <summary>How many unfinished instances there are.</summary>
    public int LiveInstances => _live.Count;

    /// <summary>How many transactions were committed since the start.</summary>
    public long Commits => Store.Commits;

    private SqliteHistoryStore Store => _unavailable is { } reason ? throw new InvalidOperationException(reason.Message, reason) : _store!;

    /// <summary>Before <see cref="StartAsync"/>. The delegate must not leave the synchronization context (no ConfigureAwait(false)).</summary>
    public void RegisterOrchestrator(string name, Func<TaskOrchestrationContext, Task<object?>> run) => _orchestrators.Add(name, run);

    /// <summary>Before <see cref="StartAsync"/>. The token is cancelled once the time given to <see cref="StopAsync"/> is over.</summary>
    public void RegisterActivity(string name, Func<ActivityInvocation, CancellationToken, Task<object?>> run) => _activities.Register(name, run);

    /// <summary>Opens the store and continues every unfinished instance.</summary>
    /// <exception cref="IOException">Another process has the store open.</exception>
    public Task StartAsync(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        _store = new SqliteHistoryStore(_options.StorePath, _options.OnFaultPoint);
        var resumed = new List<LiveInstance>();
        foreach (var (key, stored, turns, inbox) in _store.LoadUnfinished())
        {
            var instance = new LiveInstance(stored.Id, stored.Name, stored.Input, stored.CreatedAt) { Key = Task.FromResult(key) };
            instance.History.AddRange(turns);
            instance.Inbox.AddRange(inbox.Select(sent => (sent.Event, (long?)sent.Row)));
            _live[instance.Id] = instance;
            resumed.Add(instance);
        }
        _unavailable = null;
        resumed.ForEach(Resume);
        return Task.CompletedTask;
    }

    /// <summary>Starts nothing new, waits for what runs until the token is cancelled, then cancels it. What is unfinished continues at the next start.</summary>
    public async Task StopAsync(CancellationToken cancellation)
    {
        if (_store is null || _ended)
            return;
        _unavailable ??= new InvalidOperationException("The durable engine is stopping.");
        _timers.Dispose();
        _activities.Stop();
        try
        {
            await _busy.WhenIdleAsync().WaitAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            _activities.Interrupt();
            await Task.WhenAny(_busy.WhenIdleAsync(), Task.Delay(InterruptionGrace, CancellationToken.None));
        }
        _ended = true;
        _turns.Stop();
        await _store.DisposeAsync();
    }

    /// <summary>Stops at once, interrupting what runs.</summary>
    public ValueTask DisposeAsync() => new(StopAsync(new CancellationToken(canceled: true)));

    /// <summary>Ends at a moment at which no turn and no activity is due or running. Timers and events may still be awaited.</summary>
    public Task WhenIdleAsync() => _busy.WhenIdleAsync();

    public async Task<string> ScheduleAsync(TaskName name, object? input, StartOrchestrationOptions? options)
    {
        var store = Store;
        if (name.Name is null || !_orchestrators.ContainsKey(name.Name))
            throw new ArgumentException($"There is no orchestrator named '{name.Name}'.", nameof(name));
        var id = options?.InstanceId ?? Guid.NewGuid().ToString("N");
        InstanceIds.Validate(id);
        var blocking = options?.DedupeStatuses;
        if (blocking is not null && UnfinishedStatuses.Except(blocking, StringComparer.OrdinalIgnoreCase).Any())
            throw new NotSupportedException("Dedupe statuses must name Pending and Running: replacing an unfinished instance is not supported.");
        var now = _options.TimeProvider.GetUtcNow().UtcDateTime;
        var written = Write(input);
        var creation = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        var instance = new LiveInstance(id, name.Name, written, now) { Key = creation.Task };
        if (!_live.TryAdd(id, instance))
            throw new InvalidOperationException($"An orchestration instance with the id '{id}' is already running.");
        try
        {
            var key = await store.CreateAsync(id, name.Name, written, now, blocking ?? [])
                ?? throw new InvalidOperationException($"An orchestration instance with the id '{id}' already exists.");
            creation.SetResult(key);
        }
        catch (Exception e)
        {
            _live.TryRemove(KeyValuePair.Create(id, instance));
            creation.SetException(e);
            _ = creation.Task.Exception;
            throw;
        }
        _turns.Add(instance);
        return id;
    }

    /// <summary>Stores what a client sends to an instance, then delivers it.</summary>
    public async Task SendAsync(string id, HistoryEvent sent)
    {
        var store = Store;
        if (_live.TryGetValue(id, out var instance) && await store.AddToInboxAsync(await instance.Key, sent) is { } row)
            Deliver(instance, sent, row);
        else if (store.Find(id)?.Outcome is { } outcome)
            throw new InvalidOperationException($"The orchestration instance '{id}' has finished: {outcome.Status}.");
        else
            throw NoInstance(id);
    }

    public OrchestrationMetadata? Find(string id, bool withInputsAndOutputs)
    {
        var store = Store;
        if (_live.TryGetValue(id, out var instance))
        {
            lock (instance.Lock)
            {
                if (!instance.IsFinished)
                    return Metadata(instance, withInputsAndOutputs);
            }
        }
        return store.Find(id) is { Outcome: { } outcome } stored ? Metadata(stored, outcome, withInputsAndOutputs) : null;
    }

    public async Task<OrchestrationMetadata> WaitForCompletionAsync(string id, bool withInputsAndOutputs, CancellationToken cancellation)
    {
        if (_live.TryGetValue(id, out var instance))
            await instance.Finished.Task.WaitAsync(cancellation);
        return Find(id, withInputsAndOutputs) ?? throw NoInstance(id);
    }

    public async Task<PurgeResult> PurgeAsync(string id) => new(await Store.PurgeAsync(id) ? 1 : 0);

    public string? Write(object? value) => value is null ? null : JsonSerializer.Serialize(value, value.GetType(), _options.Json);

    private static ArgumentException NoInstance(string id) => new($"There is no orchestration instance with the id '{id}'.", nameof(id));

    /// <summary>Does what the history asked for and does not say to be done.</summary>
    private void Resume(LiveInstance instance)
    {
        var done = instance.History.SelectMany(turn => turn.Events).Select(TaskIdOf).ToHashSet();
        foreach (var action in instance.History.SelectMany(turn => turn.Actions).Where(action => !done.Contains(action.TaskId)))
            Start(instance, action);
        lock (instance.Lock)
        {
            instance.IsInTurn = instance.History.Count == 0 || instance.Inbox.Count > 0;
            if (!instance.IsInTurn)
                return;
        }
        _turns.Add(instance);
    }

    private static int? TaskIdOf(HistoryEvent happened) => happened switch
    {
        HistoryEvent.ActivityCompleted completed => completed.TaskId,
        HistoryEvent.ActivityFailed failed => failed.TaskId,
        HistoryEvent.TimerFired fired => fired.TaskId,
        _ => null,
    };

    private void Deliver(LiveInstance instance, HistoryEvent happened, long? row = null)
    {
        lock (instance.Lock)
        {
            if (instance.IsFinished || _ended)
                return;
            instance.Inbox.Add((happened, row));
            if (instance.IsInTurn)
                return;
            instance.IsInTurn = true;
        }
        _turns.Add(instance);
    }

    private Task RunTurn(LiveInstance instance)
    {
        List<(HistoryEvent Event, long? Row)> inbox;
        lock (instance.Lock)
        {
            inbox = instance.Inbox;
            instance.Inbox = [];
        }
        var now = _options.TimeProvider.GetUtcNow().UtcDateTime;
        var earliest = instance.History.Count > 0 ? instance.History[^1].At : instance.CreatedAt;
        var at = now > earliest ? now : earliest;
        HistoryEvent[] events = [.. inbox.Select(entry => entry.Event)];
        var result = Turn(instance, at, events);
        _busy.Enter();
        _ = CommitAsync(instance, new HistoryTurn(at, events, result.Actions), [.. inbox.Select(entry => entry.Row).OfType<long>()], result);
        return Task.CompletedTask;
    }

    private TurnResult Turn(LiveInstance instance, DateTime at, HistoryEvent[] events)
    {
        foreach (var happened in events)
        {
            if (happened is HistoryEvent.Terminated terminated)
                return new([], [], new InstanceOutcome(OrchestrationRuntimeStatus.Terminated, terminated.Output, null));
            if (happened is HistoryEvent.Faulted faulted)
                return new([], [], new InstanceOutcome(OrchestrationRuntimeStatus.Failed, null, faulted.Failure));
        }
        if (!_orchestrators.TryGetValue(instance.Name, out var orchestrator))
            return TurnResult.Failed(new InvalidOperationException($"There is no orchestrator named '{instance.Name}'."));
        return OrchestrationTurn.Run(
            instance, orchestrator, instance.History, at, events, _options.Json, _options.LoggerFactory,
            () => Deliver(instance, new HistoryEvent.Faulted(Failures.OfOrchestrator(new NonDurableAwaitException()))));
    }

    private async Task CommitAsync(LiveInstance instance, HistoryTurn turn, long[] takenRows, TurnResult result)
    {
        try
        {
            await _store!.CommitTurnAsync(await instance.Key, instance.History.Count, turn, takenRows, result.Outcome);
            if (result.Outcome is { } outcome)
                Finish(instance, outcome);
            else
                Continue(instance, turn, result.CancelledTimers);
        }
        catch (Exception e)
        {
            Halt(e);
        }
        finally
        {
            _busy.Exit();
        }
    }

    private void Finish(LiveInstance instance, InstanceOutcome outcome)
    {
        lock (instance.Lock)
        {
            instance.IsFinished = true;
            instance.Inbox = [];
            instance.History.Clear();
        }
        foreach (var timer in instance.Timers.Values)
            _timers.Remove(timer);
        instance.Timers.Clear();
        _live.TryRemove(KeyValuePair.Create(instance.Id, instance));
        if (outcome.Failure is { } failure)
            _log.LogWarning("Orchestration {Name} {Instance} failed: {Failure}", instance.Name, instance.Id, failure);
        instance.Finished.TrySetResult();
    }

    private void Continue(LiveInstance instance, HistoryTurn turn, IReadOnlyList<int> cancelledTimers)
    {
        lock (instance.Lock)
            instance.History.Add(turn);
        foreach (var fired in turn.Events.OfType<HistoryEvent.TimerFired>())
            instance.Timers.Remove(fired.TaskId);
        foreach (var action in turn.Actions)
            Start(instance, action);
        foreach (var id in cancelledTimers)
        {
            if (instance.Timers.Remove(id, out var timer))
                _timers.Remove(timer);
        }
        lock (instance.Lock)
        {
            instance.IsInTurn = instance.Inbox.Count > 0;
            if (!instance.IsInTurn)
                return;
        }
        _turns.Add(instance);
    }

    private void Start(LiveInstance instance, OrchestratorAction action)
    {
        switch (action)
        {
            case OrchestratorAction.ScheduleActivity call:
                _activities.Dispatch(instance, call);
                break;
            case OrchestratorAction.CreateTimer timer:
                instance.Timers[timer.TaskId] = _timers.Add(instance, timer.TaskId, timer.FireAt);
                break;
            default:
                throw new InvalidOperationException($"Unknown action {action.GetType().Name}.");
        }
    }

    /// <summary>The store cannot be written: nothing may go on, because it could not be remembered.</summary>
    private void Halt(Exception exception)
    {
        if (_ended)
            return;
        _unavailable = new InvalidOperationException("The durable engine has halted because its store failed; restart it.", exception);
        _log.LogCritical(exception, "The durable engine halts because its store failed.");
        _turns.Stop();
        _timers.Dispose();
        _activities.Stop();
        foreach (var instance in _live.Values)
            instance.Finished.TrySetException(_unavailable);
    }

    private OrchestrationMetadata Metadata(LiveInstance instance, bool withInputsAndOutputs) => new(instance.Name, instance.Id)
    {
        RuntimeStatus = instance.History.Count == 0 ? OrchestrationRuntimeStatus.Pending : OrchestrationRuntimeStatus.Running,
        CreatedAt = instance.CreatedAt,
        LastUpdatedAt = instance.History.Count == 0 ? instance.CreatedAt : instance.History[^1].At,
        SerializedInput = withInputsAndOutputs ? instance.Input : null,
        JsonOptions = withInputsAndOutputs ? _options.Json : null,
    };

    private OrchestrationMetadata Metadata(StoredInstance stored, InstanceOutcome outcome, bool withInputsAndOutputs) => new(stored.Name, stored.Id)
    {
        RuntimeStatus = outcome.Status,
        CreatedAt = stored.CreatedAt,
        LastUpdatedAt = stored.FinishedAt!.Value,
        SerializedInput = withInputsAndOutputs ? stored.Input : null,
        SerializedOutput = withInputsAndOutputs ? outcome.Output : null,
        FailureDetails = withInputsAndOutputs ? outcome.Failure : null,
        JsonOptions = withInputsAndOutputs ? _options.Json : null,
    };
}
