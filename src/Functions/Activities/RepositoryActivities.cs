using System.Runtime.CompilerServices;
using System.Text.Json;
using Jobs.Domain;
using Jobs.Domain.Generation;
using Jobs.Domain.Jobs;
using Jobs.Domain.Repositories;
using Jobs.Functions.Capacity;
using Jobs.Functions.Jobs;
using Jobs.Functions.Ledger;
using Jobs.Functions.Repositories;
using Jobs.Functions.Telemetry;
using Jobs.Storage;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace Jobs.Functions.Activities;

/// <summary>What came of making a branch.</summary>
/// <param name="Step">How the step ended.</param>
/// <param name="IsFollowed">True when the work is done elsewhere, and the branch is followed from here on.</param>
/// <param name="NextLook">When nothing may have been heard of it for long enough to ask.</param>
public sealed record BranchResult(StepResult Step, bool IsFollowed = false, DateTimeOffset NextLook = default);

/// <summary>
/// The steps of a job in a repository: a branch, edits, a commit, a check, a pull request, a merge. Each finds what it or another execution has done already, in the job's row or in the
/// repository itself: a commit that is made again is the same one, and a branch that is merged again is merged. <see cref="StepFence"/> says how they bear being repeated.
/// </summary>
public sealed partial class RepositoryActivities(
    JobStore jobs,
    JobJournal journal,
    StepFence fence,
    RepositoryService repositories,
    Forges forges,
    BranchRecords records,
    BranchNews news,
    IRepositoryAgent agent,
    IRepositoryCheck check,
    ArtifactStore artifacts,
    TurnRecords turnRecords,
    WorkTurns turns,
    SpendingLedger spending,
    StopSignals signals,
    StepTelemetry telemetry,
    JobMetrics metrics,
    TimeProvider time,
    ILogger<RepositoryActivities> logger)
{
    private const string NothingChanged = "Nothing had to be changed.";

    private delegate Task<StepResult> Work(StoredJob stored, Repository repository, int attempt, CancellationToken stop);

    /// <summary>Makes the job's branch. At GitHub that is what starts the work.</summary>
    [Function(nameof(StartBranch))]
    public async Task<BranchResult> StartBranch([ActivityTrigger] StepInput input, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken)
    {
        if (await jobs.ReadAsync(input.JobId, cancellationToken) is not { } stored)
        {
            return new BranchResult(StepResult.Stopped);
        }

        var isFollowed = stored.Job.Repository!.Kind is RepositoryKind.GitHub;
        // A job whose work is done elsewhere waits until that begins.
        var step = await RunAsync(input, turns.Batches, IsStarted, isFollowed ? null : "Making the branch", StartAsync, client, cancellationToken);
        return new BranchResult(step, isFollowed, time.GetUtcNow() + RepositoryLimits.FirstSilence);
    }

    /// <summary>Lets the agent edit, or do a part of the work.</summary>
    [Function(nameof(EditFiles))]
    public Task<StepResult> EditFiles([ActivityTrigger] StepInput input, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken) => RunAsync(
        input,
        turns.Batches,
        job => job.SourcesRef is not null,
        $"Editing files with {agent.Name}",
        (stored, repository, attempt, stop) => EditAsync(stored, repository, attempt, client, cancellationToken, stop),
        client,
        cancellationToken);

    /// <summary>Puts the edits on the branch. Where they change nothing, the job has succeeded.</summary>
    [Function(nameof(CommitEdits))]
    public Task<StepResult> CommitEdits([ActivityTrigger] StepInput input, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken) =>
        RunAsync(input, turns.Batches, job => job.Repository!.Files is not null, "Committing", CommitAsync, client, cancellationToken);

    /// <summary>Runs the repository's check, if it has one: without one there is no waiting for a place.</summary>
    [Function(nameof(CheckFiles))]
    public async Task<StepResult> CheckFiles([ActivityTrigger] StepInput input, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken) =>
        await jobs.FindAsync(input.JobId, cancellationToken) is { } job && !await repositories.HasCheckAsync(job, cancellationToken)
            ? StepResult.Done
            : await RunAsync(
                input,
                turns.Checks,
                current => current.Repository!.HasPassedCheck is not null,
                "Checking",
                (stored, repository, attempt, stop) => CheckAsync(input, stored, repository, attempt, stop),
                client,
                cancellationToken);

    /// <summary>Opens our own pull request, if one is wanted.</summary>
    [Function(nameof(OpenPullRequest))]
    public Task<StepResult> OpenPullRequest([ActivityTrigger] StepInput input, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken) => RunAsync(
        input,
        turns.Batches,
        job => !job.Repository!.CreatePullRequest || job.Repository.PullRequest is not null,
        "Opening the pull request",
        OpenAsync,
        client,
        cancellationToken);

    /// <summary>Merges the branch, if that is wanted and the check has passed, and ends the job.</summary>
    [Function(nameof(MergeBranch))]
    public Task<StepResult> MergeBranch([ActivityTrigger] StepInput input, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken) => RunAsync(
        input,
        turns.Batches,
        job => job.Status is JobStatus.Succeeded or JobStatus.Merged,
        "Finishing",
        (stored, repository, attempt, stop) => MergeAsync(input, stored, repository, attempt, stop),
        client,
        cancellationToken);

    /// <summary>Gives a job up. Its branch stays as it is.</summary>
    [Function(nameof(FailRepositoryJob))]
    public async Task FailRepositoryJob([ActivityTrigger] FailureInput input, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken)
    {
        if (await jobs.ReadAsync(input.JobId, cancellationToken) is { } stored)
        {
            await journal.ApplyAsync(stored, new JobEvent.Failed(time.GetUtcNow(), input.Error), cancellationToken);
            signals.Raise(input.JobId);
            await WithdrawAsync(stored.Job, client);
        }
    }

    private static bool IsStarted(Job job) => job.Repository!.BaseSha is not null;

    /// <summary>Does a step in a place of its own, until the job is to stop or the time of a step is over.</summary>
    private async Task<StepResult> RunAsync(
        StepInput input,
        WorkSlots slots,
        Func<Job, bool> isDone,
        string? message,
        Work work,
        DurableTaskClient client,
        CancellationToken cancellationToken,
        [CallerMemberName] string step = "") => await jobs.ReadAsync(input.JobId, cancellationToken) is { } stored
            ? await telemetry.RunAsync(step, stored.Job, () => RunAsync(input, stored, slots, isDone, message, work, client, cancellationToken))
            : StepResult.Stopped;

    private async Task<StepResult> RunAsync(
        StepInput input, StoredJob stored, WorkSlots slots, Func<Job, bool> isDone, string? message, Work work, DurableTaskClient client, CancellationToken cancellationToken)
    {
        var result = stored.Job is { IsTerminal: true } or { CancelRequested: true } ? await fence.YieldAsync(stored, isDone, cancellationToken)
            : isDone(stored.Job) ? StepResult.Done
            : await turns.RunAsync(
                slots, stored.Job.Tenant, input.JobId, () => AttemptAsync(input, stored, isDone, message, work, cancellationToken), StepResult.Waits, client);
        if (result.Outcome is StepOutcome.Stopped)
        {
            await WithdrawAsync(stored.Job, client);
        }

        return result;
    }

    private async Task<StepResult> AttemptAsync(StepInput input, StoredJob stored, Func<Job, bool> isDone, string? message, Work work, CancellationToken cancellationToken)
    {
        using var listener = signals.Listen(input.JobId);
        if (message is not null)
        {
            var text = input.Attempt > 1 ? $"{message} (attempt {input.Attempt} of {input.MaxAttempts})"
                // What the last part of the work said of itself is still true.
                : stored.Job is { Turns: > 0, SourcesRef: null } ? stored.Job.Message
                : message;
            if (!await journal.ApplyAsync(stored, new JobEvent.AttemptStarted(time.GetUtcNow(), text), cancellationToken))
            {
                return await fence.YieldAsync(stored, isDone, cancellationToken);
            }
        }

        var attempt = stored.Job.Attempts;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            var repository = await repositories.OfAsync(stored.Job, cancellationToken);
            return await fence.WatchAsync(
                listener,
                input.JobId,
                current => current.Attempts == attempt,
                stop,
                () => work(stored, repository, attempt, stop.Token).WaitAsync(RepositoryLimits.StepTimeLimit, time, stop.Token));
        }
        catch (ForgeException error)
        {
            LogFailed(logger, error, input.JobId, attempt);
            return new StepResult(error.IsTransient ? StepOutcome.FailedRetry : StepOutcome.FailedFinal, error.Message, RetryAfter: error.RetryAfter);
        }
        catch (WorkbenchBusyException)
        {
            return StepResult.Waits;
        }
        catch (TimeoutException error)
        {
            LogFailed(logger, error, input.JobId, attempt);
            return new StepResult(StepOutcome.FailedRetry, "A step of the job took too long.");
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return await fence.YieldAsync(stored, isDone, cancellationToken);
        }
        finally
        {
            // Nothing that is left of the step goes on behind its back.
            await stop.CancelAsync();
        }
    }

    private async Task<StepResult> StartAsync(StoredJob stored, Repository repository, int attempt, CancellationToken stop)
    {
        var job = stored.Job;
        var branch = job.Repository!;
        var asked = await records.ReadInstructionAsync(job, stop);
        var start = await forges.Of(branch.Kind).StartAsync(
            // To a forge a branch is one job's from its first round to its last.
            new BranchOrder(repository, branch.Branch[RepositoryState.BranchPrefix.Length..], branch.Branch, branch.BaseRef, asked.Instruction, branch.AutoMerge, branch.CreatePullRequest, job.CreatedAt) { Round = branch.Round }, stop);
        var facts = new BranchFacts { BaseSha = start.BaseSha, StartSha = start.HeadSha, HeadSha = start.HeadSha };
        if (branch.Kind is RepositoryKind.GitHub)
        {
            return await ApplyAsync(stored, new JobEvent.ForgeReported(time.GetUtcNow(), facts), IsStarted, stop);
        }

        var text = branch.Round == 0
            ? $"Branch {branch.Branch} begins at {branch.BaseRef}, {BranchTexts.Short(start.BaseSha)}."
            : $"Branch {branch.Branch} goes on at {BranchTexts.Short(start.HeadSha)}.";
        return await AdvanceAsync(stored, attempt, facts with { Log = await records.AppendAsync(job, text, stop) }, "The branch is made", IsStarted, stop);
    }

    private async Task<StepResult> EditAsync(
        StoredJob stored, Repository repository, int attempt, DurableTaskClient client, CancellationToken hostStops, CancellationToken stop)
    {
        var job = stored.Job;
        var asked = await records.ReadInstructionAsync(job, stop);
        using var tree = await forges.Local.OpenTreeAsync(repository, job.Repository!.StartSha!, stop);
        var calls = new JobModelCalls(job, job.Turns + 1, turns, spending, metrics, client, hostStops);
        var task = new RepositoryTask(asked.Instruction, asked.Earlier, tree, repository.AllowedPaths, job.CreatedAt)
        {
            State = job.TurnRef is { } turn ? (await artifacts.ReadAsync(job.Tenant, job.ResourceId, turn, stop)).ToMemory() : (ReadOnlyMemory<byte>?)null,
            ModelCalls = calls,
        };
        RepositoryAnswer answer;
        try
        {
            answer = await new ThrottledProgress(time, BuildActivities.ProgressInterval).RunAsync(
                report => agent.WorkAsync(task, report, stop),
                text => journal.ApplyAsync(stored, new JobEvent.Progressed(time.GetUtcNow(), attempt, text), stop));
        }
        catch (GenerationException error)
        {
            LogFailed(logger, error, job.Id, attempt);
            if (calls.Taken != ModelUsage.None)
            {
                await journal.ApplyAsync(stored, new JobEvent.UsageCounted(time.GetUtcNow(), attempt, calls.Taken), stop);
            }

            return new StepResult(error.IsTransient ? StepOutcome.FailedRetry : StepOutcome.FailedFinal, error.Message, RetryAfter: error.RetryAfter);
        }

        var taken = new TakenTurn("The agent", (answer as RepositoryAnswer.Turn)?.Message, answer.State, answer.Usage);
        if (await turnRecords.KeepAsync(stored, attempt, taken, current => current.SourcesRef is not null, stop) is { } notTaken)
        {
            return notTaken;
        }

        if (answer is not RepositoryAnswer.Edits edits)
        {
            return StepResult.Continues;
        }

        var bytes = JsonSerializer.SerializeToUtf8Bytes(StoredEdits.From(edits));
        return bytes.Length > RepositoryLimits.MaxEditBytes
            ? new StepResult(StepOutcome.FailedFinal, $"The edits have more than {RepositoryLimits.MaxEditBytes / 1024 / 1024} MiB.")
            : await ApplyAsync(
                stored,
                new JobEvent.FilesGenerated(time.GetUtcNow(), attempt, await artifacts.WriteAsync(job.Tenant, job.ResourceId, bytes, stop)),
                current => current.SourcesRef is not null,
                stop);
    }

    private async Task<StepResult> CommitAsync(StoredJob stored, Repository repository, int attempt, CancellationToken stop)
    {
        var job = stored.Job;
        var branch = job.Repository!;
        var edits = await records.ReadEditsAsync(job, stop);
        var head = edits.Edits.Count == 0 ? branch.StartSha! : await forges.Local.CommitAsync(BranchTexts.CommitOrderOf(job, repository, edits), stop);
        if (head == branch.StartSha)
        {
            var nothing = new BranchFacts
            {
                Files = new BranchFiles([], 0),
                Log = await records.AppendAsync(job, edits.Summary.Contains(NothingChanged, StringComparison.Ordinal) ? edits.Summary.Trim() : $"{edits.Summary.Trim()}\n{NothingChanged}", stop),
            };
            return await journal.ApplyAsync(stored, new JobEvent.BranchSucceeded(time.GetUtcNow(), attempt, nothing, "Nothing had to be changed"), stop)
                ? StepResult.Stopped
                : await fence.YieldAsync(stored, current => current.Repository!.Files is not null, stop);
        }

        var files = await records.ListFilesAsync(job, forges.Local, repository, head, stop);
        var text = $"{edits.Summary.Trim()}\nCommitted {BranchTexts.Short(head)}: {BranchTexts.Files(files.Total)} changed.";
        return await AdvanceAsync(
            stored,
            attempt,
            new BranchFacts { HeadSha = head, Files = files, Log = await records.AppendAsync(job, text, stop) },
            $"Committed {BranchTexts.Files(files.Total)}",
            current => current.Repository!.Files is not null,
            stop);
    }

    private async Task<StepResult> CheckAsync(StepInput input, StoredJob stored, Repository repository, int attempt, CancellationToken stop)
    {
        if (repository.Check is not { } command)
        {
            return StepResult.Done;
        }

        using var tree = await forges.Local.OpenTreeAsync(repository, stored.Job.Repository!.HeadSha!, stop);
        CheckResult result;
        try
        {
            result = await check.RunAsync(tree, command, stop);
        }
        catch (ForgeException error) when (!error.IsTransient || input.Attempt == input.MaxAttempts)
        {
            // What was done is not thrown away for it; it is not merged.
            LogFailed(logger, error, stored.Job.Id, attempt);
            result = new CheckResult(HasPassed: false, Output: "", error.Message);
        }

        var text = $"Check: {command}\n{result.Output.TrimEnd()}\n{(result.HasPassed ? "The check has passed." : $"The check has failed. {result.Reason}".TrimEnd())}";
        return await AdvanceAsync(
            stored,
            attempt,
            new BranchFacts { HasPassedCheck = result.HasPassed, Log = await records.AppendAsync(stored.Job, text, stop) },
            result.HasPassed ? "The check has passed" : "The check has failed",
            job => job.Repository!.HasPassedCheck is not null,
            stop);
    }

    private async Task<StepResult> OpenAsync(StoredJob stored, Repository repository, int attempt, CancellationToken stop)
    {
        var address = RepositoryJobs.PullRequestPath(stored.Job.Tenant, stored.Job.Id);
        return await AdvanceAsync(
            stored,
            attempt,
            new BranchFacts
            {
                PullRequest = new ForgePullRequest(Number: 0, address, ForgePullRequestStatus.Open),
                Log = await records.AppendAsync(stored.Job, $"Opened a pull request into {stored.Job.Repository!.BaseRef}.", stop),
            },
            "The pull request is open",
            job => job.Repository!.PullRequest is not null,
            stop);
    }

    private async Task<StepResult> MergeAsync(StepInput input, StoredJob stored, Repository repository, int attempt, CancellationToken stop)
    {
        var branch = stored.Job.Repository!;
        if (!branch.AutoMerge || branch.HasPassedCheck == false)
        {
            var why = branch.AutoMerge ? "Not merged: its check has failed." : null;
            return await SucceedAsync(stored, attempt, why, why is null ? null : await records.AppendAsync(stored.Job, why, stop), stop);
        }

        // Whoever is told that the job is cancelled must not find it merged: from here on nobody is told so.
        if (!await journal.ApplyAsync(stored, new JobEvent.MergeStarted(time.GetUtcNow(), attempt), stop))
        {
            return await fence.YieldAsync(stored, job => job.Status is JobStatus.Succeeded or JobStatus.Merged, stop);
        }

        MergeOutcome outcome;
        try
        {
            outcome = await forges.Local.MergeAsync(BranchTexts.MergeOrderOf(stored.Job, repository), stop);
        }
        catch (ForgeException error) when (!error.IsTransient || input.Attempt == input.MaxAttempts)
        {
            LogFailed(logger, error, stored.Job.Id, attempt);
            outcome = new MergeOutcome.Refused(error.Message);
        }

        if (outcome is MergeOutcome.Merged && branch.PullRequest is { } pullRequest)
        {
            // First: who dies after it comes here again.
            await news.TellEarlierAsync(stored.Job, pullRequest, stop);
        }

        var log = await records.AppendAsync(stored.Job, BranchTexts.Describe(outcome, branch.BaseRef), stop);
        var facts = BranchTexts.FactsOf(outcome, stored.Job, log);
        return outcome is MergeOutcome.Merged
            ? await ApplyAsync(stored, new JobEvent.Merged(time.GetUtcNow(), facts), job => job.Status is JobStatus.Merged, stop)
            : await SucceedAsync(stored, attempt, facts.NotMerged, log, stop);
    }

    private Task<StepResult> SucceedAsync(StoredJob stored, int attempt, string? why, BranchLog? log, CancellationToken stop) => ApplyAsync(
        stored,
        new JobEvent.BranchSucceeded(time.GetUtcNow(), attempt, new BranchFacts { NotMerged = why, Log = log }, why ?? "Done"),
        job => job.Status is JobStatus.Succeeded or JobStatus.Merged,
        stop);

    private Task<StepResult> AdvanceAsync(StoredJob stored, int attempt, BranchFacts facts, string message, Func<Job, bool> isDone, CancellationToken stop) =>
        ApplyAsync(stored, new JobEvent.BranchAdvanced(time.GetUtcNow(), attempt, facts, message), isDone, stop);

    private async Task<StepResult> ApplyAsync(StoredJob stored, JobEvent change, Func<Job, bool> isDone, CancellationToken stop) =>
        await journal.ApplyAsync(stored, change, stop) ? StepResult.Done : await fence.YieldAsync(stored, isDone, stop);

    /// <summary>The job does not come again that may have waited for a place.</summary>
    private async Task WithdrawAsync(Job job, DurableTaskClient client)
    {
        await turns.WithdrawAsync(turns.Batches, job.Tenant, job.Id, client);
        await turns.WithdrawAsync(turns.Checks, job.Tenant, job.Id, client);
        await turns.WithdrawAsync(turns.ModelCalls, job.Tenant, job.Id, client);
    }

    [LoggerMessage(LogLevel.Warning, "Attempt {Attempt} at job {JobId} failed")]
    private static partial void LogFailed(ILogger logger, Exception error, string jobId, int attempt);
}
