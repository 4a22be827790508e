using System.Diagnostics;
using Jobs.Domain.Compilation;
using Jobs.Domain.Jobs;
using Jobs.Functions.Capacity;
using Jobs.Functions.Jobs;
using Jobs.Functions.Resources;
using Jobs.Storage;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace Jobs.Functions.Activities;

/// <summary>The steps of a widget build: <see cref="StepFence"/> says how they bear being repeated.</summary>
public sealed partial class WidgetActivities(
    JobStore jobs,
    JobJournal journal,
    StepFence fence,
    ArtifactStore artifacts,
    IWidgetCompiler compiler,
    StopSignals signals,
    WorkTurns turns,
    StepTelemetry telemetry,
    TimeProvider time,
    ILogger<WidgetActivities> logger)
{
    /// <summary>Type-checks and bundles the files that the job generated.</summary>
    [Function(nameof(CompileWidget))]
    public async Task<StepResult> CompileWidget([ActivityTrigger] StepInput input, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken) =>
        await jobs.ReadAsync(input.JobId, cancellationToken) is { } stored
            ? await telemetry.RunAsync(nameof(CompileWidget), stored.Job, () => CompileAsync(input, stored, client, cancellationToken))
            : StepResult.Stopped;

    private async Task<StepResult> CompileAsync(StepInput input, StoredJob stored, DurableTaskClient client, CancellationToken cancellationToken)
    {
        if (stored.Job is { IsSettled: true } or { CancelRequested: true })
        {
            await turns.WithdrawAsync(turns.Compiles, stored.Job.Tenant, input.JobId, client);
            return await fence.YieldAsync(stored, IsCompiled, cancellationToken);
        }

        return await turns.RunAsync(turns.Compiles, stored.Job.Tenant, input.JobId, () => CompileAsync(stored, cancellationToken), StepResult.Waits, client);
    }

    private async Task<StepResult> CompileAsync(StoredJob stored, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        using var listener = signals.Listen(stored.Job.Id);
        if (!await journal.ApplyAsync(stored, new JobEvent.CompileStarted(time.GetUtcNow()), cancellationToken))
        {
            return await fence.YieldAsync(stored, IsCompiled, cancellationToken);
        }

        var job = stored.Job;
        var attempt = job.Compile!.Attempts;
        var sources = Sources.Parse(await artifacts.ReadAsync(job.Tenant, job.ResourceId, job.SourcesRef!, cancellationToken)).ToSourceFiles();
        using var overtaken = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        CompileResult result;
        try
        {
            result = await fence.WatchAsync(
                listener,
                job.Id,
                current => current.Compile?.Attempts == attempt,
                overtaken,
                () => compiler.CompileAsync(sources, EnterAsync, overtaken.Token));
        }
        catch (CompilerUnavailableException error)
        {
            LogCompilerUnavailable(logger, error, job.Id, attempt);
            return StepResult.CompilerUnavailable;
        }
        catch (OperationCanceledException) when (overtaken.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return await fence.YieldAsync(stored, IsCompiled, cancellationToken);
        }

        JobEvent end;
        switch (result)
        {
            case CompileResult.Succeeded bundle:
                await EnterAsync(CompilePhase.UploadArtifacts);
                if (overtaken.IsCancellationRequested)
                {
                    return await fence.YieldAsync(stored, IsCompiled, cancellationToken);
                }

                var script = await artifacts.WriteAsync(job.Tenant, job.ResourceId, bundle.Script, cancellationToken);
                var style = await artifacts.WriteAsync(job.Tenant, job.ResourceId, bundle.Style, cancellationToken);
                end = new JobEvent.CompileSucceeded(time.GetUtcNow(), attempt, new BundleRef(script, style));
                LogCompiled(
                    logger,
                    job.Id,
                    bundle.TypeCheckTime.TotalMilliseconds,
                    bundle.BundleTime.TotalMilliseconds,
                    time.GetElapsedTime(started).TotalMilliseconds);
                break;

            case CompileResult.Failed failure:
                end = new JobEvent.CompileFailed(time.GetUtcNow(), failure.Details, attempt);
                break;

            default:
                throw new UnreachableException();
        }

        return await journal.ApplyAsync(stored, end, cancellationToken) ? StepResult.Done : await fence.YieldAsync(stored, IsCompiled, cancellationToken);

        async Task EnterAsync(CompilePhase phase)
        {
            // The type check was entered by starting.
            if (phase > CompilePhase.PreBuild
                && (stored.Job.CancelRequested || !await journal.ApplyAsync(stored, new JobEvent.CompilePhaseEntered(time.GetUtcNow(), attempt, phase), cancellationToken)))
            {
                await overtaken.CancelAsync();
            }
        }
    }

    private static bool IsCompiled(Job job) => job is { Status: JobStatus.Succeeded, IsSettled: true };

    [LoggerMessage(LogLevel.Error, "Job {JobId}, attempt {Attempt}: the compiler cannot be run")]
    private static partial void LogCompilerUnavailable(ILogger logger, Exception error, string jobId, int attempt);

    [LoggerMessage(LogLevel.Information, "Job {JobId}: compiled; type check {TypeCheck:F0} ms, bundle {Bundle:F0} ms, the whole step {Elapsed:F0} ms")]
    private static partial void LogCompiled(ILogger logger, string jobId, double typeCheck, double bundle, double elapsed);
}
