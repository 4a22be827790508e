using Jobs.Domain.Agents;
using Jobs.Domain.Runs;
using Jobs.Domain.Sandbox;
using Jobs.Execution.Egress;
using Jobs.Functions.Capacity;
using Jobs.Functions.Jobs;
using Jobs.Functions.Runs;
using Jobs.Functions.Secrets;
using Jobs.Storage;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace Jobs.Functions.Activities;

/// <summary>Why a run is given up.</summary>
public sealed record RunFailure(RunKey Key, string Error);

/// <summary>
/// The step of a run. It may be executed more than once: the code is not, unless nothing outside of the sandbox can have noticed (<see cref="RunTransitions.MayExecuteAgain"/>);
/// and what an execution writes carries its number, so that one that was overtaken writes nothing.
/// </summary>
public sealed partial class RunActivities(
    RunStore runs,
    RunService service,
    AgentStore agents,
    ProgramStore programs,
    ArtifactStore artifacts,
    SecretVault secrets,
    GrantedHostsNetworkFactory networks,
    IAgentSandbox sandbox,
    StopSignals signals,
    WorkTurns turns,
    StepTelemetry telemetry,
    TimeProvider time,
    ILogger<RunActivities> logger)
{
    /// <summary>How often it is looked whether a run that is being executed is to stop. In the host that was asked it is known at once.</summary>
    public static readonly TimeSpan CancelCheckInterval = TimeSpan.FromMilliseconds(500);

    /// <summary>Executes the code once, in the sandbox, and stores what it gave. Whatever the code does, the run has then ended.</summary>
    [Function(nameof(ExecuteRun))]
    public async Task<StepResult> ExecuteRun([ActivityTrigger] RunKey key, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken) =>
        await runs.ReadAsync(key.AgentId, key.RunId, cancellationToken) is { } stored
            ? await telemetry.RunAsync(nameof(ExecuteRun), stored.Run, () => ExecuteAsync(stored, client, cancellationToken))
            : StepResult.Stopped;

    private async Task<StepResult> ExecuteAsync(StoredRun stored, DurableTaskClient client, CancellationToken cancellationToken)
    {
        var run = stored.Run;
        if (run.HasEnded)
        {
            // By an earlier execution, which may have died before it closed the run; or it was cancelled while it waited for its turn.
            await turns.WithdrawAsync(turns.Runs, run.Tenant, run.Id, client);
            await service.CloseAsync(run, cancellationToken);
            return StepResult.Stopped;
        }

        if ((await agents.ReadAsync(run.Tenant, run.AgentId, cancellationToken))?.Resource is not Agent { IsDeleted: false } agent)
        {
            await service.CancelAsync(stored, cancellationToken);
        }
        else if (!run.CancelRequested && (run.Status is RunStatus.Queued || RunTransitions.MayExecuteAgain(run)))
        {
            return await turns.RunAsync(turns.Runs, run.Tenant, run.Id, () => ExecuteAsync(stored, agent, cancellationToken), StepResult.Waits, client);
        }

        await turns.WithdrawAsync(turns.Runs, run.Tenant, run.Id, client);
        if (!stored.Run.HasEnded)
        {
            await service.GiveUpAsync(stored, "The run was stopped.", cancellationToken);
        }

        return StepResult.Stopped;
    }

    /// <summary>Gives a run up.</summary>
    [Function(nameof(FailRun))]
    public async Task FailRun([ActivityTrigger] RunFailure input, CancellationToken cancellationToken)
    {
        if (await runs.ReadAsync(input.Key.AgentId, input.Key.RunId, cancellationToken) is { } stored)
        {
            await service.GiveUpAsync(stored, input.Error, cancellationToken);
        }
    }

    private async Task<StepResult> ExecuteAsync(StoredRun stored, Agent agent, CancellationToken cancellationToken)
    {
        var run = stored.Run;
        // Everything that can fail on our side comes before the code is given to the sandbox.
        var program = await programs.ReadAsync(run.Tenant, run.AgentId, run.ProgramRef!, cancellationToken);
        var input = await artifacts.ReadAsync(run.Tenant, run.AgentId, run.InputRef!, cancellationToken);
        IReadOnlyDictionary<string, string> values;
        try
        {
            values = await secrets.ReadAsync(run.Tenant, run.AgentId, program.Manifest.Secrets, cancellationToken);
        }
        catch (SecretsUnavailableException error)
        {
            LogNotStarted(logger, error, run.Id);
            return new StepResult(StepOutcome.FailedRetry, "The agent's secrets cannot be read now.");
        }

        using var network = networks.Create(agent.AllowedHosts);
        var request = new SandboxRequest(
            program.Code,
            input.ToString(),
            new SandboxContext(run.AgentId, run.Id, RunTriggers.WordOf(run.Trigger), run.ScheduledFor ?? run.CreatedAt),
            values,
            network);

        using var listener = signals.Listen(run.Id);
        if (!await service.ApplyAsync(stored, new RunEvent.Started(time.GetUtcNow(), network is not null), cancellationToken))
        {
            return Overtaken;
        }

        var attempt = stored.Run.Attempts;
        SandboxResult result;
        using (var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken))
        {
            var watch = listener.WatchAsync(CancelCheckInterval, looking => MayGoOnAsync(RunKey.Of(run), attempt, looking), stop.CancelAsync, stop.Token);
            try
            {
                result = await sandbox.RunAsync(request, stop.Token);
            }
            catch (SandboxUnavailableException error)
            {
                LogNotStarted(logger, error, run.Id);
                await service.ApplyAsync(stored, new RunEvent.NotStarted(time.GetUtcNow(), attempt), cancellationToken);
                return stored.Run.HasEnded ? StepResult.Stopped : new StepResult(StepOutcome.FailedRetry, "The sandbox is not available now.");
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
                // Refused when it was not asked for: another execution took over.
                return await service.ApplyAsync(stored, new RunEvent.Cancelled(time.GetUtcNow()), cancellationToken) || stored.Run.HasEnded ? StepResult.Stopped : Overtaken;
            }
            finally
            {
                await stop.CancelAsync();
                await watch;
            }
        }

        var reference = await artifacts.WriteAsync(run.Tenant, run.AgentId, new RunResult(result.Output, result.Logs).ToBytes(), cancellationToken);
        var ended = new RunEvent.Ended(
            time.GetUtcNow(),
            attempt,
            reference,
            result.Error is { } failure ? new RunError(CodeOf(failure.Code), failure.Message) : null,
            result.StartUp,
            result.Run);
        return await service.ApplyAsync(stored, ended, cancellationToken) || stored.Run.HasEnded ? StepResult.Done : Overtaken;
    }

    /// <summary>False once it was asked to stop, the run is gone, or another execution took over.</summary>
    private async Task<bool> MayGoOnAsync(RunKey key, int attempt, CancellationToken cancellationToken) =>
        (await runs.ReadAsync(key.AgentId, key.RunId, cancellationToken))?.Run is { HasEnded: false, CancelRequested: false } run && run.Attempts == attempt;

    private static StepResult Overtaken => new(StepOutcome.FailedRetry, "Another execution of the run took over.");

    private static RunErrorCode CodeOf(SandboxErrorCode code) => code switch
    {
        SandboxErrorCode.InvalidProgram => RunErrorCode.InvalidProgram,
        SandboxErrorCode.Threw => RunErrorCode.Threw,
        SandboxErrorCode.Ended => RunErrorCode.Ended,
        SandboxErrorCode.OutOfTime => RunErrorCode.OutOfTime,
        SandboxErrorCode.OutOfMemory => RunErrorCode.OutOfMemory,
        SandboxErrorCode.OutputTooLarge => RunErrorCode.OutputTooLarge,
        SandboxErrorCode.InvalidOutput => RunErrorCode.InvalidOutput,
    };

    [LoggerMessage(LogLevel.Error, "Run {RunId}: the code could not be started")]
    private static partial void LogNotStarted(ILogger logger, Exception error, string runId);
}
