using System.Diagnostics;
using Jobs.Domain.Compilation;
using Jobs.Domain.Generation;
using Jobs.Domain.Jobs;
using Jobs.Domain.Widgets;
using Jobs.Functions.Storage;
using Jobs.Functions.Widgets;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;

namespace Jobs.Functions.Activities;

/// <summary>What a step gets: the job, and which attempt of how many this is.</summary>
public sealed record StepInput(string JobId, int Attempt, int MaxAttempts);

/// <summary>Why a job is given up.</summary>
public sealed record FailureInput(string JobId, string Error);

/// <summary>
/// The steps of a widget build. Each may be executed more than once for one attempt: it reads the job first, does nothing when its work is there already, and its
/// writes carry the number that it was given when it started, so that an execution that was overtaken writes nothing.
/// </summary>
public sealed partial class WidgetActivities(
    JobStore jobs,
    WidgetStore widgets,
    ArtifactStore artifacts,
    IWidgetGenerator generator,
    IWidgetCompiler compiler,
    TimeProvider time,
    ILogger<WidgetActivities> logger)
{
    /// <summary>Progress messages are written no more often than this: every one is a storage transaction.</summary>
    public static readonly TimeSpan ProgressInterval = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long one attempt waits for the generator, whether or not that notices its cancellation: half of the host's <c>functionTimeout</c>, which
    /// would end the whole worker.
    /// </summary>
    public static readonly TimeSpan GenerationTimeLimit = TimeSpan.FromMinutes(5);

    /// <summary>Generates the files and stores them; the job has then succeeded and its compile is submitted.</summary>
    [Function(nameof(GenerateWidget))]
    public async Task<StepResult> GenerateWidget([ActivityTrigger] StepInput input, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        if (await jobs.ReadAsync(input.JobId, cancellationToken) is not { } stored)
        {
            return StepResult.Stopped;
        }

        var message = input.Attempt == 1
            ? $"Generating files with {generator.Name}"
            : $"Generating files with {generator.Name} (attempt {input.Attempt} of {input.MaxAttempts})";
        if (!await ApplyAsync(stored, new JobEvent.AttemptStarted(time.GetUtcNow(), message), cancellationToken))
        {
            return await YieldAsync(stored, IsGenerated, cancellationToken);
        }

        var job = stored.Job;
        var attempt = job.Attempts;
        var widget = (await widgets.ReadAsync(job.Tenant, job.WidgetId, cancellationToken))?.Widget;
        if (RefusalOf(job, widget) is { } refusal)
        {
            return refusal;
        }

        var prompt = (await artifacts.ReadAsync(job.Tenant, job.WidgetId, job.InputRef, cancellationToken)).ToString();
        var current = widget!.SourcesRef is { } reference
            ? WidgetSources.Parse(await artifacts.ReadAsync(job.Tenant, job.WidgetId, reference, cancellationToken))
            : null;
        var request = new GenerationRequest(widget.Name, widget.Description, prompt, current?.Prompts ?? [], current?.ToSourceFiles() ?? SourceFiles.Empty);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        GenerationResult result;
        try
        {
            var progress = new ThrottledProgress(time, ProgressInterval);
            result = await progress.RunAsync(
                report => generator.GenerateAsync(request, report, stop.Token).WaitAsync(GenerationTimeLimit, time, stop.Token),
                ReportAsync);
        }
        catch (TimeoutException error)
        {
            LogGenerationFailed(logger, error, job.Id, attempt);
            return new StepResult(StepOutcome.FailedRetry, "The generator did not answer in time.");
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return await YieldAsync(stored, IsGenerated, cancellationToken);
        }
        catch (GenerationException error)
        {
            LogGenerationFailed(logger, error, job.Id, attempt);
            return new StepResult(error.IsTransient ? StepOutcome.FailedRetry : StepOutcome.FailedFinal, error.Message);
        }
        finally
        {
            // Nothing that is left of the generator goes on behind the step's back.
            await stop.CancelAsync();
        }

        switch (result)
        {
            case GenerationResult.Files files:
                if (!SourceFiles.TryCreate(files.Content, out var accepted, out var reason))
                {
                    return new StepResult(StepOutcome.FailedRetry, $"The generator gave files that are not acceptable: {reason}.");
                }

                var prompts = (current?.Prompts ?? []).Append(prompt).TakeLast(WidgetSources.MaxPrompts).ToArray();
                var sources = await artifacts.WriteAsync(job.Tenant, job.WidgetId, new WidgetSources(prompts, accepted.Files).ToBytes(), cancellationToken);
                if (await SetSourcesAsync(stored, attempt, sources, cancellationToken) is { } notSet)
                {
                    return notSet;
                }

                if (!await ApplyAsync(stored, new JobEvent.Succeeded(time.GetUtcNow(), attempt, sources, files.Summary), cancellationToken))
                {
                    return await YieldAsync(stored, IsGenerated, cancellationToken);
                }

                LogGenerated(logger, job.Id, accepted.Files.Count, time.GetElapsedTime(started).TotalMilliseconds);
                return StepResult.Done;

            case GenerationResult.Question question:
                // Contract 000 has no way to answer yet; a job that waits for ever would be worse than one that says why it cannot go on.
                return new StepResult(StepOutcome.FailedFinal, $"The prompt leaves a question open, add the answer to it: {question.Text}");

            default:
                throw new UnreachableException();
        }

        async Task ReportAsync(string text)
        {
            if (!await ApplyAsync(stored, new JobEvent.Progressed(time.GetUtcNow(), attempt, text), cancellationToken))
            {
                await stop.CancelAsync();
            }
        }
    }

    /// <summary>Type-checks and bundles the files that the job generated.</summary>
    [Function(nameof(CompileWidget))]
    public async Task<StepResult> CompileWidget([ActivityTrigger] StepInput input, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        if (await jobs.ReadAsync(input.JobId, cancellationToken) is not { } stored)
        {
            return StepResult.Stopped;
        }

        if (!await ApplyAsync(stored, new JobEvent.CompileStarted(time.GetUtcNow()), cancellationToken))
        {
            return await YieldAsync(stored, IsCompiled, cancellationToken);
        }

        var job = stored.Job;
        var attempt = job.Compile!.Attempts;
        var sources = WidgetSources.Parse(await artifacts.ReadAsync(job.Tenant, job.WidgetId, job.ResultRef!, cancellationToken)).ToSourceFiles();
        using var overtaken = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        CompileResult result;
        try
        {
            result = await compiler.CompileAsync(sources, EnterAsync, overtaken.Token);
        }
        catch (CompilerUnavailableException error)
        {
            LogCompilerUnavailable(logger, error, job.Id, attempt);
            return new StepResult(StepOutcome.FailedRetry, error.Message);
        }
        catch (OperationCanceledException) when (overtaken.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return await YieldAsync(stored, IsCompiled, cancellationToken);
        }

        JobEvent end;
        switch (result)
        {
            case CompileResult.Succeeded bundle:
                await EnterAsync(CompilePhase.UploadArtifacts);
                if (overtaken.IsCancellationRequested)
                {
                    return await YieldAsync(stored, IsCompiled, cancellationToken);
                }

                var script = await artifacts.WriteAsync(job.Tenant, job.WidgetId, bundle.Script, cancellationToken);
                var style = await artifacts.WriteAsync(job.Tenant, job.WidgetId, bundle.Style, cancellationToken);
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

        return await ApplyAsync(stored, end, cancellationToken) ? StepResult.Done : await YieldAsync(stored, IsCompiled, cancellationToken);

        async Task EnterAsync(CompilePhase phase)
        {
            // The type check was entered by starting.
            if (phase > CompilePhase.PreBuild
                && (stored.Job.CancelRequested || !await ApplyAsync(stored, new JobEvent.CompilePhaseEntered(time.GetUtcNow(), attempt, phase), cancellationToken)))
            {
                await overtaken.CancelAsync();
            }
        }
    }

    /// <summary>Gives a job up: fails it, or its compile when the files are there.</summary>
    [Function(nameof(FailWidgetBuild))]
    public async Task FailWidgetBuild([ActivityTrigger] FailureInput input, CancellationToken cancellationToken)
    {
        if (await jobs.ReadAsync(input.JobId, cancellationToken) is not { } stored)
        {
            return;
        }

        var now = time.GetUtcNow();
        await ApplyAsync(
            stored,
            stored.Job.IsTerminal ? new JobEvent.CompileFailed(now, input.Error) : new JobEvent.Failed(now, input.Error),
            cancellationToken);
    }

    private static bool IsGenerated(Job job) => job.Status is JobStatus.Succeeded;

    private static bool IsCompiled(Job job) => job is { Status: JobStatus.Succeeded, IsSettled: true };

    /// <summary>Why a job may not write to its widget any more; null when it may.</summary>
    private static StepResult? RefusalOf(Job job, Widget? widget) => widget switch
    {
        null or { IsDeleted: true } => new StepResult(StepOutcome.FailedFinal, "The widget was deleted."),
        _ when widget.CurrentJobId != job.Id => new StepResult(StepOutcome.FailedFinal, "A later build of the widget took the place of this one."),
        _ => null,
    };

    /// <summary>What a step answers when the job does not take its event. <paramref name="isDone"/> tells whether the step's work is there.</summary>
    private async Task<StepResult> YieldAsync(StoredJob stored, Func<Job, bool> isDone, CancellationToken cancellationToken)
    {
        switch (stored.Job)
        {
            case { IsSettled: false, CancelRequested: true }:
                var now = time.GetUtcNow();
                await ApplyAsync(
                    stored,
                    stored.Job.IsTerminal ? new JobEvent.CompileFailed(now, "The build was cancelled.") : new JobEvent.Cancelled(now),
                    cancellationToken);
                return StepResult.Stopped;

            // Written by an earlier execution, or by this one, whose answer from storage was lost.
            case var job when isDone(job):
                return StepResult.Done;

            case { IsSettled: true }:
                return StepResult.Stopped;

            // The host may hand one execution's answer to the orchestration while another execution still works. Trying again takes over from both.
            default:
                return new StepResult(StepOutcome.FailedRetry, "Another execution of the step took over.");
        }
    }

    /// <summary>Makes these the widget's files; what the step answers instead when it may not.</summary>
    private async Task<StepResult?> SetSourcesAsync(StoredJob stored, int attempt, string sources, CancellationToken cancellationToken)
    {
        var job = stored.Job;
        while (true)
        {
            var widget = await widgets.ReadAsync(job.Tenant, job.WidgetId, cancellationToken);
            // The widget's row knows no attempts. The job is read after it, and the row's ETag lets the write through only if nobody wrote since: files
            // of an attempt that was overtaken never replace those of a later one.
            var current = await jobs.ReadAsync(job.Id, cancellationToken);
            if (current?.Job is not { Status: JobStatus.Running, CancelRequested: false } || current.Job.Attempts != attempt)
            {
                return await YieldAsync(current ?? stored, IsGenerated, cancellationToken);
            }

            if (RefusalOf(job, widget?.Widget) is { } refusal)
            {
                return refusal;
            }

            if (widget!.Widget.SourcesRef == sources
                || await widgets.TryReplaceAsync(widget, widget.Widget with { SourcesRef = sources }, cancellationToken))
            {
                return null;
            }
        }
    }

    private async Task<bool> ApplyAsync(StoredJob stored, JobEvent change, CancellationToken cancellationToken)
    {
        switch (await jobs.ApplyAsync(stored.Job.Id, change, stored, cancellationToken))
        {
            case Transition.Applied:
                return true;

            case Transition.Refused refused:
                LogRefused(logger, change.GetType().Name, stored.Job.Id, refused.Reason);
                return false;

            default:
                return false;
        }
    }

    [LoggerMessage(LogLevel.Warning, "Job {JobId}, attempt {Attempt}: generating failed")]
    private static partial void LogGenerationFailed(ILogger logger, Exception error, string jobId, int attempt);

    [LoggerMessage(LogLevel.Error, "Job {JobId}, attempt {Attempt}: the compiler cannot be run")]
    private static partial void LogCompilerUnavailable(ILogger logger, Exception error, string jobId, int attempt);

    [LoggerMessage(LogLevel.Information, "Job {JobId}: generated {Files} files in {Elapsed:F0} ms")]
    private static partial void LogGenerated(ILogger logger, string jobId, int files, double elapsed);

    [LoggerMessage(LogLevel.Information, "Job {JobId}: compiled; type check {TypeCheck:F0} ms, bundle {Bundle:F0} ms, the whole step {Elapsed:F0} ms")]
    private static partial void LogCompiled(ILogger logger, string jobId, double typeCheck, double bundle, double elapsed);

    [LoggerMessage(LogLevel.Information, "{Event} was refused for job {JobId}: {Reason}")]
    private static partial void LogRefused(ILogger logger, string @event, string jobId, string reason);
}
