using System.Text;
using System.Text.Json;
using Jobs.Domain.Generation;
using Jobs.Domain.Jobs;
using Jobs.Functions.Capacity;
using Jobs.Functions.Jobs;
using Jobs.Functions.Ledger;
using Jobs.Functions.Telemetry;
using Jobs.Functions.Work;
using Jobs.Generation.Ai;
using Jobs.Storage;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace Jobs.Functions.Activities;

/// <summary>What came of planning work.</summary>
/// <param name="Step">How the step ended.</param>
/// <param name="Attempt">The number of the attempt, for what follows.</param>
/// <param name="Batches">How many batches there are.</param>
public sealed record PlanResult(StepResult Step, int Attempt = 0, int Batches = 0);

/// <summary>Which batch is to be done.</summary>
public sealed record BatchInput(string JobId, int Attempt, int Batch);

/// <summary>What came of a batch.</summary>
/// <param name="Step">How the step ended.</param>
/// <param name="HasNext">True when the batch named one that is to follow.</param>
/// <param name="NotBefore">Until when a step waits for which there is nothing to do yet; null for one that waits for a place.</param>
public sealed record BatchResult(StepResult Step, bool HasNext = false, DateTimeOffset? NotBefore = null);

/// <summary>Which attempt is to be ended.</summary>
public sealed record FinishInput(string JobId, int Attempt);

