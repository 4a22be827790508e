using System.Diagnostics;
using System.Text.Json;
using Jobs.Domain.Agents;
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

/// <summary>The steps of an agent's build: <see cref="StepFence"/> says how they bear being repeated.</summary>
public sealed partial class AgentActivities(
    JobStore jobs,
    JobJournal journal,
    StepFence fence,
    ArtifactStore artifacts,
    IAgentCompiler compiler,
    StopSignals signals,
    WorkTurns turns,
    StepTelemetry telemetry,
    TimeProvider time,
    ILogger<AgentActivities> logger)
{
    /// <summary>Checks the files that the job generated, makes a program of them and gives both to the agent; the job has then succeeded.</summary>
    [Function(nameof(CompileAgent))]
    public async Task<StepResult> CompileAgent([ActivityTrigger] StepInput input, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken) =>
        await jobs.ReadAsync(input.JobId, cancellationToken) is { } stored
            ? await telemetry.RunAsync(nameof(CompileAgent), stored.Job, () => CompileAsync(input, stored, client, cancellationToken))
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
        using var listener = signals.Listen(stored.Job.Id);
        if (!await journal.ApplyAsync(stored, new JobEvent.AttemptStarted(time.GetUtcNow(), "Checking types"), cancellationToken))
        {
            return await fence.YieldAsync(stored, IsCompiled, cancellationToken);
        }

        var job = stored.Job;
        var attempt = job.Attempts;
        var sources = Sources.Parse(await artifacts.ReadAsync(job.Tenant, job.ResourceId, job.SourcesRef!, cancellationToken));
        var files = sources.ToSourceFiles();
        if (!AgentManifestReader.TryRead(files, out var manifest, out var manifestError))
        {
            return new StepResult(StepOutcome.FailedFinal, $"The agent's description of itself cannot be used. {manifestError}");
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        AgentCompileResult result;
        try
        {
            result = await fence.WatchAsync(listener, job.Id, current => current.Attempts == attempt, stop, () => compiler.CompileAsync(files, stop.Token));
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return await fence.YieldAsync(stored, IsCompiled, cancellationToken);
        }
        catch (CompilerUnavailableException unavailable)
        {
            LogCompilerUnavailable(logger, unavailable, job.Id, attempt);
            return StepResult.CompilerUnavailable;
        }

        switch (result)
        {
            case AgentCompileResult.Failed failure:
                return new StepResult(StepOutcome.FailedFinal, $"The agent does not compile:\n{failure.Details}");

            case AgentCompileResult.Succeeded compiled:
                var program = await artifacts.WriteAsync(
                    job.Tenant, job.ResourceId, JsonSerializer.SerializeToUtf8Bytes(new AgentProgram(manifest, compiled.Code)), cancellationToken);
                return await fence.WriteResultAsync(
                        stored,
                        attempt,
                        agent => (Agent)agent with { SourcesRef = job.SourcesRef, ProgramRef = program },
                        sources.Summary,
                        IsCompiled,
                        cancellationToken) is { } notWritten ? notWritten
                    : await journal.ApplyAsync(
                        stored, new JobEvent.Succeeded(time.GetUtcNow(), attempt, job.SourcesRef!, "Build complete"), cancellationToken) ? StepResult.Done
                    : await fence.YieldAsync(stored, IsCompiled, cancellationToken);

            default:
                throw new UnreachableException();
        }
    }

    private static bool IsCompiled(Job job) => job.Status is JobStatus.Succeeded;

    [LoggerMessage(LogLevel.Error, "Job {JobId}, attempt {Attempt}: the compiler cannot be run")]
    private static partial void LogCompilerUnavailable(ILogger logger, Exception error, string jobId, int attempt);
}
