using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Jobs.LocalRuntime.Engine;

/// <summary>Runs activities and delivers what came of them. It keeps nothing: what was not delivered is run again after a restart.</summary>
internal sealed class ActivityDispatcher
{
    private readonly Dictionary<string, Func<ActivityInvocation, CancellationToken, Task<object?>>> _activities =
        new(StringComparer.OrdinalIgnoreCase);

    private readonly DurableEngineOptions _options;
    private readonly Action<LiveInstance, HistoryEvent> _deliver;
    private readonly ILogger _log;
    private readonly WorkQueue<(LiveInstance Instance, OrchestratorAction.ScheduleActivity Call)> _queue;
    private readonly CancellationTokenSource _interruption = new();

    /// <param name="deliver">Takes the event that ends a call.</param>
    public ActivityDispatcher(DurableEngineOptions options, BusyCounter busy, Action<LiveInstance, HistoryEvent> deliver)
    {
        _options = options;
        _deliver = deliver;
        _log = options.LoggerFactory.CreateLogger<ActivityDispatcher>();
        _queue = new(options.MaxConcurrentActivities, busy, work => RunAsync(work.Instance, work.Call));
    }

    public void Register(string name, Func<ActivityInvocation, CancellationToken, Task<object?>> run) => _activities.Add(name, run);

    public void Dispatch(LiveInstance instance, OrchestratorAction.ScheduleActivity call) => _queue.Add((instance, call));

    /// <summary>Starts no further activity.</summary>
    public void Stop() => _queue.Stop();

    /// <summary>Asks the running ones to give up. One that does has not run, as far as the history knows.</summary>
    public void Interrupt() => _interruption.Cancel();

    private async Task RunAsync(LiveInstance instance, OrchestratorAction.ScheduleActivity call)
    {
        lock (instance.Lock)
        {
            if (instance.IsFinished)
                return;
        }
        if (!_activities.TryGetValue(call.Name, out var run))
        {
            _deliver(instance, Failed(call, $"There is no activity named '{call.Name}'.", isFinal: true));
            return;
        }
        try
        {
            var invocation = new ActivityInvocation(call.Name, instance.Id, call.TaskId, call.Input, _options.Json);
            var output = await run(invocation, _interruption.Token);
            var written = output is null ? null : JsonSerializer.Serialize(output, output.GetType(), _options.Json);
            _deliver(instance, new HistoryEvent.ActivityCompleted(call.TaskId, written));
        }
        catch (OperationCanceledException) when (_interruption.IsCancellationRequested)
        {
            _log.LogInformation("Activity {Activity} of {Instance} was interrupted; it runs again after the restart.", call.Name, instance.Id);
        }
        catch (Exception e)
        {
            _log.LogWarning(e, "Activity {Activity} (task {Task}) of {Instance} failed.", call.Name, call.TaskId, instance.Id);
            _deliver(instance, Failed(call, e.Message, isFinal: false));
        }
    }

    private static HistoryEvent.ActivityFailed Failed(OrchestratorAction.ScheduleActivity call, string message, bool isFinal) =>
        new(call.TaskId, Failures.OfActivity(message), isFinal);
}
