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

    /// <summary>Generates the files and stores them; the job has then succeeded and its compile is submitted.</summary>
    [Function(nameof(GenerateWidget))]
    public async Task<StepResult> GenerateWidget([ActivityTrigger] StepInput input, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        if (await jobs.ReadAsync(input.JobId, cancellationToken) is not { } stored)
        {
            return StepResult.Stopped;
        }

        var message = input.Attempt == 1
            ? $"Generating files with {generator.Name}"
            : $"Generating files with {generator.Name} (attempt {input.Attempt} of {input.MaxAttempts})";
        if (!await ApplyAsync(stored, new JobEvent.AttemptStarted(time.GetUtcNow(), message), cancellationToken))
        {
            return await YieldAsync(stored, cancellationToken);
        }

        var job = stored.Job;
        var attempt = job.Attempts;
        if (await widgets.ReadAsync(job.Tenant, job.WidgetId, cancellationToken) is not { Widget: { IsDeleted: false } widget })
        {
            return new StepResult(StepOutcome.FailedFinal, "The widget was deleted.");
        }

        var prompt = (await artifacts.ReadAsync(job.Tenant, job.WidgetId, job.InputRef, cancellationToken)).ToString();
        var current = widget.SourcesRef is { } reference
            ? WidgetSources.Parse(await artifacts.ReadAsync(job.Tenant, job.WidgetId, reference, cancellationToken))
            : null;
        GenerationResult result;
        try
        {
            var progress = new ThrottledProgress(time, ProgressInterval);
            result = await progress.RunAsync(
                report => generator.GenerateAsync(
                    new GenerationRequest(widget.Name, widget.Description, prompt, current?.Prompts ?? [], current?.ToSourceFiles() ?? SourceFiles.Empty),
                    report,
                    cancellationToken),
                text => ApplyAsync(stored, new JobEvent.Progressed(time.GetUtcNow(), attempt, text), cancellationToken));
        }
        catch (GenerationException error)
        {
            LogGenerationFailed(logger, error, job.Id, attempt);
            return new StepResult(error.IsTransient ? StepOutcome.FailedRetry : StepOutcome.FailedFinal, error.Message);
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
                if (!await SetSourcesAsync(job, sources, cancellationToken)
                    || !await ApplyAsync(stored, new JobEvent.Succeeded(time.GetUtcNow(), attempt, sources, files.Summary), cancellationToken))
                {
                    return await YieldAsync(stored, cancellationToken);
                }

                LogGenerated(logger, job.Id, accepted.Files.Count, Stopwatch.GetElapsedTime(started).TotalMilliseconds);
                return StepResult.Done;

            case GenerationResult.Question question:
                // Contract 000 has no way to answer yet; a job that waits for ever would be worse than one that says why it cannot go on.
                return new StepResult(StepOutcome.FailedFinal, $"The prompt leaves a question open, add the answer to it: {question.Text}");

            default:
                throw new UnreachableException();
        }
    }

    /// <summary>Type-checks and bundles the files that the job generated.</summary>
    [Function(nameof(CompileWidget))]
    public async Task<StepResult> CompileWidget([ActivityTrigger] StepInput input, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        if (await jobs.ReadAsync(input.JobId, cancellationToken) is not { } stored)
        {
            return StepResult.Stopped;
        }

        if (!await ApplyAsync(stored, new JobEvent.CompileStarted(time.GetUtcNow()), cancellationToken))
        {
            return await YieldAsync(stored, cancellationToken);
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
            return await YieldAsync(stored, cancellationToken);
        }

        JobEvent end;
        switch (result)
        {
            case CompileResult.Succeeded bundle:
                await EnterAsync(CompilePhase.UploadArtifacts);
                if (overtaken.IsCancellationRequested)
                {
                    return await YieldAsync(stored, cancellationToken);
                }

                var script = await artifacts.WriteAsync(job.Tenant, job.WidgetId, bundle.Script, cancellationToken);
                var style = await artifacts.WriteAsync(job.Tenant, job.WidgetId, bundle.Style, cancellationToken);
                end = new JobEvent.CompileSucceeded(time.GetUtcNow(), attempt, new BundleRef(script, style));
                LogCompiled(
                    logger,
                    job.Id,
                    bundle.TypeCheckTime.TotalMilliseconds,
                    bundle.BundleTime.TotalMilliseconds,
                    Stopwatch.GetElapsedTime(started).TotalMilliseconds);
                break;

            case CompileResult.Failed failure:
                end = new JobEvent.CompileFailed(time.GetUtcNow(), failure.Details);
                break;

            default:
                throw new UnreachableException();
        }

        return await ApplyAsync(stored, end, cancellationToken) ? StepResult.Done : await YieldAsync(stored, cancellationToken);

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

    /// <summary>What a step answers when the job does not take its event.</summary>
    private async Task<StepResult> YieldAsync(StoredJob stored, CancellationToken cancellationToken)
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

            // The step's work is there: written by an earlier execution, or by this one, whose answer from storage was lost.
            case { Status: JobStatus.Succeeded }:
                return StepResult.Done;

            case { IsTerminal: true }:
                return StepResult.Stopped;

            // The host may hand one execution's answer to the orchestration while another execution still works. Trying again takes over from both.
            default:
                return new StepResult(StepOutcome.FailedRetry, "Another execution of the step took over.");
        }
    }

    /// <summary>The widget's files are now these, unless it was deleted or another build is current.</summary>
    private async Task<bool> SetSourcesAsync(Job job, string sources, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await widgets.ReadAsync(job.Tenant, job.WidgetId, cancellationToken) is not { Widget: { IsDeleted: false } widget } stored
                || widget.CurrentJobId != job.Id)
            {
                return false;
            }

            if (widget.SourcesRef == sources || await widgets.TryReplaceAsync(stored, widget with { SourcesRef = sources }, cancellationToken))
            {
                return true;
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
