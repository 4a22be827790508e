using Jobs.Domain.Jobs;
using Jobs.Domain.Repositories;
using Jobs.Functions.Capacity;
using Jobs.Functions.Jobs;
using Jobs.Functions.Repositories;
using Jobs.Storage;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace Jobs.Functions.Activities;

/// <summary>Which branch is followed, and how.</summary>
/// <param name="JobId">The job.</param>
/// <param name="IsDue">True when nothing was heard of it for so long that the forge is asked.</param>
/// <param name="Looks">How often it was asked for that reason.</param>
/// <param name="Known">What the last look has left.</param>
public sealed record FollowInput(string JobId, bool IsDue, int Looks, string? Known);

/// <summary>What came of following a branch.</summary>
/// <param name="Step">How the step ended; <see cref="StepOutcome.Continues"/> as long as there is something to wait for.</param>
/// <param name="NextLook">When to ask the forge, unless something is heard before.</param>
/// <param name="Looks">How often it was asked.</param>
/// <param name="Known">What the last look has left.</param>
public sealed record FollowResult(StepResult Step, DateTimeOffset NextLook = default, int Looks = 0, string? Known = null);

/// <summary>
/// Follows a branch whose work is done elsewhere. What webhooks tell is in the job's row already; the forge is asked only when they are overdue, and for what they do not bring: the log and
/// the list of changed files, once, at the end of the run.
/// </summary>
public sealed partial class FollowActivities(
    JobStore jobs,
    JobJournal journal,
    BranchNews news,
    RepositoryService repositories,
    Forges forges,
    BranchRecords records,
    WorkTurns turns,
    StepTelemetry telemetry,
    TimeProvider time,
    ILogger<FollowActivities> logger)
{
    /// <summary>Looks where the branch is, and ends the job when its work has ended.</summary>
    [Function(nameof(FollowBranch))]
    public async Task<FollowResult> FollowBranch([ActivityTrigger] FollowInput input, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken) =>
        await jobs.ReadAsync(input.JobId, cancellationToken) is { } stored
            ? await telemetry.RunAsync(nameof(FollowBranch), stored.Job, result => result.Step, () => FollowAsync(input, stored, client, cancellationToken))
            : new FollowResult(StepResult.Stopped);

    private async Task<FollowResult> FollowAsync(FollowInput input, StoredJob stored, DurableTaskClient client, CancellationToken cancellationToken)
    {
        if (stored.Job is { IsTerminal: false, CancelRequested: true })
        {
            // First, because whoever asked waits for it.
            await journal.ApplyAsync(stored, new JobEvent.Cancelled(time.GetUtcNow()), cancellationToken);
        }

        if (!IsWorthALook(stored.Job, input.IsDue))
        {
            return Wait(stored.Job, input);
        }

        return await turns.RunAsync(
            turns.Batches,
            stored.Job.Tenant,
            input.JobId,
            () => LookAsync(input, stored, cancellationToken),
            new FollowResult(StepResult.Waits, time.GetUtcNow() + (input.IsDue ? TimeSpan.Zero : PauseAfter(input.Looks)), input.Looks, input.Known),
            client);
    }

    /// <summary>False while a run goes on of which something was heard lately.</summary>
    private bool IsWorthALook(Job job, bool isDue) => job switch
    {
        { Status: JobStatus.Cancelled } => true,
        { IsTerminal: true } => isDue || MustBeFilled(job),
        _ => isDue || HasEnded(job.Repository!.Run) || job.Repository!.IsGone || time.GetUtcNow() >= job.CreatedAt + RepositoryLimits.FollowLimit,
    };

    private async Task<FollowResult> LookAsync(FollowInput input, StoredJob stored, CancellationToken cancellationToken)
    {
        try
        {
            var repository = await repositories.OfAsync(stored.Job, cancellationToken);
            var forge = forges.Of(repository.Kind);
            return stored.Job.Status is JobStatus.Cancelled
                ? await StopRunAsync(input, stored.Job, forge, repository, cancellationToken)
                : await FollowAsync(input, stored, forge, repository, cancellationToken);
        }
        catch (ForgeException error) when (error.IsTransient)
        {
            LogLater(logger, error, input.JobId);
            var pause = PauseAfter(input.Looks + 1);
            return await EndIfOverdueAsync(stored, cancellationToken) ?? (time.GetUtcNow() >= stored.Job.CreatedAt + RepositoryLimits.FollowLimit
                ? new FollowResult(StepResult.Stopped)
                : new FollowResult(StepResult.Continues, time.GetUtcNow() + (error.RetryAfter > pause ? error.RetryAfter.Value : pause), input.Looks + 1, input.Known));
        }
        catch (ForgeException error)
        {
            LogLater(logger, error, input.JobId);
            return await FailAsync(stored, error.Message, cancellationToken);
        }
    }

    private async Task<FollowResult> FollowAsync(FollowInput input, StoredJob stored, IForge forge, Repository repository, CancellationToken cancellationToken)
    {
        var known = input.Known;
        var wasDeleted = false;
        // That a branch is gone may be told before the merge after which it was deleted.
        if (input.IsDue || stored.Job is { IsTerminal: false, Repository.IsGone: true })
        {
            var report = await forge.LookAsync(repository, stored.Job.Repository!.Branch, known, cancellationToken);
            known = report.Known;
            wasDeleted = !report.Exists;
            await news.TellAsync(stored, new BranchFacts { Run = report.Run, PullRequest = report.PullRequest, HeadSha = report.HeadSha }, cancellationToken);
        }

        var job = stored.Job;
        if (HasEnded(job.Repository!.Run) && (!job.IsTerminal || MustBeFilled(job)))
        {
            await CollectAsync(stored, forge, repository, cancellationToken);
            await EndAsync(stored, cancellationToken);
        }
        else if (wasDeleted && !job.IsTerminal)
        {
            return await FailAsync(stored, "The branch was deleted at GitHub before the work on it had ended.", cancellationToken);
        }
        else if (job is { IsTerminal: false, Repository.Run: null } && time.GetUtcNow() >= job.CreatedAt + RepositoryLimits.RunMustAppear)
        {
            return await FailAsync(
                stored,
                $"No run of the workflow has begun within {RepositoryLimits.RunMustAppear.TotalMinutes:0} minutes. Is run-job.yml on the default branch, and are Actions allowed?",
                cancellationToken);
        }

        if (await EndIfOverdueAsync(stored, cancellationToken) is { } overdue)
        {
            await StopQuietlyAsync(stored.Job, forge, repository, cancellationToken);
            return overdue;
        }

        return Wait(stored.Job, input with { Known = known, Looks = input.IsDue ? input.Looks + 1 : input.Looks });
    }

    /// <summary>What there is to wait for: the end of the run, or a merge that is to follow it.</summary>
    private FollowResult Wait(Job job, FollowInput input)
    {
        var now = time.GetUtcNow();
        var isOver = job.Status switch
        {
            JobStatus.Queued or JobStatus.Running or JobStatus.WaitingForInput => false,
            JobStatus.Succeeded => job.Repository is not { AutoMerge: true, PullRequest: null or { Status: ForgePullRequestStatus.Open }, Files: not { Total: 0 } },
            JobStatus.Merged => job.Repository is { Log: not null, Files: not null } || HasEnded(job.Repository!.Run),
            JobStatus.Failed or JobStatus.Cancelled => true,
        };
        return isOver || (job.IsTerminal && now >= job.CreatedAt + RepositoryLimits.FollowLimit)
            ? new FollowResult(StepResult.Stopped)
            : new FollowResult(StepResult.Continues, now + PauseAfter(input.Looks), input.Looks, input.Known);
    }

    /// <summary>Reads what webhooks do not bring, once the run has ended.</summary>
    private async Task CollectAsync(StoredJob stored, IForge forge, Repository repository, CancellationToken cancellationToken)
    {
        var branch = stored.Job.Repository!;
        var run = branch.Run!;
        var head = branch.HeadSha;
        if (branch.PullRequest is null || head is null || head == branch.StartSha)
        {
            // The run has moved the branch and may have opened a pull request: whose webhook comes when it comes.
            var report = await forge.LookAsync(repository, branch.Branch, known: null, cancellationToken);
            await news.TellAsync(stored, new BranchFacts { PullRequest = report.PullRequest, HeadSha = report.HeadSha }, cancellationToken);
            head = report.HeadSha ?? run.HeadSha;
        }

        var log = await forge.ReadLogAsync(repository, run.Id, RepositoryLimits.MaxLogLength, cancellationToken) ?? "GitHub has no log of the run any more.";
        var files = await records.ListFilesAsync(stored.Job, forge, repository, head, cancellationToken);
        await news.TellAsync(stored, new BranchFacts { Log = await records.WriteAsync(stored.Job, log, cancellationToken), Files = files }, cancellationToken);
    }

    private async Task EndAsync(StoredJob stored, CancellationToken cancellationToken)
    {
        if (stored.Job.IsTerminal)
        {
            return;
        }

        var now = time.GetUtcNow();
        JobEvent end = stored.Job.Repository!.Run!.Status switch
        {
            ForgeRunStatus.Succeeded => new JobEvent.BranchSucceeded(
                now, Attempt: null, new BranchFacts(), stored.Job.Repository.Files is { Total: 0 } ? "Nothing had to be changed" : "The run has succeeded"),
            ForgeRunStatus.Cancelled => new JobEvent.Failed(now, "The run of the workflow was cancelled at GitHub."),
            _ => new JobEvent.Failed(now, "The run of the workflow has failed."),
        };
        await journal.ApplyAsync(stored, end, cancellationToken);
    }

    /// <summary>A job that is cancelled has stopped for its caller; its run is stopped too, also when it begins only now.</summary>
    private async Task<FollowResult> StopRunAsync(FollowInput input, Job job, IForge forge, Repository repository, CancellationToken cancellationToken)
    {
        var run = job.Repository!.Run;
        if (run is null || input.IsDue)
        {
            var report = await forge.LookAsync(repository, job.Repository.Branch, input.Known, cancellationToken);
            run = report.Run is { } found && found.Id > job.Repository.EarlierRunId ? found : run;
            if (run is null && report.Exists && time.GetUtcNow() < job.CreatedAt + RepositoryLimits.RunMustAppear)
            {
                return new FollowResult(StepResult.Continues, time.GetUtcNow() + PauseAfter(input.Looks), input.Looks + 1, report.Known);
            }
        }

        if (run is not null && !HasEnded(run))
        {
            await forge.StopAsync(repository, run.Id, cancellationToken);
        }

        return new FollowResult(StepResult.Stopped);
    }

    private async Task StopQuietlyAsync(Job job, IForge forge, Repository repository, CancellationToken cancellationToken)
    {
        if (job.Repository!.Run is not { } run || HasEnded(run))
        {
            return;
        }

        try
        {
            await forge.StopAsync(repository, run.Id, cancellationToken);
        }
        catch (ForgeException error)
        {
            // The job has ended whatever becomes of the run, which has limits of its own.
            LogLater(logger, error, job.Id);
        }
    }

    private async Task<FollowResult?> EndIfOverdueAsync(StoredJob stored, CancellationToken cancellationToken) =>
        !stored.Job.IsTerminal && time.GetUtcNow() >= stored.Job.CreatedAt + RepositoryLimits.FollowLimit
            ? await FailAsync(stored, $"The job was not done after {RepositoryLimits.FollowLimit.TotalHours:0} hours.", cancellationToken)
            : null;

    private async Task<FollowResult> FailAsync(StoredJob stored, string error, CancellationToken cancellationToken)
    {
        await journal.ApplyAsync(stored, new JobEvent.Failed(time.GetUtcNow(), error), cancellationToken);
        return new FollowResult(StepResult.Stopped);
    }

    /// <summary>A merge may be told before the end of the run: then the log and the list are still to come.</summary>
    private static bool MustBeFilled(Job job) => job is { Status: JobStatus.Merged, Repository: { Log: null } or { Files: null } } && HasEnded(job.Repository.Run);

    private static bool HasEnded(ForgeRun? run) => run is { Status: ForgeRunStatus.Succeeded or ForgeRunStatus.Failed or ForgeRunStatus.Cancelled };

    private static TimeSpan PauseAfter(int looks)
    {
        var pause = RepositoryLimits.FirstSilence * Math.Pow(2, Math.Min(looks, 10));
        return pause < RepositoryLimits.LongestSilence ? pause : RepositoryLimits.LongestSilence;
    }

    [LoggerMessage(LogLevel.Warning, "GitHub could not be asked for job {JobId}")]
    private static partial void LogLater(ILogger logger, Exception error, string jobId);
}