/// <summary>
/// The steps of work. A plan is made once for a job, a batch is done once: a step that finds that already done does nothing, so that neither a retry nor another attempt repeats it. What
/// they write to the job carries the number of the attempt, so that one that was overtaken writes nothing.
/// </summary>
public sealed partial class WorkActivities(
    JobStore jobs,
    JobJournal journal,
    StepFence fence,
    JobHandlers handlers,
    WorkService service,
    WorkResults results,
    WorkBatchStore batches,
    ArtifactStore artifacts,
    RecentArtifacts recent,
    WorkTurns turns,
    SpendingLedger spending,
    AiModel ai,
    AiEmbedder embedder,
    StopSignals signals,
    StepTelemetry telemetry,
    JobMetrics metrics,
    TimeProvider time,
    ILogger<WorkActivities> logger)
{
    /// <summary>Begins an attempt, and finds out what there is to do.</summary>
    [Function(nameof(PlanWork))]
    public async Task<PlanResult> PlanWork([ActivityTrigger] StepInput input, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken) =>
        await jobs.ReadAsync(input.JobId, cancellationToken) is { } stored
            ? await telemetry.RunAsync(nameof(PlanWork), stored.Job, result => result.Step, () => PlanAsync(input, stored, client, cancellationToken))
            : new PlanResult(StepResult.Stopped);

    private async Task<PlanResult> PlanAsync(StepInput input, StoredJob stored, DurableTaskClient client, CancellationToken cancellationToken)
    {
        if (stored.Job.CancelRequested)
        {
            return new PlanResult(await EndAsync(stored, client, cancellationToken));
        }

        return await turns.RunAsync(
            turns.Batches, stored.Job.Tenant, input.JobId, () => PlanAsync(input, stored, cancellationToken), new PlanResult(StepResult.Waits), client);
    }

    private async Task<PlanResult> PlanAsync(StepInput input, StoredJob stored, CancellationToken cancellationToken)
    {
        var message = input.Attempt > 1 ? $"Working (attempt {input.Attempt} of {input.MaxAttempts})" : "Working";
        if (!await journal.ApplyAsync(stored, new JobEvent.AttemptStarted(time.GetUtcNow(), message), cancellationToken))
        {
            return new PlanResult(await fence.YieldAsync(stored, IsDone, cancellationToken));
        }

        var attempt = stored.Job.Attempts;
        if (stored.Job.Work!.PlanRef is { } known)
        {
            return new PlanResult(StepResult.Done, attempt, (await ReadPlanAsync(stored.Job, known, cancellationToken)).Count);
        }

        var step = await DoAsync(stored, attempt, (handler, work, stop) => handler.PlanAsync(work, stop), cancellationToken);
        if (step is not { Value: { } plan })
        {
            return new PlanResult(step.Refusal!);
        }

        if (plan.Count > WorkLimits.MaxBatches)
        {
            throw new InvalidOperationException($"The plan of {stored.Job.Work.Type} has {plan.Count} batches: a handler makes at most {WorkLimits.MaxBatches}.");
        }

        var reference = await artifacts.WriteAsync(stored.Job.Tenant, stored.Job.ResourceId, JsonSerializer.SerializeToUtf8Bytes(plan, WorkJson.Options), cancellationToken);
        return await journal.ApplyAsync(stored, new JobEvent.WorkPlanned(time.GetUtcNow(), attempt, reference, plan.Sum(batch => batch.Items)), cancellationToken)
            ? new PlanResult(StepResult.Done, attempt, plan.Count)
            : new PlanResult(await fence.YieldAsync(stored, IsDone, cancellationToken));
    }

    /// <summary>Does one batch.</summary>
    [Function(nameof(RunBatch))]
    public async Task<BatchResult> RunBatch([ActivityTrigger] BatchInput input, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken) =>
        await jobs.ReadAsync(input.JobId, cancellationToken) is { } stored
            ? await telemetry.RunAsync(nameof(RunBatch), stored.Job, result => result.Step, () => RunBatchAsync(input, stored, client, cancellationToken))
            : new BatchResult(StepResult.Stopped);

    private async Task<BatchResult> RunBatchAsync(BatchInput input, StoredJob stored, DurableTaskClient client, CancellationToken cancellationToken)
    {
        if (!IsCurrent(stored.Job, input.Attempt))
        {
            return new BatchResult(await EndAsync(stored, client, cancellationToken));
        }

        if (await batches.FindAsync(input.JobId, input.Batch, cancellationToken) is { } known)
        {
            return ToResult(known);
        }

        var plan = await ReadPlanAsync(stored.Job, stored.Job.Work!.PlanRef!, cancellationToken);
        var follows = input.Batch < plan.Count ? null : (await batches.FindAsync(input.JobId, input.Batch - 1, cancellationToken))!.Next!;
        // Whoever was called for another reason comes too early.
        if (follows is not null && follows.NotBefore > time.GetUtcNow() + WorkLimits.LongestWait)
        {
            return new BatchResult(StepResult.Waits, NotBefore: follows.NotBefore);
        }

        var result = await turns.RunAsync(
            turns.Batches,
            stored.Job.Tenant,
            input.JobId,
            () => RunBatchAsync(input, stored, plan, follows, client, cancellationToken),
            new BatchResult(StepResult.Waits),
            client,
            input.Batch);
        if (result.Step.Outcome is StepOutcome.Stopped)
        {
            await WithdrawAsync(stored.Job, client);
        }

        return result;
    }

    private async Task<BatchResult> RunBatchAsync(
        BatchInput input,
        StoredJob stored,
        IReadOnlyList<PlannedBatch> plan,
        NextBatch? follows,
        DurableTaskClient client,
        CancellationToken cancellationToken)
    {
        var job = stored.Job;
        var batch = follows is null ? plan[input.Batch] : new PlannedBatch(follows.Ref, follows.Items);
        var calls = new JobModelCalls(job, input.Batch + 1, turns, spending, metrics, client, cancellationToken);
        var model = ai.IsConfigured ? new WorkModel(ai, embedder, calls) : null;
        var step = await DoAsync(stored, input.Attempt, (handler, work, stop) => handler.RunAsync(work, batch, stop), cancellationToken, model);
        if (calls.Taken != ModelUsage.None)
        {
            await journal.ApplyAsync(stored, new JobEvent.UsageCounted(time.GetUtcNow(), input.Attempt, calls.Taken), cancellationToken);
        }

        if (step is not { Value: { } outcome })
        {
            return new BatchResult(step.Refusal!);
        }

        if (outcome.Next is not null && (input.Batch < plan.Count - 1 || input.Batch == WorkLimits.MaxBatches - 1))
        {
            throw new InvalidOperationException($"Batch {input.Batch} of {job.Work!.Type} names one to follow, which only the last one of a plan may, and of all at most {WorkLimits.MaxBatches}.");
        }

        var done = new DoneBatch(
            input.Batch,
            outcome.Done ?? batch.Items,
            outcome.Counts,
            outcome.Results.Count,
            await WriteAsync(outcome.Results),
            outcome.Errors.Count,
            await WriteAsync(outcome.Errors),
            outcome.Next);
        // Who was first counts; whoever comes later has done the same.
        if (!await batches.TryAddAsync(job.Id, done, cancellationToken))
        {
            return ToResult((await batches.FindAsync(job.Id, input.Batch, cancellationToken))!);
        }

        var left = outcome.Next?.Items ?? (outcome.Done is null ? null : 0);
        await journal.ApplyAsync(stored, new JobEvent.WorkAdvanced(time.GetUtcNow(), input.Attempt, done.Done, done.Errors, left), cancellationToken);
        if (follows is not null && follows.Ref != outcome.Next?.Ref)
        {
            // Of hundreds that follow each other, each leaves one behind.
            await artifacts.DeleteAsync(job.Tenant, job.ResourceId, follows.Ref, cancellationToken);
        }

        return ToResult(done);

        async Task<string?> WriteAsync(IReadOnlyList<object> items) => items.Count == 0
            ? null
            : await artifacts.WriteAsync(job.Tenant, job.ResourceId, JsonSerializer.SerializeToUtf8Bytes(items, WorkJson.Options), cancellationToken);
    }

    /// <summary>Makes the result of what came of the batches, and ends the job.</summary>
    [Function(nameof(FinishWork))]
    public async Task<StepResult> FinishWork([ActivityTrigger] FinishInput input, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken) =>
        await jobs.ReadAsync(input.JobId, cancellationToken) is { } stored
            ? await telemetry.RunAsync(nameof(FinishWork), stored.Job, () => FinishAsync(input, stored, client, cancellationToken))
            : StepResult.Stopped;

    private async Task<StepResult> FinishAsync(FinishInput input, StoredJob stored, DurableTaskClient client, CancellationToken cancellationToken)
    {
        if (!IsCurrent(stored.Job, input.Attempt))
        {
            return await EndAsync(stored, client, cancellationToken);
        }

        return await turns.RunAsync(turns.Batches, stored.Job.Tenant, input.JobId, () => FinishAsync(input, stored, cancellationToken), StepResult.Waits, client);
    }

    private async Task<StepResult> FinishAsync(FinishInput input, StoredJob stored, CancellationToken cancellationToken)
    {
        var done = await results.ListAsync(stored.Job, cancellationToken).ToListAsync(cancellationToken);
        var step = await DoAsync(stored, input.Attempt, (handler, work, stop) => handler.FinishAsync(work, done, stop), cancellationToken);
        if (step is not { Value: { } end })
        {
            return step.Refusal!;
        }

        if (end.Error is { } error)
        {
            return new StepResult(StepOutcome.FailedFinal, error);
        }

        var result = JsonSerializer.SerializeToUtf8Bytes(end.Result, WorkJson.Options);
        if (result.Length > WorkLimits.MaxResultBytes)
        {
            return new StepResult(StepOutcome.FailedFinal, $"The result has more than {WorkLimits.MaxResultBytes / 1024 / 1024} MiB.");
        }

        var isSmall = Encoding.UTF8.GetCharCount(result) <= WorkState.MaxResultLength;
        var change = new JobEvent.WorkSucceeded(
            time.GetUtcNow(),
            input.Attempt,
            isSmall ? Encoding.UTF8.GetString(result) : null,
            done.Sum(batch => batch.Done),
            done.Sum(batch => batch.Errors),
            isSmall ? null : await artifacts.WriteAsync(stored.Job.Tenant, stored.Job.ResourceId, result, cancellationToken));
        return await journal.ApplyAsync(stored, change, cancellationToken) ? StepResult.Done : await fence.YieldAsync(stored, IsDone, cancellationToken);
    }

    /// <summary>Gives a job up.</summary>
    [Function(nameof(FailWork))]
    public async Task FailWork([ActivityTrigger] FailureInput input, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken)
    {
        if (await jobs.ReadAsync(input.JobId, cancellationToken) is { } stored)
        {
            await journal.ApplyAsync(stored, new JobEvent.Failed(time.GetUtcNow(), input.Error), cancellationToken);
            signals.Raise(input.JobId);
            await WithdrawAsync(stored.Job, client);
        }
    }

    /// <summary>What a step answers for a job that it may not work at. Of one that another attempt works at, parts may wait.</summary>
    private async Task<StepResult> EndAsync(StoredJob stored, DurableTaskClient client, CancellationToken cancellationToken)
    {
        var result = await fence.YieldAsync(stored, IsDone, cancellationToken);
        if (result.Outcome is StepOutcome.Stopped)
        {
            await WithdrawAsync(stored.Job, client);
        }

        return result;
    }

    /// <summary>Nothing of the job comes again that may have waited for a place.</summary>
    private async Task WithdrawAsync(Job job, DurableTaskClient client)
    {
        await turns.WithdrawAsync(turns.Batches, job.Tenant, job.Id, client);
        await turns.WithdrawAsync(turns.ModelCalls, job.Tenant, job.Id, client);
    }

    private static BatchResult ToResult(DoneBatch done) => new(StepResult.Done, done.Next is not null);

    private static bool IsDone(Job job) => job.Status is JobStatus.Succeeded;

    private static bool IsCurrent(Job job, int attempt) => job is { Status: JobStatus.Running, CancelRequested: false } && job.Attempts == attempt;

    /// <summary>Lets the job's handler do something, within the time that a step has and until the job is to stop; what the step answers instead when that did not come to its end.</summary>
    private async Task<(T? Value, StepResult? Refusal)> DoAsync<T>(
        StoredJob stored,
        int attempt,
        Func<IJobHandler, WorkContext, CancellationToken, Task<T>> act,
        CancellationToken cancellationToken,
        WorkModel? model = null)
        where T : class
    {
        var job = stored.Job;
        using var listener = signals.Listen(job.Id);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            var work = new WorkContext(job, await service.ReadInputAsync(job, cancellationToken), artifacts, results, jobs, model);
            return (await fence.WatchAsync(
                listener,
                job.Id,
                current => IsCurrent(current, attempt),
                stop,
                () => WithinLimitAsync(act(handlers.Of(job.Work!.Type), work, stop.Token), model, stop.Token)), null);
        }
        catch (WorkException error)
        {
            LogFailed(logger, error, job.Id, attempt);
            return (null, new StepResult(error.IsTransient ? StepOutcome.FailedRetry : StepOutcome.FailedFinal, error.Message, RetryAfter: error.RetryAfter));
        }
        catch (WorkbenchBusyException)
        {
            return (null, StepResult.Waits);
        }
        catch (TimeoutException error)
        {
            LogFailed(logger, error, job.Id, attempt);
            return (null, new StepResult(StepOutcome.FailedRetry, "A part of the work took too long."));
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return (null, await fence.YieldAsync(stored, IsDone, cancellationToken));
        }
        finally
        {
            // Nothing that is left of the handler goes on behind the step's back.
            await stop.CancelAsync();
        }
    }

    /// <summary>A step has its time; one that has asked a model has the model's beside it.</summary>
    private async Task<T> WithinLimitAsync<T>(Task<T> step, WorkModel? model, CancellationToken cancellationToken)
    {
        try
        {
            return await step.WaitAsync(WorkLimits.StepTimeLimit, time, cancellationToken);
        }
        catch (TimeoutException) when (!step.IsCompleted && model is { WasAsked: true })
        {
            return await step.WaitAsync(model.TimeLimit, time, cancellationToken);
        }
    }

    private Task<IReadOnlyList<PlannedBatch>> ReadPlanAsync(Job job, string reference, CancellationToken cancellationToken) =>
        recent.ReadAsync<IReadOnlyList<PlannedBatch>>(job, reference, cancellationToken);

    [LoggerMessage(LogLevel.Warning, "Attempt {Attempt} of the work of job {JobId} failed")]
    private static partial void LogFailed(ILogger logger, Exception error, string jobId, int attempt);
}
