using Jobs.Functions.Activities;
using Jobs.Functions.Repositories;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace Jobs.Functions.Orchestrations;

/// <summary>
/// Does a job in a repository: here, step by step, or by making a branch at GitHub and following what becomes of it. The input is the job's id, which is the instance's too.
/// </summary>
public static class RunRepositoryJob
{
    private static readonly string[] StepsHere =
    [
        nameof(RepositoryActivities.EditFiles),
        nameof(RepositoryActivities.CommitEdits),
        nameof(RepositoryActivities.CheckFiles),
        nameof(RepositoryActivities.OpenPullRequest),
        nameof(RepositoryActivities.MergeBranch),
    ];

    /// <summary>The orchestration.</summary>
    [Function(nameof(RunRepositoryJob))]
    public static async Task RunAsync([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var jobId = context.GetInput<string>()!;
        try
        {
            var start = await RunStepAsync<BranchResult>(context, jobId, nameof(RepositoryActivities.StartBranch), result => result.Step, RepositoryLimits.MaxAttemptsElsewhere);
            if (start.IsFollowed)
            {
                if (start.Step.Outcome is StepOutcome.Done or StepOutcome.Stopped)
                {
                    await FollowAsync(context, jobId, start);
                }

                return;
            }

            var step = start.Step;
            foreach (var name in StepsHere)
            {
                if (step.Outcome is not StepOutcome.Done)
                {
                    return;
                }

                step = await RunStepAsync<StepResult>(context, jobId, name, result => result, RepositoryLimits.MaxAttempts);
            }
        }
        catch (TaskFailedException)
        {
            // A step threw on its last attempt; the worker has logged why, and what it says is not for callers.
            await FailAsync(context, jobId, "The job failed because of a fault on our side.");
        }
    }

    /// <summary>Runs one step until it is done or the job has ended; the next may follow only when it is done.</summary>
    private static async Task<T> RunStepAsync<T>(TaskOrchestrationContext context, string jobId, string step, Func<T, StepResult> stepOf, int maxAttempts)
    {
        for (var attempt = 1; ; attempt++)
        {
            var result = await context.CallActivityAsync<T>(step, new StepInput(jobId, attempt, maxAttempts), Retries.OfFaults);
            switch (stepOf(result).Outcome)
            {
                case StepOutcome.Done or StepOutcome.Stopped:
                    return result;

                case StepOutcome.Continues:
                    attempt = 0;
                    break;

                case StepOutcome.Waits:
                    await Turns.WaitAsync(context);
                    attempt--;
                    break;

                case StepOutcome.FailedRetry when attempt < maxAttempts:
                    await context.CreateTimer(Retries.DelayAfter(attempt, context.NewGuid(), stepOf(result).RetryAfter), CancellationToken.None);
                    break;

                default:
                    await FailAsync(context, jobId, stepOf(result).Error ?? "The job failed.");
                    return result;
            }
        }
    }

    /// <summary>Follows a branch: something is heard of it, which calls the orchestration, or it is time to ask.</summary>
    private static async Task FollowAsync(TaskOrchestrationContext context, string jobId, BranchResult start)
    {
        var calls = new Calls(context);
        // A job that was to stop while its branch was made may have a run that nobody knows of yet.
        var result = new FollowResult(StepResult.Continues, start.Step.Outcome is StepOutcome.Stopped ? context.CurrentUtcDateTime : start.NextLook);
        while (result.Step.Outcome is StepOutcome.Continues or StepOutcome.Waits)
        {
            await calls.WaitAsync(part: null, result.Step.Outcome is StepOutcome.Waits ? null : result.NextLook);
            var isDue = context.CurrentUtcDateTime >= result.NextLook.UtcDateTime;
            result = await context.CallActivityAsync<FollowResult>(
                nameof(FollowActivities.FollowBranch), new FollowInput(jobId, isDue, result.Looks, result.Known), Retries.OfFaults);
        }
    }

    private static Task FailAsync(TaskOrchestrationContext context, string jobId, string error) =>
        context.CallActivityAsync(nameof(RepositoryActivities.FailRepositoryJob), new FailureInput(jobId, error), Retries.OfFaults);
}
