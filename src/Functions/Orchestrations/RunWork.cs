using Jobs.Functions.Activities;
using Jobs.Functions.Work;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace Jobs.Functions.Orchestrations;

/// <summary>
/// Does work of a type: plan, then every batch, some at a time, then those that follow, each when the one before it has named it, then the result. The input is the job's id, which is
/// the instance's too.
/// </summary>
public static class RunWork
{
    /// <summary>The orchestration.</summary>
    [Function(nameof(RunWork))]
    public static async Task RunAsync([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var jobId = context.GetInput<string>()!;
        using var stop = new CancellationTokenSource();
        var deadline = context.CreateTimer(WorkLimits.Deadline, stop.Token);
        var work = AttemptAsync(context, new Calls(context), jobId);
        var error = await Task.WhenAny(work, deadline) == deadline
            ? $"The job was not done after {WorkLimits.Deadline.TotalMinutes:0} minutes."
            : await work;
        if (error is not null)
        {
            await context.CallActivityAsync(nameof(WorkActivities.FailWork), new FailureInput(jobId, error), Retries.OfFaults);
        }

        stop.Cancel();
    }

    /// <summary>Attempts the work until there is nothing more to do; why it is given up, if it is.</summary>
    private static async Task<string?> AttemptAsync(TaskOrchestrationContext context, Calls calls, string jobId)
    {
        try
        {
            for (var attempt = 1; ; attempt++)
            {
                var result = await AttemptOnceAsync(context, calls, jobId, attempt);
                switch (result.Outcome)
                {
                    case StepOutcome.Done or StepOutcome.Stopped:
                        return null;

                    case StepOutcome.FailedRetry when attempt < WorkLimits.MaxAttempts:
                        await context.CreateTimer(Retries.DelayAfter(attempt, context.NewGuid(), result.RetryAfter), CancellationToken.None);
                        break;

                    default:
                        return result.Error ?? "The job failed.";
                }
            }
        }
        catch (TaskFailedException)
        {
            // A step threw on its last attempt; the worker has logged why, and what it says is not for callers.
            return "The job failed because of a fault on our side.";
        }
    }

    private static async Task<StepResult> AttemptOnceAsync(TaskOrchestrationContext context, Calls calls, string jobId, int attempt)
    {
        var plan = await PlanAsync();
        while (plan.Step.Outcome is StepOutcome.Waits)
        {
            await calls.WaitAsync(part: null);
            plan = await PlanAsync();
        }

        // A job that has ended already has no attempt.
        if (plan.Step.Outcome is not StepOutcome.Done || plan.Attempt == 0)
        {
            return plan.Step;
        }

        if (await RunBatchesAsync(context, calls, jobId, plan) is { } failure)
        {
            return failure;
        }

        var end = await FinishAsync();
        while (end.Outcome is StepOutcome.Waits)
        {
            await calls.WaitAsync(part: null);
            end = await FinishAsync();
        }

        return end;

        Task<StepResult> FinishAsync() =>
            context.CallActivityAsync<StepResult>(nameof(WorkActivities.FinishWork), new FinishInput(jobId, plan.Attempt), Retries.OfFaults);

        Task<PlanResult> PlanAsync() =>
            context.CallActivityAsync<PlanResult>(nameof(WorkActivities.PlanWork), new StepInput(jobId, attempt, WorkLimits.MaxAttempts), Retries.OfFaults);
    }

    /// <summary>Does all batches, some at a time; how the first ended that was not done, if there is one.</summary>
    private static async Task<StepResult?> RunBatchesAsync(TaskOrchestrationContext context, Calls calls, string jobId, PlanResult plan)
    {
        var isOver = false;
        var due = new Queue<int>(Enumerable.Range(0, plan.Batches));
        var running = new Dictionary<Task<BatchResult>, int>();
        try
        {
            while (due.Count > 0 || running.Count > 0)
            {
                while (due.Count > 0 && running.Count < WorkLimits.MaxInFlight)
                {
                    var batch = due.Dequeue();
                    running.Add(RunBatchAsync(batch), batch);
                }

                var ended = await Task.WhenAny(running.Keys);
                running.Remove(ended, out var number);
                var result = await ended;
                if (result.Step.Outcome is not StepOutcome.Done)
                {
                    return result.Step;
                }

                calls.PartEnded();
                if (result.HasNext)
                {
                    due.Enqueue(number + 1);
                }
            }

            return null;
        }
        finally
        {
            isOver = true;
        }

        // A batch that gets no place comes again when it is called. Each waits in the queue by itself: a place that becomes free while others of the job are done is for one that waits.
        async Task<BatchResult> RunBatchAsync(int batch)
        {
            var ended = calls.PartsEnded;
            var result = await CallAsync();
            while (result.Step.Outcome is StepOutcome.Waits)
            {
                // What it waits for may have ended while it was on its way.
                if (calls.PartsEnded == ended)
                {
                    await calls.WaitAsync(batch, result.NotBefore);
                }

                ended = calls.PartsEnded;
                result = isOver ? new BatchResult(StepResult.Stopped) : await CallAsync();
            }

            return result;

            Task<BatchResult> CallAsync() =>
                context.CallActivityAsync<BatchResult>(nameof(WorkActivities.RunBatch), new BatchInput(jobId, plan.Attempt, batch), Retries.OfFaults);
        }
    }
}
