using System.Diagnostics;
using Jobs.Domain;
using Jobs.Domain.Agents;
using Jobs.Domain.Runs;
using Jobs.Functions.Jobs;
using Jobs.Functions.Ledger;
using Jobs.Functions.Orchestrations;
using Jobs.Functions.Telemetry;
using Jobs.Storage;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Jobs.Functions.Runs;

/// <summary>What is to run.</summary>
/// <param name="Agent">The agent, which is built.</param>
/// <param name="RunId">The run's id; whoever asks for the same run again uses the same.</param>
/// <param name="Trigger">What starts it.</param>
/// <param name="Owner">Who asked for it.</param>
/// <param name="Input">The input, a JSON object that the agent's schema takes.</param>
/// <param name="ScheduledFor">The tick, for a schedule.</param>
public sealed record NewRun(Agent Agent, string RunId, RunTrigger Trigger, string Owner, ReadOnlyMemory<byte> Input, DateTimeOffset? ScheduledFor = null);

/// <summary>What became of a request to stop a run.</summary>
public enum CancelOutcome
{
    /// <summary>It is stopping, or has stopped.</summary>
    Accepted,

    /// <summary>There is no such run.</summary>
    NotFound,

    /// <summary>It has ended already.</summary>
    Ended,
}

/// <summary>
/// Starts, stops and closes the runs of agents. Whoever calls has made sure that the agent is the caller's. Every step of a run's life goes through here; what a crash leaves undone,
/// <see cref="SettleAsync"/> does when the sweeper meets the run.
/// </summary>
public sealed partial class RunService(
    RunStore runs,
    ArtifactStore artifacts,
    TokenLedger ledger,
    IOptions<LedgerOptions> limits,
    SweepList sweep,
    StopSignals signals,
    JobMetrics metrics,
    TimeProvider time,
    ILogger<RunService> logger)
{
    /// <summary>How the ledger calls a run.</summary>
    public const string RunAgentCost = "Run an agent";

    /// <summary>
    /// Accepts a run, for one token; says why not when that is not held. Repeating it with the same id completes what is missing and changes nothing else. In this order: an entry in the
    /// sweep list, the token, the input, the run, its orchestration. When that cannot be started now the sweeper starts it: the run is accepted all the same.
    /// </summary>
    public async Task<Reservation> StartAsync(NewRun wanted, DurableTaskClient client, CancellationToken cancellationToken)
    {
        var agent = wanted.Agent;
        // A run that is stored was paid for, whatever became of it.
        if (await runs.ReadAsync(agent.Id, wanted.RunId, cancellationToken) is { } known)
        {
            await TryScheduleAsync(known.Run, client, cancellationToken);
            return Reservation.Held;
        }

        var now = time.GetUtcNow();
        var entry = Entry(agent.Tenant, new RunKey(agent.Id, wanted.RunId), now);
        await sweep.AddAsync(entry, cancellationToken);
        var token = await ledger.ReserveAsync(agent.Tenant, wanted.RunId, RunAgentCost, cancellationToken, limits.Value.MaxUnfinished);
        if (token is not Reservation.Held)
        {
            await sweep.RemoveAsync(entry, cancellationToken);
            return token;
        }

        using var span = JobSpans.StartCreation(JobKinds.Run, wanted.RunId);
        var run = new AgentRun
        {
            Id = wanted.RunId,
            AgentId = agent.Id,
            Tenant = agent.Tenant,
            Owner = wanted.Owner,
            Trigger = wanted.Trigger,
            ScheduledFor = wanted.ScheduledFor,
            ProgramRef = agent.ProgramRef,
            InputRef = await artifacts.WriteAsync(agent.Tenant, agent.Id, wanted.Input, cancellationToken),
            TraceParent = Activity.Current?.Id,
            CreatedAt = now,
            UpdatedAt = now,
        };
        if (await runs.TryCreateAsync(run, cancellationToken))
        {
            await TryScheduleAsync(run, client, cancellationToken);
        }

        return Reservation.Held;
    }

    /// <summary>Notes a scheduled run that could not be started, so that its owner sees why; one that is there already stays as it is.</summary>
    public async Task RecordRefusalAsync(Agent agent, string runId, DateTimeOffset tick, RunError error, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await runs.TryCreateAsync(
            new AgentRun
            {
                Id = runId,
                AgentId = agent.Id,
                Tenant = agent.Tenant,
                Owner = RunTriggers.WordOf(RunTrigger.Schedule),
                Trigger = RunTrigger.Schedule,
                ScheduledFor = tick,
                Status = RunStatus.Failed,
                Error = error with { Message = Texts.Cut(error.Message, RunError.MaxMessageLength) },
                CreatedAt = now,
                UpdatedAt = now,
                CompletedAt = now,
            },
            cancellationToken);
    }

    /// <summary>One point read; null when the agent has no such run.</summary>
    public async Task<AgentRun?> FindAsync(string agentId, string runId, CancellationToken cancellationToken) =>
        Ids.IsRunId(runId) ? (await runs.ReadAsync(agentId, runId, cancellationToken))?.Run : null;

    /// <summary>What a run gave; nothing as long as it has not ended, and when it ended without being executed.</summary>
    public async Task<RunResult> ReadResultAsync(AgentRun run, CancellationToken cancellationToken) => run.ResultRef is { } reference
        ? RunResult.Parse(await artifacts.ReadAsync(run.Tenant, run.AgentId, reference, cancellationToken))
        : RunResult.Nothing;

    /// <summary>The latest runs before one, or of all, the latest first.</summary>
    public Task<IReadOnlyList<AgentRun>> ListAsync(string agentId, string? before, int limit, CancellationToken cancellationToken) =>
        runs.ListAsync(agentId, before, limit, cancellationToken);

    /// <summary>Asks a run to stop: at once when its code was not started, else whoever executes it is told, or sees it at the next look. Asking again while it stops is harmless.</summary>
    public async Task<CancelOutcome> CancelAsync(string agentId, string runId, CancellationToken cancellationToken)
    {
        if (!Ids.IsRunId(runId) || await runs.ReadAsync(agentId, runId, cancellationToken) is not { } stored)
        {
            return CancelOutcome.NotFound;
        }

        if (stored.Run.HasEnded)
        {
            return CancelOutcome.Ended;
        }

        await CancelAsync(stored, cancellationToken);
        return stored.Run is { HasEnded: true, Status: not RunStatus.Cancelled } ? CancelOutcome.Ended : CancelOutcome.Accepted;
    }

    /// <summary>As the other, for a run that was read.</summary>
    public async Task CancelAsync(StoredRun stored, CancellationToken cancellationToken)
    {
        await ApplyAsync(stored, new RunEvent.CancelAsked(time.GetUtcNow()), cancellationToken);
        signals.Raise(stored.Run.Id);
    }

    /// <summary>
    /// Applies an event to the run as it is now, and to <paramref name="stored"/> with it; false when it was refused or the run is gone. When it ended the run, the run is closed.
    /// </summary>
    public async Task<bool> ApplyAsync(StoredRun stored, RunEvent change, CancellationToken cancellationToken)
    {
        var before = stored.Run;
        switch (await runs.ApplyAsync(stored, change, cancellationToken))
        {
            case RunTransition.Applied { Run: var run }:
                metrics.Changed(before, run);
                if (run.HasEnded)
                {
                    await CloseAsync(run, cancellationToken);
                }

                return true;

            case RunTransition.Refused refused:
                LogRefused(logger, change.GetType().Name, stored.Run.Id, refused.Reason);
                return false;

            default:
                return false;
        }
    }

    /// <summary>
    /// Does what follows from a run's end, as far as it has not been done: its token is settled when its code was, or can have been, executed, and given back when it was not;
    /// then nobody needs to look after it.
    /// </summary>
    public async Task CloseAsync(AgentRun run, CancellationToken cancellationToken)
    {
        await (run.WasExecuted ? ledger.SettleAsync(run.Tenant, run.Id, cancellationToken) : ledger.ReleaseAsync(run.Tenant, run.Id, cancellationToken));
        await sweep.RemoveAsync(Entry(run.Tenant, RunKey.Of(run), run.CreatedAt), cancellationToken);
    }

    /// <summary>For the sweeper: true when there is nothing left to do for a run that was announced at <paramref name="since"/>.</summary>
    public async Task<bool> SettleAsync(string tenant, RunKey key, DateTimeOffset since, DurableTaskClient client, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (await runs.ReadAsync(key.AgentId, key.RunId, cancellationToken) is not { Run: var run } stored)
        {
            if (now - since < SweepEntry.AnnouncementLifetime)
            {
                return false;
            }

            await ledger.ReleaseAsync(tenant, key.RunId, cancellationToken);
            return true;
        }

        if (run.HasEnded)
        {
            await CloseAsync(run, cancellationToken);
            return true;
        }

        switch (await client.GetInstanceAsync(run.Id, getInputsAndOutputs: false, cancellationToken))
        {
            case null:
                LogRescheduled(logger, run.Id);
                await ScheduleAsync(run, client, cancellationToken);
                break;

            case { IsCompleted: true } instance:
                LogOrphan(logger, run.Id, instance.RuntimeStatus);
                await GiveUpAsync(stored, "The run stopped unexpectedly.", cancellationToken);
                break;
        }

        return false;
    }

    /// <summary>Ends a run that nobody executes any more: cancelled if that was asked for, else failed.</summary>
    public async Task GiveUpAsync(StoredRun stored, string message, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await ApplyAsync(
            stored,
            stored.Run switch
            {
                { CancelRequested: true } => new RunEvent.Cancelled(now),
                { Status: RunStatus.Running } => new RunEvent.Failed(now, Interrupted),
                _ => new RunEvent.Failed(now, new RunError(RunErrorCode.Unavailable, message)),
            },
            cancellationToken);
    }

    /// <summary>Stops and removes all runs of an agent that is being deleted; false while one has not stopped, which must be looked at again later.</summary>
    public async Task<bool> RemoveAllAsync(string agentId, CancellationToken cancellationToken)
    {
        var isDone = true;
        var closedBefore = time.GetUtcNow() - SweepEntry.AnnouncementLifetime;
        await foreach (var stored in runs.ListAllAsync(agentId, cancellationToken))
        {
            if (!stored.Run.HasEnded)
            {
                await CancelAsync(stored, cancellationToken);
            }

            if (!stored.Run.HasEnded)
            {
                isDone = false;
                continue;
            }

            // Without its row nobody could tell what became of its token. The sweeper has closed older ones.
            if (stored.Run.CompletedAt > closedBefore)
            {
                await CloseAsync(stored.Run, cancellationToken);
            }

            await runs.RemoveAsync(stored.Run, cancellationToken);
        }

        return isDone;
    }

    /// <summary>How a run ends whose execution died, when it may not be executed again or nobody is left to do it.</summary>
    public static RunError Interrupted { get; } = new(
        RunErrorCode.Interrupted,
        "A fault on our side interrupted the run. It was not repeated, because it may have done a part of its work.");

    /// <summary>Starts the orchestration of a run, with the run's id as the instance's. Throws when it is running, and when it is unknown whether it was started.</summary>
    private static Task ScheduleAsync(AgentRun run, DurableTaskClient client, CancellationToken cancellationToken) => DurablePatience.BoundAsync(
        limited => client.ScheduleNewOrchestrationInstanceAsync(nameof(RunAgent), RunKey.Of(run), new StartOrchestrationOptions(run.Id), limited),
        cancellationToken);

    private static SweepEntry Entry(string tenant, RunKey key, DateTimeOffset since) => new(SweepKind.Run, key.ToString(), tenant, since);

    private async Task TryScheduleAsync(AgentRun run, DurableTaskClient client, CancellationToken cancellationToken)
    {
        // Whoever repeats a request knows nothing of an orchestration that runs; only one that surely did not begin is started here.
        if (run is not { Status: RunStatus.Queued, Attempts: 0 })
        {
            return;
        }

        try
        {
            await ScheduleAsync(run, client, cancellationToken);
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            // Not told by type: a call that the host breaks off ends in OperationCanceledException too.
            LogNotScheduled(logger, error, run.Id);
        }
    }

    [LoggerMessage(LogLevel.Information, "{Event} was refused for run {RunId}: {Reason}")]
    private static partial void LogRefused(ILogger logger, string @event, string runId, string reason);

    [LoggerMessage(LogLevel.Warning, "Run {RunId} is stored but its orchestration could not be started; the sweeper will start it")]
    private static partial void LogNotScheduled(ILogger logger, Exception error, string runId);

    [LoggerMessage(LogLevel.Warning, "Run {RunId} had no orchestration; starting it")]
    private static partial void LogRescheduled(ILogger logger, string runId);

    [LoggerMessage(LogLevel.Error, "The orchestration of run {RunId} is {Status} but the run has not ended; ending it")]
    private static partial void LogOrphan(ILogger logger, string runId, OrchestrationRuntimeStatus status);
}
