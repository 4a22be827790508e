using Jobs.Domain.Runs;
using Jobs.Functions.Activities;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace Jobs.Functions.Orchestrations;

/// <summary>Runs an agent: one step, tried again as long as the code could not be started.</summary>
public static class RunAgent
{
    /// <summary>How often it is tried to start the code.</summary>
    public const int MaxAttempts = 3;

    /// <summary>The orchestration. Its input is the run's key, its instance id the run's.</summary>
    [Function(nameof(RunAgent))]
    public static async Task RunAsync([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var key = context.GetInput<RunKey>()!;
        try
        {
            for (var attempt = 1; ; attempt++)
            {
                var result = await context.CallActivityAsync<StepResult>(nameof(RunActivities.ExecuteRun), key, Retries.OfFaults);
                switch (result.Outcome)
                {
                    case StepOutcome.Waits:
                        await Turns.WaitAsync(context);
                        attempt--;
                        break;

                    case StepOutcome.FailedRetry when attempt < MaxAttempts:
                        await context.CreateTimer(Retries.DelayAfter(attempt, context.NewGuid()), CancellationToken.None);
                        break;

                    case StepOutcome.FailedRetry:
                        await FailAsync(context, key, result.Error!);
                        return;

                    default:
                        return;
                }
            }
        }
        catch (TaskFailedException)
        {
            // The step threw on its last attempt; the worker has logged why, and what it says is not for callers.
            await FailAsync(context, key, "The run could not be started because of a fault on our side.");
        }
    }

    private static Task FailAsync(TaskOrchestrationContext context, RunKey key, string error) =>
        context.CallActivityAsync(nameof(RunActivities.FailRun), new RunFailure(key, error), Retries.OfFaults);
}
