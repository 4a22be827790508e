using Jobs.Functions.Activities;
using Microsoft.DurableTask;

namespace Jobs.Functions.Orchestrations;

/// <summary>How the orchestrations of builds run their steps. The input is the job's id, which is the instance's too.</summary>
internal static class BuildSteps
{
    /// <summary>How often a step is attempted.</summary>
    public const int MaxAttempts = 3;

    /// <summary>Runs the steps one after another, as long as each is done.</summary>
    public static async Task RunAsync(TaskOrchestrationContext context, params string[] steps)
    {
        var jobId = context.GetInput<string>()!;
        try
        {
            foreach (var step in steps)
            {
                if (!await RunStepAsync(context, jobId, step))
                {
                    return;
                }
            }
        }
        catch (TaskFailedException)
        {
            // A step threw on its last attempt; the worker has logged why, and what it says is not for callers.
            await FailAsync(context, jobId, "The build failed because of a fault on our side.");
        }
    }

    /// <summary>Runs one step until it is done; true when the next may follow.</summary>
    private static async Task<bool> RunStepAsync(TaskOrchestrationContext context, string jobId, string step)
    {
        for (var attempt = 1; ; attempt++)
        {
            var result = await context.CallActivityAsync<StepResult>(step, new StepInput(jobId, attempt, MaxAttempts), Retries.OfFaults);
            switch (result.Outcome)
            {
                case StepOutcome.Done:
                    return true;

                case StepOutcome.Stopped:
                    return false;

                case StepOutcome.NeedsInput:
                    await Questions.WaitUntilClosedAsync(context, result.Question!);
                    attempt = 0;
                    break;

                case StepOutcome.Continues:
                    attempt = 0;
                    break;

                case StepOutcome.Waits:
                    await Turns.WaitAsync(context);
                    attempt--;
                    break;

                case StepOutcome.FailedRetry when attempt < MaxAttempts:
                    await context.CreateTimer(Retries.DelayAfter(attempt, context.NewGuid(), result.RetryAfter), CancellationToken.None);
                    break;

                default:
                    await FailAsync(context, jobId, result.Error ?? "The build failed.");
                    return false;
            }
        }
    }

    private static Task FailAsync(TaskOrchestrationContext context, string jobId, string error) =>
        context.CallActivityAsync(nameof(BuildActivities.FailBuild), new FailureInput(jobId, error), Retries.OfFaults);
}
