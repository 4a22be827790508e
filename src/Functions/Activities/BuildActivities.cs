using System.Diagnostics;
using Jobs.Domain;
using Jobs.Domain.Compilation;
using Jobs.Domain.Conversations;
using Jobs.Domain.Generation;
using Jobs.Domain.Jobs;
using Jobs.Domain.Resources;
using Jobs.Domain.Sandbox;
using Jobs.Domain.Widgets;
using Jobs.Functions.Capacity;
using Jobs.Functions.Jobs;
using Jobs.Functions.Ledger;
using Jobs.Functions.Resources;
using Jobs.Functions.Telemetry;
using Jobs.Storage;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace Jobs.Functions.Activities;

/// <summary>What a step gets: the job, and which attempt of how many this is.</summary>
public sealed record StepInput(string JobId, int Attempt, int MaxAttempts);

/// <summary>Why a job is given up.</summary>
public sealed record FailureInput(string JobId, string Error);

/// <summary>The steps that every build has: <see cref="StepFence"/> says how they bear being repeated.</summary>
public sealed partial class BuildActivities(
    JobStore jobs,
    JobJournal journal,
    StepFence fence,
    ResourceStores resources,
    ArtifactStore artifacts,
    TurnRecords turnRecords,
    IWidgetGenerator widgetGenerator,
    IAgentGenerator agentGenerator,
    IWidgetCompiler widgetCompiler,
    IAgentCompiler agentCompiler,
    IAgentSandbox sandbox,
    WorkTurns turns,
    SpendingLedger spending,
    StopSignals signals,
    StepTelemetry telemetry,
    JobMetrics metrics,
    TimeProvider time,
    ILogger<BuildActivities> logger)
{
    /// <summary>Progress messages are written no more often than this: every one is a storage transaction.</summary>
    public static readonly TimeSpan ProgressInterval = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long one attempt waits for the generator, whether or not that notices its cancellation: half of the host's <c>functionTimeout</c>, which
    /// would end the whole worker.
    /// </summary>
    public static readonly TimeSpan GenerationTimeLimit = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Generates the files and stores them, asks a question, or does a part of the work. Once there are files, a widget's job has succeeded and its compile is submitted; an
    /// agent's files are checked next.
    /// </summary>
    [Function(nameof(GenerateSources))]
    public async Task<StepResult> GenerateSources([ActivityTrigger] StepInput input, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken) =>
        await jobs.ReadAsync(input.JobId, cancellationToken) is { } stored
            ? await telemetry.RunAsync(nameof(GenerateSources), stored.Job, () => GenerateAsync(input, stored, client, cancellationToken))
            : StepResult.Stopped;

    private async Task<StepResult> GenerateAsync(StepInput input, StoredJob stored, DurableTaskClient client, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        if (IsGenerated(stored.Job))
        {
            return StepResult.Done;
        }

        using var listener = signals.Listen(input.JobId);
        var generator = GeneratorOf(stored.Job.Kind);
        var message = input.Attempt > 1 ? $"Generating files with {generator.Name} (attempt {input.Attempt} of {input.MaxAttempts})"
            // What the last part of the work said of itself is still true.
            : stored.Job.Turns > 0 ? stored.Job.Message
            : $"Generating files with {generator.Name}";
        if (!await journal.ApplyAsync(stored, new JobEvent.AttemptStarted(time.GetUtcNow(), message), cancellationToken))
        {
            await WithdrawAsync(stored.Job, client);
            return await fence.YieldAsync(stored, IsGenerated, cancellationToken);
        }

        var job = stored.Job;
        var attempt = job.Attempts;
        var resource = (await resources.Of(job.Kind).ReadAsync(job.Tenant, job.ResourceId, cancellationToken))?.Resource;
        if (StepFence.RefusalOf(job, resource) is { } refusal)
        {
            return refusal;
        }

        var workbench = new BuildWorkbench(job, widgetCompiler, agentCompiler, sandbox, turns, time, client);
        var calls = new JobModelCalls(job, job.Turns + 1, turns, spending, metrics, client, cancellationToken);
        var request = await RequestAsync(job, resource!, workbench, cancellationToken) with
        {
            ModelCalls = calls,
        };
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        GenerationResult result;
        try
        {
            var progress = new ThrottledProgress(time, ProgressInterval);
            result = await fence.WatchAsync(
                listener,
                job.Id,
                current => current.Attempts == attempt,
                stop,
                () => progress.RunAsync(
                    report => generator.GenerateAsync(request, report, stop.Token).WaitAsync(GenerationTimeLimit, time, stop.Token),
                    ReportAsync));
        }
        catch (TimeoutException error)
        {
            LogGenerationFailed(logger, error, job.Id, attempt);
            return new StepResult(StepOutcome.FailedRetry, "The generator did not answer in time.");
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return await fence.YieldAsync(stored, IsGenerated, cancellationToken);
        }
        catch (GenerationException error)
        {
            LogGenerationFailed(logger, error, job.Id, attempt);
            if (calls.Taken != ModelUsage.None)
            {
                await journal.ApplyAsync(stored, new JobEvent.UsageCounted(time.GetUtcNow(), attempt, calls.Taken), cancellationToken);
            }

            return new StepResult(error.IsTransient ? StepOutcome.FailedRetry : StepOutcome.FailedFinal, error.Message, RetryAfter: error.RetryAfter);
        }
        catch (WorkbenchBusyException)
        {
            return StepResult.Waits;
        }
        catch (Exception error) when (error is CompilerUnavailableException or SandboxUnavailableException)
        {
            LogGenerationFailed(logger, error, job.Id, attempt);
            return StepResult.CompilerUnavailable;
        }
        finally
        {
            // Nothing that is left of the generator goes on behind the step's back.
            await stop.CancelAsync();
        }

        var taken = new TakenTurn("The generator", (result as GenerationResult.Turn)?.Message, result.State, result.Usage);
        if (await turnRecords.KeepAsync(stored, attempt, taken, IsGenerated, cancellationToken) is { } notTaken)
        {
            return notTaken;
        }

        switch (result)
        {
            case GenerationResult.Turn:
                return StepResult.Continues;

            case GenerationResult.Files files:
                if (!SourceFiles.TryCreate(files.Content, out var accepted, out var reason))
                {
                    return new StepResult(StepOutcome.FailedRetry, $"The generator gave files that are not acceptable: {reason}.");
                }

                var outcome = await StoreAsync(stored, attempt, new Sources(Texts.Cut(files.Summary, ChatMessage.MaxResultLength), accepted.Files), cancellationToken);
                LogGenerated(logger, job.Id, accepted.Files.Count, time.GetElapsedTime(started).TotalMilliseconds);
                return outcome;

            case GenerationResult.Question question:
                return await AskAsync(stored, attempt, question, cancellationToken);

            default:
                throw new UnreachableException();
        }

        async Task ReportAsync(string text)
        {
            if (!await journal.ApplyAsync(stored, new JobEvent.Progressed(time.GetUtcNow(), attempt, text), cancellationToken))
            {
                await stop.CancelAsync();
            }
        }
    }

    /// <summary>Gives a job up: fails it, or its compile when the files are there.</summary>
    [Function(nameof(FailBuild))]
    public async Task FailBuild([ActivityTrigger] FailureInput input, CancellationToken cancellationToken)
    {
        if (await jobs.ReadAsync(input.JobId, cancellationToken) is { } stored)
        {
            var now = time.GetUtcNow();
            await journal.ApplyAsync(
                stored,
                stored.Job.IsTerminal ? new JobEvent.CompileFailed(now, input.Error) : new JobEvent.Failed(now, input.Error),
                cancellationToken);
        }
    }

    /// <summary>The work of this step is there once the job has files: an agent's job goes on after it.</summary>
    private static bool IsGenerated(Job job) => job is { SourcesRef: not null, Status: JobStatus.Running or JobStatus.Succeeded, CancelRequested: false };

    private ISourceGenerator GeneratorOf(JobKind kind) => kind switch
    {
        JobKind.WidgetBuild => widgetGenerator,
        JobKind.AgentBuild => agentGenerator,
        JobKind.Work or JobKind.Repository => throw new UnreachableException("Work builds nothing."),
    };

    /// <summary>A build that is to stop may have waited for a place to call its model in, or to try its files in.</summary>
    private async Task WithdrawAsync(Job job, DurableTaskClient client)
    {
        await turns.WithdrawAsync(turns.ModelCalls, job.Tenant, job.Id, client);
        if (job.Turns > 0)
        {
            await turns.WithdrawAsync(turns.Compiles, job.Tenant, job.Id, client);
            await turns.WithdrawAsync(turns.Runs, job.Tenant, job.Id, client);
        }
    }

    private async Task<GenerationRequest> RequestAsync(Job job, Resource resource, IWorkbench workbench, CancellationToken cancellationToken)
    {
        var prompt = (await artifacts.ReadAsync(job.Tenant, job.ResourceId, job.InputRef, cancellationToken)).ToString();
        var current = resource.SourcesRef is { } reference
            ? Sources.Parse(await artifacts.ReadAsync(job.Tenant, job.ResourceId, reference, cancellationToken)).ToSourceFiles()
            : SourceFiles.Empty;
        // The first build of a resource was claimed as it was created: nothing was said before its prompt.
        var isFirst = resource.ClaimedAt == resource.CreatedAt;
        var messages = isFirst && job.Questions == 0
            ? []
            : await resources.Of(job.Kind).ListMessagesAsync(
                job.Tenant, job.ResourceId, before: null, ResourceService.MaxEarlierMessages + (2 * Job.MaxQuestions) + 1, cancellationToken);
        var ofThisJob = messages.Where(message => message.JobId == job.Id).ToDictionary(message => message.Number);
        var answers = from number in Enumerable.Range(1, job.Questions)
                      let question = ofThisJob.GetValueOrDefault(ChatMessage.NumberOfQuestion(number))
                      let answer = ofThisJob.GetValueOrDefault(ChatMessage.NumberOfAnswer(number))
                      where question is not null && answer is not null
                      select new AnsweredQuestion(question.Content, answer.Content);
        return new GenerationRequest(
            resource.Name,
            resource.Description,
            prompt,
            [.. answers],
            [.. messages.Where(message => message.JobId != job.Id).Take(ResourceService.MaxEarlierMessages).Reverse()],
            current)
        {
            State = job.TurnRef is { } turn ? (await artifacts.ReadAsync(job.Tenant, job.ResourceId, turn, cancellationToken)).ToMemory() : (ReadOnlyMemory<byte>?)null,
            Workbench = workbench,
        };
    }

    private async Task<StepResult> StoreAsync(StoredJob stored, int attempt, Sources sources, CancellationToken cancellationToken)
    {
        var job = stored.Job;
        var reference = await artifacts.WriteAsync(job.Tenant, job.ResourceId, sources.ToBytes(), cancellationToken);
        var now = time.GetUtcNow();
        JobEvent done;
        switch (job.Kind)
        {
            case JobKind.WidgetBuild:
                if (await fence.WriteResultAsync(
                    stored, attempt, widget => widget with { SourcesRef = reference }, sources.Summary, IsGenerated, cancellationToken) is { } notWritten)
                {
                    return notWritten;
                }

                done = new JobEvent.Succeeded(now, attempt, reference, sources.Summary);
                break;

            case JobKind.AgentBuild:
                // The agent gets its files once they have been checked.
                done = new JobEvent.FilesGenerated(now, attempt, reference);
                break;

            default:
                throw new UnreachableException();
        }

        return await journal.ApplyAsync(stored, done, cancellationToken) ? StepResult.Done : await fence.YieldAsync(stored, IsGenerated, cancellationToken);
    }

    private async Task<StepResult> AskAsync(StoredJob stored, int attempt, GenerationResult.Question question, CancellationToken cancellationToken)
    {
        if (RefusalOf(stored.Job, question) is { } refusal)
        {
            return refusal;
        }

        var job = stored.Job;
        var now = time.GetUtcNow();
        var expiry = now + Job.QuestionLifetime;
        // Before the job waits for an answer, so that there is something to answer whatever happens in between. An attempt that asks again replaces it.
        await resources.Of(job.Kind).PutMessageAsync(
            job.Tenant,
            job.ResourceId,
            new ChatMessage
            {
                JobId = job.Id,
                Number = ChatMessage.NumberOfQuestion(job.Questions + 1),
                Kind = ChatMessageKind.Question,
                Content = question.Text,
                CreatedAt = now,
                Choices = question.Choices,
                Default = question.Default,
                ExpiresAt = expiry,
            },
            cancellationToken);
        if (!await journal.ApplyAsync(stored, new JobEvent.QuestionAsked(now, attempt, expiry), cancellationToken))
        {
            return await fence.YieldAsync(stored, IsGenerated, cancellationToken);
        }

        return StepResult.Asks(new OpenQuestion(stored.Job.Questions, expiry));
    }

    private static StepResult? RefusalOf(Job job, GenerationResult.Question question)
    {
        string?[] texts = [question.Text, question.Default, .. question.Choices];
        return job.Questions >= Job.MaxQuestions
                ? new StepResult(StepOutcome.FailedFinal, $"The generator asked more than {Job.MaxQuestions} questions.")
            : string.IsNullOrWhiteSpace(question.Text)
                || question.Choices.Count > ChatMessage.MaxChoices
                || question.Choices.Any(string.IsNullOrWhiteSpace)
                || texts.Any(text => text?.Length > ChatMessage.MaxQuestionLength)
                ? new StepResult(StepOutcome.FailedRetry, "The generator asked a question that is empty, too long or has too many choices.")
            : null;
    }

    [LoggerMessage(LogLevel.Warning, "Job {JobId}, attempt {Attempt}: generating failed")]
    private static partial void LogGenerationFailed(ILogger logger, Exception error, string jobId, int attempt);

    [LoggerMessage(LogLevel.Information, "Job {JobId}: generated {Files} files in {Elapsed:F0} ms")]
    private static partial void LogGenerated(ILogger logger, string jobId, int files, double elapsed);
}
