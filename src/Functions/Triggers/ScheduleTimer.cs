using Jobs.Storage;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace Jobs.Functions.Triggers;

/// <summary>Starts the agents whose time has come.</summary>
public sealed partial class ScheduleTimer(ScheduleStore schedules, TriggerService triggers, TimeProvider time, ILogger<ScheduleTimer> logger)
{
    /// <summary>How many agents are started at once.</summary>
    public const int MaxConcurrent = 8;

    /// <summary>
    /// Every ten seconds: one query for the agents that are due, and a run for each. It may run on two hosts at once, and an agent that cannot be started is logged and met again; it
    /// does not keep the others waiting.
    /// </summary>
    [Function("RunDueSchedules")]
    public Task RunDueAsync(
        [TimerTrigger("*/10 * * * * *")] TimerInfo timer,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken) => Parallel.ForEachAsync(
            schedules.ListDueAsync(time.GetUtcNow(), cancellationToken),
            new ParallelOptions { MaxDegreeOfParallelism = MaxConcurrent, CancellationToken = cancellationToken },
            async (due, stop) =>
            {
                try
                {
                    await triggers.RunDueAsync(due, client, stop);
                }
                catch (Exception error) when (!stop.IsCancellationRequested)
                {
                    // Not told by type: a call that the host breaks off ends in OperationCanceledException too.
                    LogFailure(logger, error, due.Agent.AgentId);
                }
            });

    [LoggerMessage(LogLevel.Error, "The scheduled run of agent {AgentId} could not be started")]
    private static partial void LogFailure(ILogger logger, Exception error, string agentId);
}
