using System.Globalization;
using System.Text.Json;
using Microsoft.DurableTask;
using Microsoft.Extensions.Logging;

namespace Jobs.LocalRuntime.Engine;

/// <summary>
/// The context that an orchestrator sees during one <see cref="OrchestrationTurn"/>. It collects what the orchestrator
/// asks for and completes its tasks when <see cref="Apply"/> is given the matching event.
/// </summary>
internal sealed class ReplayContext(
    string name, string instanceId, string? input, TurnSynchronizationContext thread, JsonSerializerOptions json, ILoggerFactory loggers)
    : TaskOrchestrationContext, IDisposable
{
    private readonly Dictionary<int, OpenTask> _open = [];
    private readonly Dictionary<string, Stack<IEventWait>> _waits = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, Queue<string?>> _unclaimed = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<int> _cancelledTimers = [];
    private readonly List<CancellationTokenRegistration> _registrations = [];
    private List<OrchestratorAction> _actions = [];
    private DateTime _now;
    private bool _replaying;
    private int _nextTaskId;
    private int _guids;

    public override TaskName Name => name;

    public override string InstanceId => instanceId;

    public override DateTime CurrentUtcDateTime => _now;

    public override bool IsReplaying => _replaying;

    protected override ILoggerFactory LoggerFactory => loggers;

    /// <summary>As on the real host, an instance does not finish while activities or timers are open.</summary>
    public bool HasOpenTasks => _open.Count > 0;

    public bool WaitsForEvents => _waits.Count > 0;

    /// <summary>What was asked for since <see cref="BeginTurn"/>.</summary>
    public IReadOnlyList<OrchestratorAction> Actions => _actions;

    /// <summary>Task ids of the timers cancelled since <see cref="BeginTurn"/>.</summary>
    public IReadOnlyList<int> CancelledTimers => _cancelledTimers;

    public override T? GetInput<T>() where T : default => Read<T>(input);

    public override async Task<TResult> CallActivityAsync<TResult>(TaskName name, object? input = null, TaskOptions? options = null)
    {
        EnsureTurnThread();
        if (input is TaskOptions && options is null)
            throw new ArgumentException($"{nameof(TaskOptions)} were given as the activity's input.", nameof(input));
        var written = Write(input);
        return Read<TResult>(await CallAsync(name, written, options?.Retry?.Policy))!;
    }

    public override Task CreateTimer(DateTime fireAt, CancellationToken cancellationToken)
    {
        EnsureTurnThread();
        var id = _nextTaskId++;
        _actions.Add(new OrchestratorAction.CreateTimer(id, fireAt.ToUniversalTime()));
        var timer = new OpenTask("timer");
        _open.Add(id, timer);
        OnCancelled(cancellationToken, () =>
        {
            if (_open.Remove(id))
            {
                _cancelledTimers.Add(id);
                timer.SetCanceled(cancellationToken);
            }
        });
        return timer.Task;
    }

    public override Task<T> WaitForExternalEvent<T>(string eventName, CancellationToken cancellationToken = default)
    {
        EnsureTurnThread();
        var wait = new EventWait<T>();
        if (!_waits.TryGetValue(eventName, out var stack))
            _waits.Add(eventName, stack = new Stack<IEventWait>());
        else if (stack.Peek().Type != typeof(T))
            throw new ArgumentException($"Event '{eventName}' is already waited for with another type: {stack.Peek().Type}.");
        stack.Push(wait);
        if (_unclaimed.TryGetValue(eventName, out var queue))
        {
            var payload = queue.Dequeue();
            if (queue.Count == 0)
                _unclaimed.Remove(eventName);
            Raise(eventName, payload);
        }
        OnCancelled(cancellationToken, () => wait.TrySetCanceled(cancellationToken));
        return wait.Task;
    }

    public override Guid NewGuid()
    {
        EnsureTurnThread();
        var number = _guids++.ToString(CultureInfo.InvariantCulture);
        return DeterministicGuid.Create($"{instanceId}_{_now.ToString("o", CultureInfo.InvariantCulture)}_{number}");
    }

    public void BeginTurn(DateTime at, bool replaying)
    {
        _now = at;
        _replaying = replaying;
        _actions = [];
        _cancelledTimers.Clear();
    }

    /// <summary>Tells the orchestrator what happened. What it then does, it does before this returns.</summary>
    public void Apply(HistoryEvent happened)
    {
        // A task that is no longer open was completed before (at-least-once) or is a timer that was cancelled.
        switch (happened)
        {
            case HistoryEvent.ActivityCompleted completed:
                if (_open.Remove(completed.TaskId, out var done))
                    done.SetResult(completed.Output);
                break;
            case HistoryEvent.ActivityFailed failed:
                if (_open.Remove(failed.TaskId, out var lost))
                    lost.SetException(new ActivityFailure(failed.TaskId, lost.Name, failed.Failure, failed.IsFinal));
                break;
            case HistoryEvent.TimerFired fired:
                if (_open.Remove(fired.TaskId, out var timer))
                    timer.SetResult(null);
                break;
            case HistoryEvent.EventRaised raised:
                if (_waits.ContainsKey(raised.Name))
                    Raise(raised.Name, raised.Payload);
                else if (_unclaimed.TryGetValue(raised.Name, out var queue))
                    queue.Enqueue(raised.Payload);
                else
                    _unclaimed.Add(raised.Name, new Queue<string?>([raised.Payload]));
                break;
            default:
                throw new InvalidOperationException($"{happened.GetType().Name} is not for an orchestrator to see.");
        }
    }

    public void Dispose() => _registrations.ForEach(registration => registration.Unregister());

    private async Task<string?> CallAsync(string activity, string? input, RetryPolicy? policy)
    {
        var started = _now;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await ScheduleAsync(activity, input);
            }
            catch (ActivityFailure failure)
            {
                if (policy is null || failure.IsFinal || attempt == policy.MaxNumberOfAttempts || IsExpired(policy, _now - started))
                    throw failure.ToTaskFailedException();
            }
            await CreateTimer(_now + DelayAfter(attempt, policy), CancellationToken.None);
        }
    }

    private static bool IsExpired(RetryPolicy policy, TimeSpan elapsed) =>
        policy.RetryTimeout != Timeout.InfiniteTimeSpan && elapsed >= policy.RetryTimeout;

    private static TimeSpan DelayAfter(int attempt, RetryPolicy policy)
    {
        var longest = policy.MaxRetryInterval == Timeout.InfiniteTimeSpan ? TimeSpan.MaxValue : policy.MaxRetryInterval;
        var milliseconds = policy.FirstRetryInterval.TotalMilliseconds * Math.Pow(policy.BackoffCoefficient, attempt - 1);
        return milliseconds < longest.TotalMilliseconds ? TimeSpan.FromMilliseconds(milliseconds) : longest;
    }

    private Task<string?> ScheduleAsync(string activity, string? input)
    {
        EnsureTurnThread();
        var id = _nextTaskId++;
        _actions.Add(new OrchestratorAction.ScheduleActivity(id, activity, input));
        var task = new OpenTask(activity);
        _open.Add(id, task);
        return task.Task;
    }

    /// <summary>The newest wait gets the event, even a cancelled one: that is how the real worker does it.</summary>
    private void Raise(string eventName, string? payload)
    {
        var stack = _waits[eventName];
        var wait = stack.Pop();
        if (stack.Count == 0)
            _waits.Remove(eventName);
        wait.Complete(payload, json);
    }

    // Registrations end with the turn: a token that outlives it must neither hold nor reach a context that is over.
    private void OnCancelled(CancellationToken token, Action cancel)
    {
        if (!token.CanBeCanceled)
            return;
        _registrations.Add(token.Register(() =>
        {
            if (thread.IsHere)
                cancel();
            else
                thread.ReportForeign();
        }));
    }

    private void EnsureTurnThread()
    {
        if (thread.IsHere)
            return;
        thread.ReportForeign();
        throw new NonDurableAwaitException();
    }

    private string? Write(object? value) => value is null ? null : JsonSerializer.Serialize(value, value.GetType(), json);

    private T? Read<T>(string? text) => text is null ? default : JsonSerializer.Deserialize<T>(text, json);

    // Continuations run inline: the orchestrator moves on within Apply, on the turn's thread, in the order of events.
    private sealed class OpenTask(string name) : TaskCompletionSource<string?>
    {
        public string Name { get; } = name;
    }

    private interface IEventWait
    {
        Type Type { get; }

        void Complete(string? payload, JsonSerializerOptions json);
    }

    private sealed class EventWait<T> : TaskCompletionSource<T>, IEventWait
    {
        public Type Type => typeof(T);

        public void Complete(string? payload, JsonSerializerOptions json)
        {
            T? value;
            try
            {
                value = payload is null ? default : JsonSerializer.Deserialize<T>(payload, json);
            }
            catch (JsonException e)
            {
                TrySetException(e);
                return;
            }
            TrySetResult(value!);
        }
    }

    private sealed class ActivityFailure(int taskId, string activity, TaskFailureDetails details, bool isFinal) : Exception
    {
        public bool IsFinal => isFinal;

        public TaskFailedException ToTaskFailedException() => new(activity, taskId, details);
    }
}
