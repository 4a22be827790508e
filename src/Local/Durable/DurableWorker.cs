using DurableTask.Core;
using DurableTask.Core.Command;
using DurableTask.Core.History;
using DurableTask.Core.Middleware;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Worker;
using Microsoft.DurableTask.Worker.Shims;
using Microsoft.Extensions.Logging;

namespace Jobs.Local.Durable;

/// <summary>
/// Runs orchestrators and activities by name, on DurableTask's own dispatchers over any orchestration service, through the
/// shims that the Functions worker runs them through. Extended sessions must be off: every turn is a replay.
/// </summary>
internal sealed class DurableWorker : IAsyncDisposable
{
    /// <summary>How long interrupted activities may take to give up when the time for stopping is over.</summary>
    private static readonly TimeSpan InterruptionGrace = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, DurableOrchestrator> _orchestrators;
    private readonly Dictionary<string, TaskActivity> _activities;
    private readonly CancellationTokenSource _interruption = new();
    private readonly IOrchestrationService _service;
    private readonly DurableWorkerOptions _options;
    private readonly DurableTaskShimFactory _shims;
    private readonly TaskHubWorker _hub;
    private readonly ILogger _log;
    private bool _stopped;

    public DurableWorker(
        IOrchestrationService service, IEnumerable<DurableOrchestrator> orchestrators, IEnumerable<DurableActivity> activities, DurableWorkerOptions options)
    {
        _service = service;
        _options = options;
        _orchestrators = orchestrators.ToDictionary(orchestrator => orchestrator.Name, StringComparer.OrdinalIgnoreCase);
        _log = options.LoggerFactory.CreateLogger<DurableWorker>();
        _shims = new DurableTaskShimFactory(new DurableTaskWorkerOptions { DataConverter = options.DataConverter }, options.LoggerFactory);
        _activities = activities.ToDictionary(
            activity => activity.Name,
            activity => _shims.CreateActivity(activity.Name, new InterruptibleActivity(activity, _interruption.Token, _log)),
            StringComparer.OrdinalIgnoreCase);
        _hub = new TaskHubWorker(
            service, new NamedObjects<TaskOrchestration>(_ => null), new NamedObjects<TaskActivity>(FindActivity),
            service is IDrainable ? null : options.LoggerFactory)
        {
            ErrorPropagationMode = ErrorPropagationMode.UseFailureDetails,
        };
        _hub.AddOrchestrationDispatcherMiddleware(RunOrchestratorAsync);
    }

    /// <summary>The names of the orchestrators that can be scheduled.</summary>
    public IReadOnlyCollection<string> Orchestrators => _orchestrators.Keys;

    /// <summary>Starts the service, and takes work from it.</summary>
    public async Task StartAsync(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        await _hub.StartAsync();
    }

    /// <summary>Starts nothing new, waits for what runs until the token is cancelled, then interrupts it; stops the service. What is unfinished continues at the next start.</summary>
    public async Task StopAsync(CancellationToken cancellation)
    {
        if (_stopped)
            return;
        _stopped = true;
        if (_service is IDrainable drainable)
        {
            await DrainAsync(drainable.DrainAsync(), cancellation);
            // Nothing is left to wait for; unforced, the dispatchers would look again each second.
            await _hub.StopAsync(isForced: true);
        }
        else
        {
            await DrainAsync(_hub.StopAsync(isForced: false), cancellation);
            await _interruption.CancelAsync();
        }
    }

    /// <summary>Stops at once, interrupting what runs.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync(new CancellationToken(canceled: true));
        _hub.Dispose();
        _interruption.Dispose();
    }

    private async Task DrainAsync(Task drained, CancellationToken cancellation)
    {
        try
        {
            await drained.WaitAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            await _interruption.CancelAsync();
            await Task.WhenAny(drained, Task.Delay(InterruptionGrace, CancellationToken.None));
        }
    }

    private TaskActivity FindActivity(string name) =>
        _activities.TryGetValue(name, out var activity) ? activity : new MissingActivity(name);

    /// <summary>Runs a turn as the Functions worker does. DurableTask's own way to find and run an orchestrator has no place for its parent.</summary>
    private Task RunOrchestratorAsync(DispatchMiddlewareContext context, Func<Task> next)
    {
        var state = context.GetProperty<OrchestrationRuntimeState>();
        TellTime(state);
        var result = Run(state);
        foreach (var end in result.Actions.OfType<OrchestrationCompleteOrchestratorAction>())
        {
            if (end.OrchestrationStatus == OrchestrationStatus.Failed)
                _log.LogWarning("Orchestration {Name} {Instance} failed: {Failure}", state.Name, state.OrchestrationInstance!.InstanceId, end.FailureDetails);
        }
        context.SetProperty(result);
        return Task.CompletedTask;
    }

    private OrchestratorExecutionResult Run(OrchestrationRuntimeState state)
    {
        if (!_orchestrators.TryGetValue(state.Name, out var orchestrator))
        {
            return Failure(new FailureDetails(new InvalidOperationException(
                $"The function '{state.Name}' doesn't exist, is disabled, or is not an orchestrator function.")));
        }
        var parent = state.ParentInstance is { } waiting
            ? new ParentOrchestrationInstance(waiting.Name, waiting.OrchestrationInstance.InstanceId)
            : null;
        var shim = _shims.CreateOrchestration(state.Name, new OrchestratorInvocation(orchestrator, _options, _log), parent);
        try
        {
            return new TaskOrchestrationExecutor(
                state, shim, _service.EventBehaviourForContinueAsNew, ErrorPropagationMode.UseFailureDetails).Execute();
        }
        catch (Exception e)
        {
            // Not thrown by the orchestrator but in feeding it, as by the payload of an event that is not of the type it waits for.
            return Failure(new FailureDetails(e));
        }
    }

    private static OrchestratorExecutionResult Failure(FailureDetails failure) => new()
    {
        Actions =
        [
            new OrchestrationCompleteOrchestratorAction
            {
                OrchestrationStatus = OrchestrationStatus.Failed,
                Result = failure.ErrorMessage,
                FailureDetails = failure,
            },
        ],
    };

    /// <summary>The turn's time: the clock's, and never before the turn that went before.</summary>
    private void TellTime(OrchestrationRuntimeState state)
    {
        var now = _options.TimeProvider.GetUtcNow().UtcDateTime;
        if (LastStart(state.PastEvents) is { } last && last.Timestamp > now)
            now = last.Timestamp;
        LastStart(state.NewEvents)!.Timestamp = now;
    }

    private static OrchestratorStartedEvent? LastStart(IList<HistoryEvent> events)
    {
        for (var i = events.Count - 1; i >= 0; i--)
        {
            if (events[i] is OrchestratorStartedEvent start)
                return start;
        }
        return null;
    }
}
